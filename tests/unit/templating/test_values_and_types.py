"""Rule 3: what a placeholder becomes depends on its variable's type and on what stands around it."""

import json

import pytest

from jupyternetes.templating import render
from tests.unit.templating.templating_support import (
    compile_anywhere,
    container,
    first_container,
    instance,
    pod,
    pod_template,
    rendering,
    texts,
)

DECLARED = [
    {"name": "port", "type": "integer"},
    {"name": "share", "type": "number"},
    {"name": "gpu", "type": "boolean"},
    {"name": "memory", "type": "quantity"},
    {"name": "extra", "type": "json"},
    {"name": "words", "type": "string"},
]
VALUES = {
    "port": "8888",
    "share": "0.5",
    "gpu": "True",
    "memory": "4Gi",
    "extra": '{"a": [1, null, "{words}"]}',
    "words": "two words",
}


def declared(spec, **entry):
    return {**pod_template(spec, **entry), "variables": DECLARED}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{port}", 8888),
        ("{ PORT }", 8888),
        ("{share}", 0.5),
        ("{gpu}", True),
        ("{memory}", "4Gi"),
        ("{words}", "two words"),
        ("{extra}", {"a": [1, None, "{words}"]}),
        ("{port:json}", "8888"),
        (" {port}", " 8888"),
        ("{port}/{gpu}", "8888/true"),
        ("x{share}", "x0.5"),
        ("x{extra}", 'x{"a":[1,null,"{words}"]}'),
        ("{{port}}", "{port}"),
    ],
)
def test_a_whole_placeholder_takes_the_type_of_its_variable(written, expected):
    spec = pod(declared({"field": written, "list": [written]}), VALUES).spec
    assert spec == {"field": expected, "list": [expected]}
    assert type(spec["field"]) is type(expected)


@pytest.mark.parametrize(
    ("name", "text"), [("port", "8888"), ("gpu", "true"), ("extra", '{"a":[1,null,"{words}"]}'), ("memory", "4Gi")]
)
def test_environment_values_are_always_text(name, text):
    env = [{"name": "A", "value": f"{{{name}}}"}]
    assert first_container(declared(container(env=env)), VALUES)["env"] == [{"name": "A", "value": text}]


def test_labels_annotations_and_arguments_are_always_text():
    entry = pod(
        declared(container(args=["{port}"]), labels={"port": "{port}"}, annotations={"extra": "{extra}"}), VALUES
    )
    assert entry.labels == {"port": "8888"}
    assert entry.annotations == {"extra": '{"a":[1,null,"{words}"]}'}
    assert entry.spec["containers"][0]["args"] == ["8888"]


def test_the_arguments_of_the_hub_are_a_list():
    template = pod_template(container(args="{jupyterhub.args}"))
    assert first_container(template, {"jupyterhub.args": '["--debug", "a b"]'})["args"] == ["--debug", "a b"]
    assert first_container(template)["args"] == []


def test_a_list_inside_a_list_of_arguments_is_a_problem():
    result = rendering(pod_template(container(args=["--x", "{jupyterhub.args}"])))
    (problem,) = result.problems
    assert problem.path == "$.spec.pods[0].spec.containers[0].args[1]"
    assert "list" in problem.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "eight"),
        ("port", ""),
        ("port", "8.0"),
        ("port", " 1"),
        ("port", "٣"),
        ("port", "9" * 19),
        ("port", "9" * 5000),
        ("share", "NaN"),
        ("share", "1e999"),
        ("share", "true"),
        ("share", '"1"'),
        ("gpu", "yes"),
        ("gpu", "1"),
        ("memory", "4 Gi"),
        ("memory", "Gi"),
        ("memory", "4gb"),
        ("extra", "{"),
        ("extra", ""),
        ("extra", "[" * 40 + "]" * 40),
        ("extra", "[" * 100_000),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_name_without_repeating_it(name, text):
    result = rendering(declared({"field": f"{{{name}}}"}), {**VALUES, name: text})
    (problem,) = result.problems
    assert (problem.source, problem.path) == ("Instance", f"$.spec.variables.{name}")
    assert repr(name) in problem.message
    assert len(problem.message) < 200


@pytest.mark.parametrize("text", ["0", "-1", "+1.5", ".5", "1.", "100m", "2Ki", "1e3", "5E-2", "3n", "7E"])
def test_quantities_keep_the_form_they_are_written_in(text):
    assert pod(declared({"field": "{memory}"}), {**VALUES, "memory": text}).spec["field"] == text


def test_arguments_that_are_no_list_of_texts_are_refused():
    for text in ("--debug", "[1]", '{"a": 1}', '"x"'):
        result = rendering(pod_template(container(args="{jupyterhub.args}")), {"jupyterhub.args": text})
        assert "list of strings" in texts(result.problems)


def test_keys_of_maps_are_rendered():
    spec = pod(pod_template({"nodeSelector": {"pool-{a}": "{b}", "{{a}}": "1"}}), {"a": "x", "b": "y"}).spec
    assert spec == {"nodeSelector": {"pool-x": "y", "{a}": "1"}}


def test_keys_that_become_equal_are_a_problem():
    template = pod_template({"nodeSelector": {"pool-{a}": "1", "pool-x": "2"}})
    assert rendering(template, {"a": "y"}).problems == ()
    (problem,) = rendering(template, {"a": "x"}).problems
    assert problem.path == "$.spec.pods[0].spec.nodeSelector['pool-{a}']"
    assert "the same" in problem.message


@pytest.mark.parametrize("spec", [{"{k}": []}, {"containers": [{"{k}": ["a"]}]}])
def test_a_variable_cannot_make_a_field_in_which_kubelet_expands(spec):
    name = "containers" if "{k}" in spec else "args"
    (problem,) = rendering(pod_template(spec), {"k": name}).problems
    assert "write it out" in problem.message


def test_a_whole_pod_spec_passes_through_unchanged_B01():
    spec = {
        "automountServiceAccountToken": False,
        "shareProcessNamespace": True,
        "someFieldOfTheFuture": {"deep": [1, 2.5, None, {"x": "y"}]},
        "containers": [
            {
                "name": "notebook",
                "ports": [{"containerPort": 8888}],
                "readinessProbe": {"httpGet": {"port": "http", "path": "/"}},
                "command": ["sh", "-c", "f() { echo ${HOME} $(hostname) [a-z]{3}; }; f"],
                "env": [{"name": "EMPTY"}, {"name": "JSON", "value": '{"a": {"b": 1}}'}],
                "resources": {"limits": {"cpu": 1, "memory": "1Gi"}},
            }
        ],
    }
    assert pod(pod_template(spec)).spec == spec


def test_placeholders_are_resolved_everywhere_T01():
    where = {
        "serviceAccountName": "{u}",
        "initContainers": [{"name": "{u}", "workingDir": "/home/{u}"}],
        "containers": [
            {
                "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s-{u}"}}}],
                "volumeMounts": [{"mountPath": "/home/{u}"}],
            },
            {"name": "side", "args": ["--user={u}"]},
        ],
        "volumes": [{"name": "v", "hostPath": {"path": "/data/{u}"}}],
        "anyOther": {"field-{u}": [[{"deep": "{u}"}]]},
    }
    template = {
        **pod_template(where, name="nb-{u}", labels={"l-{u}": "{u}"}, annotations={"a-{u}": "{u}"}),
        "pvcs": [{"name": "v-{u}", "labels": {"l": "{u}"}, "spec": {"selector": {"matchLabels": {"u": "{u}"}}}}],
    }
    result = rendering(template, {"u": "al"})
    assert result.problems == ()
    expected = json.loads(json.dumps(template).replace("{u}", "al"))
    for entry, wanted in ((result.pods[0], expected["pods"][0]), (result.pvcs[0], expected["pvcs"][0])):
        made = {"name": entry.name, "labels": entry.labels, "annotations": entry.annotations, "spec": entry.spec}
        assert made == {"annotations": {}, **wanted}


def test_shell_variables_in_an_init_container_stay_T03():
    command = ["sh", "-c", "chown $(id -u) ${HOME} && ls {{u}} $HOME/{u}"]
    spec = pod(pod_template({"initContainers": [{"command": command}]}), {"u": "al"}).spec
    assert spec["initContainers"][0]["command"][2] == "chown $(id -u) ${HOME} && ls {u} $HOME/al"


def test_names_are_matched_in_any_case_B05():
    template = pod_template({"field": "{Team.Name} {JUPYTERHUB.USER.NAME}"})
    assert pod(template, {"TEAM.name": "Red", "JupyterHub.user.NAME": "Al"}).spec["field"] == "Red Al"


def test_what_was_inserted_is_not_scanned_again():
    spec = pod(pod_template({"field": "{a}"}), {"a": "{b} {{b}} {jupyterhub.api_token}", "b": "no"}).spec
    assert spec["field"] == "{b} {{b}} {jupyterhub.api_token}"


def test_results_of_one_compiled_template_do_not_touch_each_other():
    labels = {"fixed": "1"}
    compiled = compile_anywhere(
        {
            **pod_template({"containers": [{"name": "a", "image": "{i}"}], "volumes": [{"name": "v"}]}, labels=labels),
            "pvcs": [{"name": "v", "spec": {"fixed": True}, "labels": {"{i}": "{i}"}}],
        }
    )
    first = render(compiled, instance({"i": "one"}), {})
    for entry in (*first.pods, *first.pvcs):
        entry.labels["added"] = entry.annotations["added"] = entry.spec["added"] = "yes"
    second = render(compiled, instance({"i": "two"}), {})
    assert first.pods[0].spec["containers"] == [{"name": "a", "image": "one"}]
    assert second.pods[0].spec == {"containers": [{"name": "a", "image": "two"}], "volumes": [{"name": "v"}]}
    assert (second.pods[0].labels, second.pods[0].annotations) == ({"fixed": "1"}, {})
    assert (second.pvcs[0].labels, second.pvcs[0].spec) == ({"two": "two"}, {"fixed": True})
    assert labels == {"fixed": "1"}


def test_other_fields_of_an_entry_are_rendered():
    template = {
        "pvcs": [
            {"name": "home", "claimName": "home-{jupyterhub.user.name:dns}", "reclaimPolicy": "Delete", "spec": {}}
        ],
        "variables": [{"name": "port", "type": "integer", "default": 9999}],
        "pods": [{"name": "notebook", "port": "{port}", "spec": {}}],
    }
    result = rendering(template, instance({"jupyterhub.user.name": "al"}))
    assert (result.pvcs[0].filled.claim_name, result.pvcs[0].filled.reclaim_policy) == ("home-al", "Delete")
    assert result.pods[0].filled.port == 9999
