"""A null removes the key or the list item that it is the value of, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.templating.templating_support import compile_anywhere, pod, pod_template

KEPT = "{keep}"
GONE = "{gone}"
NULL = "{jupyternetes.null}"

leaves = st.sampled_from([KEPT, GONE, "{choice.there}", "{choice.gone}", "{choice.never}", NULL, "text", 1, None, True])
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="abcxyz", max_size=3), inner, max_size=4)
    ),
    max_leaves=15,
)
VALUES = {"there": "kept", "gone": None, "never": NULL}
DECLARED = [
    {"name": "keep", "default": "kept"},
    {"name": "gone", "type": "json", "default": "null"},
    {"name": "choice", "default": "a", "choices": [{"value": "a", "values": VALUES}]},
]


def expected(value):
    """The tree without what is to be removed. A null that the Template writes itself stays."""
    removed = (GONE, NULL, "{choice.gone}", "{choice.never}")
    if isinstance(value, dict):
        return {key: expected(member) for key, member in value.items() if member not in removed}
    if isinstance(value, list):
        return [expected(item) for item in value if item not in removed]
    return "kept" if value in (KEPT, "{choice.there}") else value


@given(st.lists(trees, max_size=4))
def test_null_removes_its_key_or_item_however_deep(tree):
    template = {**pod_template({"tree": tree}), "variables": DECLARED}
    assert pod(template).spec == {"tree": expected(tree)}


def test_neighbours_that_are_removed_do_not_change_each_other():
    template = {**pod_template({"list": [GONE, 1, GONE, GONE, 2, GONE]}), "variables": DECLARED}
    assert pod(template).spec == {"list": [1, 2]}


def test_an_item_that_becomes_empty_stays():
    template = {**pod_template({"list": [{"name": GONE}, [GONE]]}), "variables": DECLARED}
    assert pod(template).spec == {"list": [{}, []]}


@pytest.mark.parametrize(
    "text", ["a {jupyternetes.null}", "{jupyternetes.null:json}", "{choice.never}-", "{nested.x}-"]
)
def test_null_cannot_be_part_of_a_text(text):
    nested = {"name": "nested", "default": "a", "choices": [{"value": "a", "values": {"x": "{choice.gone}"}}]}
    template = {**pod_template({"a": text}), "variables": [*DECLARED, nested]}
    (problem,) = compile_anywhere(template).problems
    assert "removes" in problem.message


def test_a_choice_without_a_key_that_others_have_is_refused_with_the_way_to_say_null():
    choices = [{"value": "a", "values": {"gpu": 1}}, {"value": "b", "values": {}}]
    (problem,) = compile_anywhere({**pod_template({}), "variables": [{"name": "v", "choices": choices}]}).problems
    assert problem.path == "$.spec.variables[0].choices[1].values"
    assert NULL in problem.message
