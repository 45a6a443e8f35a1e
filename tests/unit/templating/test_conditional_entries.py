"""`condition` of entries: nothing is made of an entry whose condition is not true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.templating import Invalid, Ready, Waiting, compile_template
from tests.unit.templating.templating_support import Json, instance, rendering, texts

SCRATCH: Json = {"name": "scratch", "condition": "vars.scratch", "spec": {"size": "1Gi"}}
HELPER: Json = {"name": "helper", "condition": "vars.scratch", "spec": {"of": "{jupyternetes.pods.notebook}"}}


def template(**fields: Json) -> Json:
    return {
        "variables": [{"name": "scratch", "type": "boolean", "default": False}],
        "pvcs": [{"name": "home", "spec": {}}, SCRATCH],
        "pods": [{"name": "notebook", "spec": {}}, HELPER],
        **fields,
    }


def names(values: Json = None, spec: Json = None, **resources: Json) -> tuple[list[str], ...]:
    result = rendering(spec or template(), values, **resources)
    assert result.problems == ()
    return tuple([each.name for each in entries] for entries in (result.pvcs, result.pods, result.omitted))


def test_an_entry_is_there_only_while_its_condition_is_true_B07():
    assert names({"scratch": "true"}) == (["home", "scratch"], ["notebook", "helper"], [])
    assert names({"scratch": "false"}) == (["home"], ["notebook"], ["scratch", "helper"])
    assert names() == (["home"], ["notebook"], ["scratch", "helper"])


def test_a_condition_changes_nothing_else_of_an_entry():
    result = rendering(template(), {"scratch": "true"})

    (_, scratch), (_, helper) = result.pvcs, result.pods
    assert isinstance(scratch, Ready)
    assert scratch.spec == {"size": "1Gi"}
    assert isinstance(helper, Waiting)


MENTIONS: Json = {"name": "notebook", "spec": {"claim": "{jupyternetes.pvcs.scratch}"}}


@pytest.mark.parametrize("made", [{}, {"pvcs": {"scratch": "scratch-x2"}}])
def test_what_mentions_an_entry_that_is_left_out_is_a_problem_also_where_an_earlier_start_made_it(made):
    spec = template(pods=[MENTIONS])

    result = rendering(spec, {"scratch": "false"}, **made)

    (problem,) = result.problems
    assert problem.path == "$.spec.pods[0].spec.claim"
    assert "'jupyternetes.pvcs.scratch': the condition of that entry is false" in problem.message
    assert isinstance(result.pods[0], Invalid)


def test_what_mentions_an_entry_waits_for_it_while_the_condition_is_true():
    (waiting,) = rendering(template(pods=[MENTIONS]), {"scratch": "true"}).pods

    assert isinstance(waiting, Waiting)


@pytest.mark.parametrize(
    ("value", "volumes"), [("no", [{"name": "home"}]), ("yes", [{"name": "home"}, {"claim": "s-1"}])]
)
def test_a_choice_brings_a_volume_along_with_its_claim(value, volumes):
    spec = {
        "variables": [
            {
                "name": "disk",
                "default": "no",
                "choices": [
                    {"value": "no", "values": {"volume": "{jupyternetes.null}"}},
                    {"value": "yes", "values": {"volume": {"claim": "{jupyternetes.pvcs.scratch}"}}},
                ],
            }
        ],
        "pvcs": [{"name": "scratch", "condition": "vars.disk == 'yes'", "spec": {}}],
        "pods": [{"name": "notebook", "spec": {"volumes": [{"name": "home"}, "{disk.volume}"]}}],
    }

    (pod,) = rendering(spec, {"disk": value}, pvcs={"scratch": "s-1"}).pods

    assert isinstance(pod, Ready)
    assert pod.spec["volumes"] == volumes


@pytest.mark.parametrize(
    "pods",
    [
        [{"name": "a", "condition": "true", "spec": {}}],
        [{"name": "a", "spec": {}}, {"name": "notebook", "condition": "true", "spec": {}}],
        [{"name": "a", "spec": {}}, {"name": "b", "primary": True, "condition": "vars.scratch", "spec": {}}],
    ],
)
def test_the_pod_that_serves_has_no_condition(pods):
    problems = compile_template(template(pods=pods)).problems

    assert [each.path for each in problems] == [f"$.spec.pods[{len(pods) - 1}].condition"], texts(problems)
    assert "this pod serves" in problems[0].message


def test_a_condition_that_cannot_be_decided_is_a_problem_and_nothing_is_made():
    spec = template(
        variables=[{"name": "j", "type": "json", "default": {}}],
        pvcs=[{"name": "home", "spec": {}}, {**SCRATCH, "condition": "vars.j.scratch == true"}],
        pods=[{"name": "notebook", "spec": {}}],
    )

    result = rendering(spec, {"j": '{"other": true}'})

    assert [str(each) for each in result.problems] == [
        "Template $.spec.pvcs[1].condition: cannot be decided for this Instance: it reads a key that is not there"
    ]
    assert all(isinstance(each, Invalid) for each in (*result.pvcs, *result.pods))


def test_a_condition_is_not_asked_of_values_that_are_refused():
    result = rendering(template(), {"scratch": "maybe"})

    assert [each.path for each in result.problems] == ["$.spec.variables.scratch"]


def test_the_name_of_a_conditional_entry_may_hold_a_placeholder():
    spec = template(pvcs=[{**SCRATCH, "name": "s-{jupyterhub.user.name:dns}"}], pods=[{"name": "notebook", "spec": {}}])

    assert names({"jupyterhub.user.name": "ada"}, spec) == ([], ["notebook"], ["s-ada"])


@given(scratch=st.booleans(), spoilt=st.booleans(), made=st.booleans())
def test_both_operators_see_the_same_entries_whatever_exists(scratch, spoilt, made):
    """The PVC operator knows the names of claims only, the Pod operator those of pods too."""
    values = instance({"scratch": str(scratch).lower(), **({"other": "x"} if spoilt else {})})
    claims = {"scratch": "scratch-1", "home": "home-1"} if made else {}

    by_pvcs = rendering(template(), values, pvcs=claims)
    by_pods = rendering(template(), values, pvcs=claims, pods={"notebook": "notebook-1"} if made else {})

    for kind in ("pvcs", "pods"):
        seen = [[each.name for each in getattr(result, kind)] for result in (by_pvcs, by_pods)]
        assert seen[0] == seen[1]
    assert [each.name for each in by_pvcs.omitted] == [each.name for each in by_pods.omitted]
    assert by_pvcs.problems == by_pods.problems
