"""Faults of a Template that need no Instance: it is not accepted, and nothing is made of it."""

import pytest

from jupyternetes.templating import Invalid, summary
from jupyternetes.templating.problems import Problem, child_path
from tests.unit.templating.templating_support import compile_anywhere, pod_template, rendering


@pytest.mark.parametrize("condition", ["vars.gpu == 'yes'", " ", "1", True, 0])
@pytest.mark.parametrize("kind", ["pods", "pvcs", "otherResources"])
def test_a_condition_that_cannot_be_used_is_never_ignored(kind, condition):
    entry = {"name": "gpu", "condition": condition, "spec": {}}
    template = {"pods": [{"name": "notebook", "spec": {}}]}
    template[kind] = [*template.get(kind, ()), entry]
    (problem,) = compile_anywhere(template).problems
    assert problem.path == f"$.spec.{kind}[{len(template[kind]) - 1}].condition"
    result = rendering(template)
    assert all(isinstance(each, Invalid) for each in (*result.pods, *result.pvcs, *result.other_resources))


@pytest.mark.parametrize("condition", [None, ""])
def test_an_empty_condition_is_none(condition):
    assert compile_anywhere(pod_template({}, condition=condition)).problems == ()


def test_an_unknown_filter_names_the_known_ones():
    (problem,) = compile_anywhere(pod_template({"a": "{x:upper}"})).problems
    assert problem.path == "$.spec.pods[0].spec.a"
    for name in ("json", "url", "label", "dns", "shell", "{jupyternetes.brace}x:upper}"):
        assert name in problem.message


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"pods": {}}, "$.spec.pods"),
        ({"pods": "x"}, "$.spec.pods"),
        ({"pods": ["x"]}, "$.spec.pods[0]"),
        ({"pods": [{"spec": {}}]}, "$.spec.pods[0].name"),
        ({"pods": [{"name": 1, "spec": {}}]}, "$.spec.pods[0].name"),
        ({"pods": [{"name": "Big", "spec": {}}]}, "$.spec.pods[0].name"),
        ({"pods": [{"name": "a"}]}, "$.spec.pods[0].spec"),
        ({"pods": [{"name": "a", "spec": "{x}"}]}, "$.spec.pods[0].spec"),
        ({"pvcs": [{"name": "a", "spec": None}]}, "$.spec.pvcs[0].spec"),
        ({"pods": [{"name": "a", "spec": {}, "labels": "{x}"}]}, "$.spec.pods[0].labels"),
        ({"variables": {"a": {}}}, "$.spec.variables"),
    ],
)
def test_a_template_of_the_wrong_shape(spec, path):
    assert [problem.path for problem in compile_anywhere(spec).problems] == [path]
    assert rendering(spec).problems


@pytest.mark.parametrize("spec", [{}, {"pods": None, "pvcs": None, "variables": None}, {"pods": [], "variables": []}])
def test_an_empty_template_makes_nothing(spec):
    result = rendering(spec)
    assert (result.problems, result.pods, result.pvcs, result.other_resources) == ((), (), (), ())


def test_other_resources_need_no_spec():
    assert compile_anywhere({"otherResources": [{"name": "a", "kind": "ConfigMap", "data": {}}]}).problems == ()


@pytest.mark.parametrize(
    ("pods", "primary"),
    [
        ([], None),
        ([{"name": "a"}, {"name": "b"}], "a"),
        ([{"name": "a"}, {"name": "notebook"}], "notebook"),
        ([{"name": "notebook"}, {"name": "b", "primary": True}], "b"),
    ],
)
def test_the_primary_pod(pods, primary):
    compiled = compile_anywhere({"pods": [{**pod, "spec": {}} for pod in pods]})
    assert (compiled.primary.written.name if compiled.primary else None) == primary


def test_two_primary_pods_are_refused():
    pods = [{"name": name, "spec": {}, "primary": True} for name in "ab"]
    (problem,) = compile_anywhere({"pods": pods}).problems
    assert problem.path == "$.spec.pods[1].primary"


def test_a_template_nested_too_deep_is_refused():
    spec: object = "{x}"
    for _ in range(400):
        spec = [spec]
    compiled = compile_anywhere(pod_template({"a": spec}))
    assert "deeper" in compiled.problems[0].message


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (0, "$[0]"),
        ("a-b", "$.a-b"),
        ("a.b/c", "$['a.b/c']"),
        ("it's", "$['it\\'s']"),
        ("9", "$['9']"),
    ],
)
def test_paths(key, path):
    assert child_path("$", key) == path


def test_a_summary_holds_all_or_counts_the_rest():
    problems = [Problem(f"$.spec.p{i}", "x" * 50) for i in range(10)]
    assert summary(problems, limit=10_000) == "; ".join(str(problem) for problem in problems)
    for limit in range(40, 800, 7):
        text = summary(problems, limit=limit)
        assert len(text) <= limit
        assert text.startswith("Template $.spec.p0: ")
        shown = text.count("$.spec.p")
        assert shown == 10 or f"and {10 - shown} more" in text


def test_a_summary_of_one_long_problem_is_cut():
    assert len(summary([Problem("$", "x" * 500)], limit=100)) == 100


def test_an_entry_that_adopts_a_claim_needs_no_spec_V08():
    assert compile_anywhere({"pvcs": [{"name": "home", "claimName": "shared"}]}).problems == ()
    (problem,) = compile_anywhere({"pvcs": [{"name": "home"}]}).problems
    assert problem.path == "$.spec.pvcs[0].spec"
