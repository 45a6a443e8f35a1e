"""Which changes of an Instance and of a claim an operator looks at: its own business, and nothing that others do."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from jupyternetes.api.fields import POD_OPERATOR, POD_STATUS_OPERATOR, PVC_OPERATOR
from jupyternetes.api.instance import Instance
from jupyternetes.operators.assembly.wakes import if_it_may_have_pods, instance_view
from jupyternetes.operators.pods import wiring as pods
from jupyternetes.operators.pvcs import wiring as pvcs
from jupyternetes.runtime.objects import key_of
from tests.support.objects import claim, instance

Json = dict[str, Any]
VIEWS: dict[str, Callable[[Instance], object]] = {
    "pvcs": lambda instance: instance_view(instance, PVC_OPERATOR),
    "pods": lambda instance: instance_view(pods.without_how_pods_fare(instance), POD_OPERATOR),
    "pod-status": lambda instance: instance_view(instance, POD_STATUS_OPERATOR),
}
RECORD = {"resourceName": "notebook-1", "uid": "u1", "startId": "2"}
BEFORE: Json = {"pvcsProvisioned": "Completed", "pods": {"notebook": RECORD}}


def condition(kind: str, status: str = "True") -> Json:
    return {"type": kind, "status": status, "reason": "Any", "lastTransitionTime": "2026-01-01T00:00:00Z"}


def entry(**fields: Any) -> Json:
    return {"pods": {"notebook": RECORD | fields}}


@pytest.mark.parametrize(
    ("change", "who"),
    [
        ({"pvcs": {"workspace": {"resourceName": "workspace-1"}}}, {"pvcs", "pods"}),
        ({"pvcsProvisioned": "Pending"}, {"pvcs", "pods"}),
        ({"conditions": [condition("PvcsProvisioned")]}, {"pvcs"}),
        ({"conditions": [condition("PvcsProvisioned", "False")]}, {"pvcs", "pod-status"}),
        ({"conditions": [condition("PodsProvisioned")]}, {"pods"}),
        ({"conditions": [condition("PodsProvisioned", "False")]}, {"pods", "pod-status"}),
        ({"conditions": [condition("Ready")]}, {"pod-status"}),
        ({"podsProvisioned": "Completed"}, {"pods"}),
        ({"observedGeneration": 3}, {"pods"}),
        ({"address": "10.1.2.3:8888", "nodeName": "node-1"}, {"pod-status"}),
        (entry(uid="u2"), {"pods", "pod-status"}),
        (entry(errorMessage="no quota"), {"pods", "pod-status"}),
        (entry(observedUid="u1", reason="Scheduled", portNumber=8888), {"pod-status"}),
        (entry(observedUid="u1", state="Running", podAddress="10.1.2.3"), {"pod-status"}),
        (entry(observedUid="u1", state="Stopped", exitCode=1), {"pods", "pod-status"}),
        (entry(state="Error"), {"pods", "pod-status"}),
        ({"lastTermination": {"notebook": {"reason": "OOMKilled"}}}, {"pod-status"}),
    ],
    ids=str,
)
def test_change_of_the_status_is_looked_at_by_those_whose_business_it_is(change: Json, who: set[str]) -> None:
    before, after = instance(startId="2", status=BEFORE), instance(startId="2", status=BEFORE | change)

    assert {name for name, view in VIEWS.items() if view(before) != view(after)} == who


def test_pod_that_runs_is_no_news_to_its_operator_though_the_status_told_the_end_of_the_last_one() -> None:
    last_one = {"state": "Stopped", "observedUid": "u0", "exitCode": 0}
    now = {"state": "Running", "observedUid": "u1", "podAddress": "10.1.2.3"}

    before, after = instance(startId="2", status=entry(**last_one)), instance(startId="2", status=entry(**now))

    assert {name for name, view in VIEWS.items() if view(before) != view(after)} == {"pod-status"}


def test_stopped_pod_that_is_no_error_any_more_is_looked_at_by_the_pod_operator() -> None:
    """It waits with its own word for an entry until the Pod status operator has taken back the last one."""
    failed = {"startId": "2", "errorMessage": "no quota"}

    before = instance(status={"pods": {"notebook": failed | {"state": "Stopped"}}})
    after = instance(status={"pods": {"notebook": failed}})

    assert VIEWS["pods"](before) != VIEWS["pods"](after)


@pytest.mark.parametrize("name", VIEWS)
def test_new_version_alone_is_no_news_and_everything_else_of_an_instance_is(name: str) -> None:
    view, before = VIEWS[name], instance(startId="2", status=BEFORE)

    def edited(**metadata: Any) -> Instance:
        return msgspec.structs.replace(before, metadata=msgspec.structs.replace(before.metadata, **metadata))

    assert view(before) == view(edited(resource_version="8"))
    assert view(before) != view(edited(deletion_timestamp="2026-01-01T00:00:00Z"))
    assert view(before) != view(edited(uid="another"))
    assert view(before) != view(instance(startId="2", suspend=True, status=BEFORE))
    assert view(before) != view(instance(startId="3", status=BEFORE))
    assert view(before) != view(instance(startId="2", status=BEFORE, variables={"a": "b"}))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (instance(suspend=True, generation=1), False),
        (instance(suspend=True, generation=1, status={"pvcsProvisioned": "Completed"}), False),
        (instance(suspend=True, generation=2), True),
        (instance(suspend=True, generation=1, status=entry()), True),
        (instance(generation=1), True),
        (msgspec.structs.replace(instance(suspend=True, generation=1), unreadable=("spec.variables",)), True),
    ],
    ids=["made", "made, with claims", "set going once", "with pods", "made to run", "cannot be read"],
)
def test_instance_concerns_those_who_see_to_pods_once_it_may_have_some(known: Instance, expected: bool) -> None:
    assert if_it_may_have_pods(known) == ([key_of(known)] if expected else [])


def test_steps_of_a_claims_binding_are_no_news_and_whose_it_is_is() -> None:
    def seen(**fields: Any) -> object:
        return pvcs.view(claim("workspace-1", **fields), awaited=False)

    selected = {"volume.kubernetes.io/selected-node": "node-1"}
    assert seen() == seen(resourceVersion="9", annotations=selected)
    assert seen() == seen(status={"phase": "Bound"})
    assert seen() != seen(deletionTimestamp="2026-01-01T00:00:00Z")
    assert seen() != seen(labels={})


@pytest.mark.parametrize("awaited", [True, False])
def test_what_a_claim_asks_for_and_that_it_is_lost_or_can_grow_at_last_is_news_B29(awaited: bool) -> None:
    more = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}
    claims = [claim("w", status={"phase": phase}) for phase in (["Pending"] if awaited else []) + ["Bound", "Lost"]]

    views = [pvcs.view(each, awaited=awaited) for each in (*claims, claim("w", spec=more, status={"phase": "Bound"}))]

    assert all(view != other for number, view in enumerate(views) for other in views[:number])


def test_what_an_other_resource_says_of_itself_is_news_for_people_alone() -> None:
    def with_words(words: str, **fields: Any) -> Instance:
        state = {"resourceName": "db-1", "message": words} | fields
        return instance(startId="2", status=BEFORE | {"otherResources": {"db": state}})

    for name in ("pvcs", "pods"):
        view = VIEWS[name]
        assert view(with_words("disk 3 of 5")) == view(with_words("disk 4 of 5"))
        assert view(with_words("")) != view(with_words("", outputs={"host": "10.1.2.3"}))
