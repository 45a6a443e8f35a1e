"""Deletes of pods that the API server refuses: said in the condition, and taken back once it takes them."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api.instance import Instance
from jupyternetes.operators.pods.plan import plan
from jupyternetes.operators.pods.steps import DeleteSecrets, Observed, RepairStatus
from jupyternetes.operators.status.failures import delete_failure
from jupyternetes.runtime.errors import ApiError, NotFound, Status, TooManyRequests, UnknownOutcome, api_error
from tests.support.objects import ended, instance, pod
from tests.unit.operators.pods_case import (
    DELETING,
    DENIED,
    NOTEBOOK,
    RECORD,
    SEEN_STOPPED,
    Case,
    conditions,
    deleted,
    said,
    usable,
)

REFUSED = {"uid-notebook-1": DENIED}
SECRET_DENIED = api_error("delete secrets lab/jni-a-2", Status(403, "Forbidden", 'policy "keep" says no'))
WEBHOOK = UnknownOutcome(
    "delete pods lab/notebook-1",
    settled_at=5.0,
    refusal=api_error("delete pods lab/notebook-1", Status(500, "InternalError", "failed calling webhook guard")),
)


@pytest.mark.parametrize(
    "case",
    [
        Case(RECORD, pods=(pod(start_id="2"),), spec={"suspend": True}),
        Case(pods=(pod(start_id="1"),)),
        Case(SEEN_STOPPED, pods=(pod(start_id="2"),)),
        Case(RECORD, pods=(pod(start_id="2"),), finalizers=("example.org/audit",)),
        Case(RECORD | {"startId": ""}, start_id="", pods=(ended(),), known_for=10.0),
    ],
    ids=["stop", "next start", "spent start", "kept Instance", "replaced pod"],
)
def test_refused_delete_is_told_and_tried_again_soon_C10(case: Case) -> None:
    decided = Case(**{**vars(case), "undeleted": REFUSED}).plan()

    assert deleted(decided) == ["notebook-1"]
    assert (said(decided), decided.requeue_after) == ("FailedDelete", 2.0)
    assert decided.status is not None
    assert "lab/notebook-1" in decided.status.message
    assert 'policy "keep" says no' in decided.status.message
    assert decided.status.message.endswith("goes on by itself.")
    assert decided.status.provisioned == ("Completed" if case.start_id == "" else "Pending")


@pytest.mark.parametrize(
    "case",
    [
        Case(RECORD | {"uid": ""}, spec={"suspend": True}),
        Case({"startId": "1"}),
        Case(SEEN_STOPPED, looked_up={"uid-notebook-1": None}),
    ],
    ids=["stop", "next start", "spent start"],
)
def test_secret_whose_delete_is_refused_is_told_tried_again_and_held_on_to_C10(case: Case) -> None:
    tried = [action for action in case.plan().actions if isinstance(action, DeleteSecrets)]

    decided = Case(**{**vars(case), "undeleted": {tried[0].names[-1]: SECRET_DENIED}}).plan()

    assert list(decided.actions) == tried
    assert (said(decided), decided.requeue_after) == ("FailedDelete", 2.0)
    assert decided.status is not None
    assert 'policy "keep" says no' in decided.status.message


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (WEBHOOK, "failed calling webhook guard"),
        (DENIED, "says no"),
        (UnknownOutcome("delete pods: the connection broke", settled_at=5.0), None),
        (TooManyRequests("delete pods", Status(429, "TooManyRequests", "busy")), None),
        (NotFound("delete pods", Status(404, "NotFound", "no")), None),
    ],
    ids=str,
)
def test_what_may_pass_by_itself_is_not_told_C10(error: ApiError | UnknownOutcome, told: str | None) -> None:
    failure = delete_failure(error)

    assert (failure is None) == (told is None)
    assert failure is None or (told or "") in failure.message


def test_delete_that_is_taken_in_the_end_takes_the_complaint_back_C10() -> None:
    stopping = {"pods": (pod(start_id="2", **DELETING),), "spec": {"suspend": True}}

    assert said(Case(RECORD, status={"conditions": conditions("FailedDelete")}, **stopping).plan()) == "Stopping"
    assert said(Case(RECORD, status={"conditions": conditions("Stopping")}, **stopping).plan()) == ""


@pytest.mark.parametrize("suspend", [True, False])
def test_unreadable_instance_says_what_cannot_be_read_and_nothing_else_C10(suspend: bool) -> None:
    known = instance(startId="2", suspend=suspend, status={"conditions": conditions("FailedDelete")})
    unreadable: Any = msgspec.structs.replace(known, unreadable=("spec.variables.a",))
    assert isinstance(unreadable, Instance)

    decided = plan(unreadable, usable((NOTEBOOK,)), Observed(pods=(pod(start_id="2"),), undeleted=REFUSED))

    assert (decided.status, decided.requeue_after) == (None, 2.0)
    assert decided.actions[-1] == RepairStatus()
