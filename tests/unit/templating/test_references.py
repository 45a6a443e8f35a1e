"""Rule 5: entries refer to each other; what is not there yet is waited for."""

import pytest

from jupyternetes.templating import Invalid, Ready, Waiting
from tests.unit.templating.templating_support import compile_anywhere, instance, pod, pod_template, rendering, texts

CLAIM = {"volumes": [{"persistentVolumeClaim": {"claimName": "{jupyternetes.pvcs.workspace}"}}]}


def entries(**spec_of):
    """`pods_a={...}` is the entry `a` of `pods`."""
    template = {}
    for key, spec in spec_of.items():
        kind, _, name = key.partition("_")
        template.setdefault(kind, []).append({"name": name, "spec": spec})
    return template


def test_an_object_that_is_not_there_yet_is_waited_for_without_a_problem_B03():
    template = {**pod_template(CLAIM), "pvcs": [{"name": "workspace", "spec": {}}]}
    for resources in ({}, {"pvcs": {}}, {"pvcs": {"workspace": ""}}):
        result = rendering(template, **resources)
        assert result.problems == ()
        (waiting,) = result.pods
        assert isinstance(waiting, Waiting)
        assert (waiting.name, waiting.needs) == ("notebook", ("jupyternetes.pvcs.workspace",))
        assert isinstance(result.pvcs[0], Ready)


def test_an_object_that_is_there_is_referred_to_by_its_name_B05():
    template = {
        **pod_template({"a": "{jupyternetes.pvcs.workspace}-{JUPYTERNETES.PVCS.Workspace}"}),
        **entries(pvcs_workspace={}),
    }
    assert pod(template, pvcs={"workspace": "ws-1"}).spec == {"a": "ws-1-ws-1"}


def test_every_missing_object_is_named_once():
    template = entries(
        pods_a={"x": ["{jupyternetes.pods.b}", "{jupyternetes.otherResources.c}", "{jupyternetes.pods.b}"]},
        pods_b={},
        otherResources_c={},
    )
    waiting = rendering(template).pods[0]
    assert isinstance(waiting, Waiting)
    assert waiting.needs == ("jupyternetes.pods.b", "jupyternetes.otherresources.c")


def test_one_pod_can_refer_to_another():
    template = entries(pods_a={"x": "{jupyternetes.pods.b}"}, pods_b={})
    result = rendering(template, pods={"b": "b-12345"})
    assert result.pods[0].spec == {"x": "b-12345"}


@pytest.mark.parametrize(
    "name", ["jupyternetes.pvcs.workspac", "jupyternetes.pods.workspace", "jupyternetes.otherresources.x"]
)
def test_no_such_entry_is_a_problem_of_the_template(name):
    compiled = compile_anywhere({**pod_template({"a": f"{{{name}}}"}), **entries(pvcs_workspace={})})
    (problem,) = compiled.problems
    assert problem.path == "$.spec.pods[0].spec.a"
    assert "no entry" in problem.message
    assert rendering({**pod_template({"a": f"{{{name}}}"}), **entries(pvcs_workspace={})}).problems == compiled.problems


def test_the_nearest_entry_is_suggested():
    compiled = compile_anywhere({**pod_template({"a": "{jupyternetes.pvcs.workspac}"}), **entries(pvcs_workspace={})})
    assert "'jupyternetes.pvcs.workspace'" in texts(compiled.problems)


def test_a_name_left_over_in_the_status_is_no_entry():
    result = rendering(pod_template(CLAIM), pvcs={"workspace": "old"})
    assert isinstance(result.pods[0], Invalid)


@pytest.mark.parametrize(
    ("template", "chain"),
    [
        (entries(pods_a={"x": "{jupyternetes.pods.a}"}), "pods.a needs jupyternetes.pods.a"),
        (
            entries(pods_a={"x": "{jupyternetes.pods.b}"}, pods_b={"x": "{jupyternetes.pods.a}"}),
            "pods.a needs jupyternetes.pods.b",
        ),
        (
            entries(pods_a={"x": "{jupyternetes.otherResources.c}"}, otherResources_c={"x": "{jupyternetes.pods.a}"}),
            "needs jupyternetes.pods.a",
        ),
        (entries(pvcs_v={"x": "{jupyternetes.pods.a}"}, pods_a={}), "needs jupyternetes.pvcs.v"),
    ],
)
def test_a_cycle_is_refused_when_the_template_is_applied_B11(template, chain):
    (problem,) = compile_anywhere(template).problems
    assert chain in problem.message
    assert "for ever" in problem.message


def called(entry, name):
    return f"{name}-of-{entry.lifetime}"


def test_what_is_made_of_an_entry_may_be_named_in_the_entry_itself():
    template = entries(otherResources_tls={"secretName": "{jupyternetes.otherResources.TLS}-key"})
    assert compile_anywhere(template).problems == ()

    (made,) = rendering(template, instance(name_of_object=called)).other_resources
    (unknown,) = rendering(template).other_resources

    assert made.spec == {"secretName": "tls-of-Instance-key"}
    assert isinstance(unknown, Waiting)


def test_others_wait_for_an_entry_that_names_itself():
    template = entries(
        otherResources_tls={"x": "{jupyternetes.otherResources.tls}"},
        pods_a={"x": "{jupyternetes.otherResources.tls}"},
    )

    result = rendering(template, instance(name_of_object=called))

    assert isinstance(result.pods[0], Waiting)
    assert isinstance(result.other_resources[0], Ready)


def test_an_entry_that_reads_an_output_of_itself_waits_for_ever_B11():
    template = {
        "otherResources": [
            {
                "name": "db",
                "apiVersion": "example.org/v1",
                "kind": "Database",
                "outputs": [{"name": "host", "path": "status.host"}],
                "labels": {"host": "{jupyternetes.otherResources.db.host}"},
                "spec": {"x": "{jupyternetes.otherResources.db}"},
            }
        ]
    }

    assert "for ever" in texts(compile_anywhere(template).problems)


def test_a_cycle_reads_in_the_direction_of_the_need():
    template = entries(
        pods_a={"x": "{jupyternetes.pods.b}"},
        pods_b={"x": "{jupyternetes.pods.c}"},
        pods_c={"x": "{jupyternetes.pods.a}"},
    )
    message = compile_anywhere(template).problems[0].message
    for one, other in ("ab", "bc", "ca"):
        pair = f"pods.{one} needs jupyternetes.pods.{other}"
        wrong = f"pods.{other} needs jupyternetes.pods.{one}"
        assert wrong not in message, pair


def test_a_cycle_through_rendered_names_is_found_when_they_are_known_B11():
    template = {
        "pods": [
            {"name": "{user}", "spec": {"x": "{jupyternetes.pods.b}"}},
            {"name": "b", "spec": {"x": "{jupyternetes.pods.al}"}},
        ]
    }
    assert compile_anywhere(template).problems == ()
    assert "for ever" in texts(rendering(template, {"user": "al"}).problems)
    assert "no entry" in texts(rendering(template, {"user": "bo"}).problems)


def test_references_use_the_rendered_name():
    template = {
        "pvcs": [{"name": "home-{jupyterhub.user.name}", "spec": {}}],
        "pods": [{"name": "nb", "spec": {"claim": "{jupyternetes.pvcs.home-al}"}}],
    }
    result = rendering(template, {"jupyterhub.user.name": "al"}, pvcs={"home-al": "home-al-x1"})
    assert result.pvcs[0].name == "home-al"
    assert result.pods[0].spec == {"claim": "home-al-x1"}
