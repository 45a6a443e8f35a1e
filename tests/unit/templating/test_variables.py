"""Rule 8: where values come from, and which ones are taken."""

import pytest

from jupyternetes.templating import MISSING
from tests.unit.templating.templating_support import compile_anywhere, instance, pod, pod_template, rendering, texts


def with_declared(*declarations, **fields):
    return {**pod_template(fields), "variables": list(declarations)}


def test_the_variables_of_the_hub_come_from_the_instance():
    names = ["user.id", "user.name", "server.name", "oauth_client_id", "namespace"]
    template = pod_template({name: f"{{jupyterhub.{name}}}" for name in names})
    values = {f"jupyterhub.{name}": f"<{name}>" for name in names}
    assert pod(template, values).spec == {name: f"<{name}>" for name in names}


def test_the_default_server_has_no_name():
    assert pod(pod_template({"a": "{jupyterhub.server.name}"})).spec == {"a": ""}


def test_only_the_operator_says_which_instance_it_is():
    names = [
        "jupyternetes.instance.name",
        "jupyternetes.instance.namespace",
        "jupyternetes.instance.uid",
        "template.name",
        "template.namespace",
        "instance.name",
        "instance.namespace",
    ]
    forged = dict.fromkeys([*names, "Instance.Name2", "jupyternetes.pvcs.home"], "forged")
    template = {**pod_template({"all": [f"{{{name}}}" for name in names]}), "pvcs": [{"name": "home", "spec": {}}]}
    assert pod(template, forged).spec == {"all": ["inst", "users", "uid-1", "tmpl", "hub", "inst", "users"]}


def test_a_variable_that_only_resembles_a_name_of_the_operator_is_a_variable():
    assert pod(pod_template({"a": "{instance.size}"}), {"instance.size": "big"}).spec == {"a": "big"}


def test_an_object_cannot_be_forged():
    template = {**pod_template({"a": "{jupyternetes.pvcs.home}"}), "pvcs": [{"name": "home", "spec": {}}]}
    result = rendering(template, {"jupyternetes.pvcs.home": "somebody-elses"})
    assert result.problems == ()
    assert result.pods[0].needs == ("jupyternetes.pvcs.home",)


def test_names_that_differ_only_in_case_are_refused():
    result = rendering(pod_template({}), {"Size": "1", "size": "2"})
    (problem,) = result.problems
    assert (problem.source, problem.path) == ("Instance", "$.spec.variables.size")
    assert "'Size'" in problem.message


def test_an_unknown_variable_is_a_problem_with_path_and_suggestion_B02():
    result = rendering(pod_template({"a": [{"b": "{jupyterhub.user.nam}"}]}))
    (problem,) = result.problems
    assert (problem.source, problem.path) == ("Template", "$.spec.pods[0].spec.a[0].b")
    assert "'jupyterhub.user.nam'" in problem.message
    assert "did you mean 'jupyterhub.user.name'" in problem.message
    assert "{jupyternetes.brace}jupyterhub.user.nam}" in problem.message


def test_a_variable_of_the_hub_that_the_instance_lacks_is_named():
    (problem,) = rendering(pod_template({"a": "{jupyterhub.user.id}"})).problems
    assert "'jupyterhub.user.id' has no value" in problem.message


def test_all_problems_of_all_entries_are_reported():
    template = {
        "pods": [
            {"name": "a", "spec": {"x": "{one} {two}", "y": ["{three}"]}, "labels": {"l": "{four}"}},
            {"name": "b", "spec": {"x": "{a:nofilter}"}},
        ],
        "pvcs": [{"name": "v", "spec": {"z": "{five}"}, "annotations": {"{six}": "x"}}],
        "otherResources": [{"name": "o", "apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "{seven}"}}],
    }
    result = rendering(template, {"A": "1", "a": "2"})
    report = texts(result.problems)
    for name in ("one", "two", "three", "four", "five", "six", "seven", "nofilter", "differ only in case"):
        assert name in report
    assert len(result.problems) == 9


def test_an_undeclared_variable_is_refused_once_any_is_declared():
    template = with_declared({"name": "size"}, a="{size}")
    values = {
        "size": "1",
        "sise": "2",
        "jupyterhub.other": "3",
        "jupyternetes.instance.name": "x",
        "template.name": "y",
    }
    (problem,) = rendering(template, values).problems
    assert (problem.source, problem.path) == ("Instance", "$.spec.variables.sise")
    assert "did you mean 'size'" in problem.message


def test_an_undeclared_placeholder_is_a_problem_of_the_template():
    template = with_declared({"name": "size"}, a="{sise}", b="{jupyterhub.user.name}", c="{jupyterhub.new}")
    (problem,) = compile_anywhere(template).problems
    assert problem.path == "$.spec.pods[0].spec.a"
    result = rendering(template, {"size": "1", "jupyterhub.user.name": "al", "jupyterhub.new": "n"})
    assert result.problems == (problem,)


def test_what_operators_do_not_know_is_a_problem_of_the_template():
    (problem,) = compile_anywhere(pod_template({"a": "{jupyternetes.instance.names}"})).problems
    assert "'jupyternetes.instance.name'" in problem.message


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ({"type": "integer", "default": 8888}, 8888),
        ({"type": "integer", "default": "8888"}, 8888),
        ({"type": "number", "default": 0.5}, 0.5),
        ({"type": "boolean", "default": False}, False),
        ({"type": "quantity", "default": 2}, "2"),
        ({"type": "quantity", "default": "500m"}, "500m"),
        ({"type": "json", "default": {"a": [None]}}, {"a": [None]}),
        ({"type": "json", "default": "[1]"}, [1]),
        ({"type": "string", "default": ""}, ""),
        ({"default": "text"}, "text"),
    ],
)
def test_defaults_fill_what_is_absent_B08(declaration, expected):
    template = with_declared({"name": "v", **declaration}, a="{v}")
    assert pod(template).spec == {"a": expected}


def test_defaults_never_override_B08():
    template = with_declared({"name": "V", "type": "integer", "default": 1}, a="{v}", b="{v}!")
    assert pod(template, {"v": "0"}).spec == {"a": 0, "b": "0!"}


def test_a_bad_value_does_not_fall_back_to_the_default():
    template = with_declared({"name": "v", "type": "integer", "default": 1}, a="{v}")
    (problem,) = rendering(template, {"v": "one"}).problems
    assert problem.source == "Instance"


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        ("integer", "x"),
        ("integer", 1.5),
        ("integer", True),
        ("integer", [1]),
        ("boolean", 1),
        ("string", 1),
        ("json", "{"),
        ("quantity", "x"),
    ],
)
def test_a_default_of_the_wrong_type_is_refused(kind, default):
    (problem,) = compile_anywhere(with_declared({"name": "v", "type": kind, "default": default})).problems
    assert problem.path == "$.spec.variables[0].default"


def test_a_required_variable_without_a_value_is_named_with_its_title():
    template = with_declared({"name": "v", "title": "Size of the disk", "required": True}, a="{v}", b="{v}")
    (problem,) = rendering(template).problems
    assert (problem.source, problem.path) == ("Instance", "$.spec.variables.v")
    assert "'v' (Size of the disk)" in problem.message
    assert pod(template, {"v": ""}).spec == {"a": "", "b": ""}


def test_an_optional_variable_without_a_value_is_a_problem_only_where_it_is_used():
    assert rendering(with_declared({"name": "v"})).problems == ()
    (problem,) = rendering(with_declared({"name": "v"}, a="{v}")).problems
    assert "has no value" in problem.message


@pytest.mark.parametrize(
    ("declaration", "where"),
    [
        ("v", "$.spec.variables[0]"),
        ({}, "$.spec.variables[0].name"),
        ({"name": "a b"}, "$.spec.variables[0].name"),
        ({"name": "jupyternetes.x"}, "$.spec.variables[0].name"),
        ({"name": "Template.Name"}, "$.spec.variables[0].name"),
        ({"name": "v", "type": "text"}, "$.spec.variables[0].type"),
        ({"name": "v", "oneOf": ["a"]}, "$.spec.variables[0].oneOf"),
        ({"name": "v", "required": "yes"}, "$.spec.variables[0].required"),
        ({"name": "v", "title": 1}, "$.spec.variables[0].title"),
    ],
)
def test_what_a_declaration_says_is_obeyed_or_refused(declaration, where):
    (problem,) = compile_anywhere(with_declared(declaration)).problems
    assert problem.path == where


def test_two_declarations_of_one_name_are_refused():
    (problem,) = compile_anywhere(with_declared({"name": "Size"}, {"name": "size"})).problems
    assert problem.path == "$.spec.variables[1].name"
    assert "'Size'" in problem.message


def test_declarations_are_carried():
    (declaration,) = compile_anywhere(
        with_declared({"name": "v", "title": "T", "description": "D", "type": "integer", "required": True})
    ).declarations
    assert (declaration.name, declaration.title, declaration.description) == ("v", "T", "D")
    assert (declaration.type, declaration.required, declaration.sensitive) == ("integer", True, False)
    assert declaration.default is MISSING


def test_a_declared_variable_of_the_hub_stays_what_it_is():
    template = with_declared(
        {"name": "jupyterhub.server.name", "title": "Server"},
        {"name": "jupyterhub.args"},
        a="{jupyterhub.args}",
        b="{jupyterhub.server.name}",
    )
    assert pod(template, {"jupyterhub.args": '["x"]'}).spec == {"a": ["x"], "b": ""}


def test_a_template_that_declares_only_variables_of_the_hub_is_open_to_others():
    size = {"name": "JupyterHub.mem_limit", "type": "quantity", "default": "2Gi"}
    template = with_declared(size, a="{jupyterhub.mem_limit}", b="{course}")
    assert pod(template, {"course": "optics"}).spec == {"a": "2Gi", "b": "optics"}
    assert pod(template, {"course": "optics", "jupyterhub.mem_limit": "1073741824"}).spec["a"] == "1073741824"


def test_values_are_never_in_a_message():
    template = with_declared({"name": "n", "type": "integer"}, {"name": "u"}, labels="{u}")
    template["pods"][0]["labels"] = {"l": "{u}"}
    result = rendering(template, instance({"n": "s3cret", "u": "s3cret !", "x": "s3cret", "N": "s3cret"}))
    assert len(result.problems) >= 3
    assert "s3cret" not in texts(result.problems)
