"""What the API server would refuse is refused here, with the path it stands at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.slugs import is_label_value
from jupyternetes.templating import Invalid
from jupyternetes.templating.names import (
    annotation_key_fault,
    entry_name_fault,
    label_key_fault,
    label_value_fault,
)
from tests.unit.templating.templating_support import compile_anywhere, pod, pod_template, rendering, texts

USER = "jupyternetes.kadense.io/userId"


@pytest.mark.parametrize("value", ["", "a", "A-b_c.9", "a" * 63])
def test_label_values(value):
    assert label_value_fault(value) == ""


@pytest.mark.parametrize("value", ["a" * 64, "-a", "a-", "a b", "a@b", "ü", ".", "a\n", "/"])
def test_what_is_no_label_value(value):
    assert ":label" in label_value_fault(value)


@pytest.mark.parametrize("key", ["a", "A_b", "example.org/a", "a" * 63, "x-y.z/" + "a" * 63])
def test_label_keys(key):
    assert label_key_fault(key) == ""
    assert annotation_key_fault(key) == ""


@pytest.mark.parametrize("key", ["", "/", "a/", "/a", "a/b/c", "-a", "a b", "ü/a", "a" * 64, "a" * 254 + "/a"])
def test_what_is_no_label_key(key):
    assert label_key_fault(key)
    assert annotation_key_fault(key)


def test_annotations_may_have_capitals_in_their_prefix():
    assert label_key_fault("Example.org/a")
    assert annotation_key_fault("Example.org/a") == ""


@pytest.mark.parametrize(
    ("name", "good"), [("a", 1), ("9-a", 1), ("a" * 57, 1), ("a" * 58, 0), ("A", 0), ("a.b", 0), ("-a", 0), ("", 0)]
)
def test_names_of_entries(name, good):
    assert (entry_name_fault(name) == "") == bool(good)


def test_a_rendered_label_is_checked_with_its_path():
    template = pod_template({}, labels={USER: "{jupyterhub.user.name}"})
    assert pod(template, {"jupyterhub.user.name": "jovyan"}).labels == {USER: "jovyan"}
    for name in ("user@example.org", "x" * 64):
        (problem,) = rendering(template, {"jupyterhub.user.name": name}).problems
        assert problem.path == f"$.spec.pods[0].labels['{USER}']"
        assert ":label" in problem.message
        assert name not in problem.message


def test_a_bad_label_of_the_template_itself_needs_no_instance():
    compiled = compile_anywhere(pod_template({}, labels={"a b": "x", "ok": "not ok", "n": 1}, annotations={"/": "x"}))
    assert [problem.path for problem in compiled.problems] == [
        "$.spec.pods[0].labels.n",
        "$.spec.pods[0].labels['a b']",
        "$.spec.pods[0].labels.ok",
        "$.spec.pods[0].annotations['/']",
    ]


def test_label_keys_are_rendered_and_checked():
    template = pod_template({}, labels={"{a}": "1"}, annotations={"note/{a}": "{b}"})
    entry = pod(template, {"a": "x", "b": "any text ü"})
    assert (entry.labels, entry.annotations) == ({"x": "1"}, {"note/x": "any text ü"})
    assert [problem.path for problem in rendering(template, {"a": "-", "b": ""}).problems] == [
        "$.spec.pods[0].labels['{a}']",
        "$.spec.pods[0].annotations['note/{a}']",
    ]


def test_label_keys_that_become_equal_are_a_problem():
    (problem,) = rendering(pod_template({}, labels={"x": "1", "{a}": "2"}), {"a": "x"}).problems
    assert "the same" in problem.message


def test_a_label_of_the_operators_is_reserved():
    template = pod_template({}, labels={"example.org/podName": "x", USER: "1", "{a}": "1"})
    compiled = compile_anywhere(template, reserved_labels={"example.org/podName"})
    (problem,) = compiled.problems
    assert "operators" in problem.message


@given(st.text())
def test_the_label_filter_always_passes_the_check(text):
    labels = pod(pod_template({}, labels={"u": "{a:label}"}), {"a": text}).labels
    assert is_label_value(labels["u"])


@pytest.mark.parametrize("value", [None, {}])
def test_missing_labels_are_no_labels(value):
    entry = pod(pod_template({}, labels=value, annotations=value))
    assert (entry.labels, entry.annotations) == ({}, {})


def test_names_of_entries_are_rendered():
    assert pod(pod_template({}, name="nb-{u:dns}"), {"u": "al"}).name == "nb-al"


@pytest.mark.parametrize("value", ["Al", "x" * 55, "a b", ""])
def test_a_rendered_name_is_checked(value):
    result = rendering(pod_template({}, name="nb-{u}-"), {"u": value})
    (problem,) = result.problems
    assert problem.path == "$.spec.pods[0].name"
    (invalid,) = result.pods
    assert isinstance(invalid, Invalid)
    assert invalid.name == "nb-{u}-"


def test_two_entries_of_one_name_are_refused_B11():
    spec = {"pods": [{"name": "a", "spec": {}}, {"name": "a", "spec": {}}], "pvcs": [{"name": "a", "spec": {}}]}
    (problem,) = compile_anywhere(spec).problems
    assert problem.path == "$.spec.pods[1].name"
    dynamic = {"pods": [{"name": "a", "spec": {}}, {"name": "{u}", "spec": {}}]}
    assert rendering(dynamic, {"u": "b"}).problems == ()
    assert "named 'a'" in texts(rendering(dynamic, {"u": "a"}).problems)


def test_a_name_cannot_wait():
    template = {"pods": [{"name": "{jupyternetes.pvcs.a}", "spec": {}}], "pvcs": [{"name": "a", "spec": {}}]}
    assert "cannot wait" in texts(compile_anywhere(template).problems)
