"""Properties that hold for every value that a person may type."""

import json
from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.templating import InstanceFacts, Rendering, render
from tests.unit.templating.templating_support import compile_anywhere, pod, pod_template, rendering

hostile = st.one_of(st.text(), st.text(alphabet="{}$():\"'\\, a.jupyterhub\n"))
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=5).filter(lambda text: "{" not in text),
    st.sampled_from(["{a}", "x{b}y", "{{a}}", "{A:json}"]),
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="abcxyz", max_size=3), inner, max_size=4)
    ),
    max_leaves=15,
)


def shape(value):
    """The tree with every text replaced by one mark."""
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "text" if isinstance(value, str) else value


@given(trees, hostile, hostile)
def test_values_never_change_the_structure(tree, one, other):
    spec = pod(pod_template({"tree": tree}), {"a": one, "b": other}).spec
    assert shape(spec) == shape({"tree": tree})


@given(hostile, hostile)
def test_values_appear_verbatim_and_are_not_scanned_again(one, other):
    spec = pod(pod_template({"whole": "{a}", "part": "<{a}|{B}>", "key": {"k{a}": "1"}}), {"a": one, "b": other}).spec
    assert spec == {"whole": one, "part": f"<{one}|{other}>", "key": {f"k{one}": "1"}}


@given(hostile)
def test_json_in_a_template_stays_json(value):
    spec = pod(pod_template({"scopes": '["access!server={a:json}/", {"n":{n}}]'}), {"a": value, "n": "1"}).spec
    assert json.loads(spec["scopes"]) == [f"access!server={value}/", {"n": 1}]


@given(trees, hostile)
def test_rendering_changes_nothing_that_it_was_given(tree, value):
    template = pod_template({"tree": tree})
    before = deepcopy(template)
    first = rendering(template, {"a": value, "b": "b"})
    assert template == before
    assert rendering(template, {"a": value, "b": "b"}).pods[0].spec == first.pods[0].spec


@given(trees, st.dictionaries(st.sampled_from(["a", "b", "A", "jupyterhub.args", "{a}", ""]), hostile))
def test_rendering_never_raises(tree, values):
    declared = {"variables": [{"name": "a", "type": "json"}]} if len(values) % 2 else {}
    template = {**pod_template({"tree": tree}, labels={"l": "{b}"}), "pvcs": [{"name": "v{a}", "spec": {}}], **declared}
    facts = InstanceFacts(name="i", namespace="n", uid="u", template_name="t", template_namespace="n", variables=values)
    assert isinstance(render(compile_anywhere(template), facts, {"pvcs": {"x": "y"}}), Rendering)


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_compiling_never_raises(tree):
    for spec in ({"pods": tree}, {"variables": tree}, {"pods": [tree], "variables": [tree]}):
        assert compile_anywhere(spec).problems is not None
