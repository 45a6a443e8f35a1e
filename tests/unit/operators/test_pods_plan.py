"""Whose pod is whose, which Secrets are due, when a start is clean."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.operators.pods import plan
from tests.support.objects import MADE, ended, instance, owned_by, pod

DELETING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}


def conditions(reason: str, generation: int = 3) -> list[dict[str, Any]]:
    return [{"type": "PodsProvisioned", "status": "False", "reason": reason, "observedGeneration": generation}]


@pytest.mark.parametrize(
    ("found", "where"),
    [
        (pod(start_id="2"), "current"),
        (pod(start_id="1"), "leftover"),
        (pod(), "leftover"),
        (pod(start_id="2", ownerReferences=owned_by("earlier")), "leftover"),
        (pod(start_id="2", ownerReferences=[]), "nobody's"),
        (pod(start_id="2", ownerReferences=owned_by(name="b")), "nobody's"),
        (pod(start_id="2", ownerReferences=owned_by(controller=False)), "nobody's"),
        (pod(start_id="2", ownerReferences=[owned_by()[0] | {"kind": "ReplicaSet"}]), "nobody's"),
    ],
)
def test_label_alone_makes_no_pod_ours(found: Pod, where: str) -> None:
    own = plan.sort_pods(instance(startId="2"), [found])

    assert own.current == ({"notebook": [found]} if where == "current" else {})
    assert own.leftover == ([found] if where == "leftover" else [])


def test_pod_without_start_id_belongs_to_an_instance_without_one() -> None:
    assert plan.sort_pods(instance(), [pod()]).current == {"notebook": [pod()]}


@pytest.mark.parametrize(
    ("recorded", "pods", "kept"),
    [
        ("", [], None),
        ("", [pod("b"), pod("a")], "a"),
        ("", [pod("a", creationTimestamp="2026-05-01T00:00:00Z"), pod("b")], "b"),
        ("uid-b", [pod("a"), pod("b")], "b"),
        ("uid-gone", [pod("b"), pod("a")], "a"),
    ],
)
def test_of_two_pods_the_recorded_else_the_oldest_else_the_smaller_name_stays_B27(
    recorded: str, pods: list[Pod], kept: str | None
) -> None:
    known = instance(status={"pods": {"notebook": {"uid": recorded}}})

    keep, others = plan.choose(known, "notebook", pods)

    assert (keep.metadata.name if keep else None) == kept
    assert len(others) == max(0, len(pods) - 1)
    assert keep not in others


@pytest.mark.parametrize(
    ("metadata", "grace", "due"),
    [
        ({}, None, True),
        ({}, 0, True),
        (DELETING | {"deletionGracePeriodSeconds": 30}, None, False),
        (DELETING | {"deletionGracePeriodSeconds": 30}, 0, True),
        (DELETING | {"deletionGracePeriodSeconds": 30}, 30, False),
        (DELETING | {"deletionGracePeriodSeconds": 10}, 30, False),
        (DELETING, 0, False),
    ],
)
def test_delete_is_sent_once_and_again_only_with_less_patience_B50(
    metadata: dict[str, Any], grace: int | None, due: bool
) -> None:
    assert plan.must_delete(pod(**metadata), grace) is due


@pytest.mark.parametrize(
    ("start_id", "status", "stop", "secrets"),
    [
        ("", {}, True, []),
        ("1", {}, False, []),
        ("1", {}, True, ["1"]),
        ("3", {}, False, ["1", "2"]),
        ("3", {"pods": {"notebook": {"startId": "2"}}}, False, ["2"]),
        ("3", {"pods": {"notebook": {"startId": "3"}}}, False, []),
        ("3", {"pods": {"notebook": {"startId": "3"}}}, True, ["3"]),
        ("3", {"pods": {"notebook": {"startId": "2"}}, "conditions": conditions("Suspended")}, False, []),
        ("5", {"pods": {"notebook": {"startId": "2"}}, "conditions": conditions("Suspended")}, False, ["3", "4"]),
        ("2", {"pods": {"notebook": {"startId": "2"}}, "conditions": conditions("StartSpent")}, True, []),
        ("3", {"pods": {"notebook": {"startId": "not a number"}}}, False, ["1", "2"]),
        ("3", {"pods": {"notebook": {"startId": "7"}}}, False, []),
    ],
)
def test_secrets_of_every_start_since_the_last_known_one_are_due(
    start_id: str, status: dict[str, Any], stop: bool, secrets: list[str]
) -> None:
    due = plan.stale_secrets(instance(startId=start_id, status=status), through_current=stop)

    assert due == [f"jni-a-{number}" for number in secrets]


def test_a_jump_of_the_start_id_does_not_cause_a_million_deletes() -> None:
    assert len(plan.stale_secrets(instance(startId="9999999999"), through_current=False)) == 64


@pytest.mark.parametrize(
    ("provisioned", "state", "ready"),
    [
        ("Completed", {"resourceName": "w-1"}, True),
        ("Completed", {"resourceName": "w-1", "state": "Error"}, False),
        ("Completed", {"resourceName": ""}, False),
        ("Partially Processed", {"resourceName": "w-1"}, False),
        ("Pending", {"resourceName": "w-1"}, False),
    ],
)
def test_pods_wait_for_every_claim_B03(provisioned: str, state: dict[str, Any], ready: bool) -> None:
    known = instance(status={"pvcsProvisioned": provisioned, "pvcs": {"workspace": state}})

    assert plan.claims_ready(known, ["workspace"]) is ready


def test_claim_of_an_entry_that_the_template_got_later_is_waited_for() -> None:
    known = instance(status={"pvcsProvisioned": "Completed", "pvcs": {"workspace": {"resourceName": "w-1"}}})

    assert not plan.claims_ready(known, ["workspace", "scratch"])
    assert plan.claims_ready(instance(status={"pvcsProvisioned": "Completed"}), [])


@pytest.mark.parametrize(("seconds", "delay"), [(0, 10.0), (4, 6.0), (10, 0.0), (3600, 0.0)])
def test_pod_that_ends_at_once_is_not_made_again_at_once(seconds: int, delay: float) -> None:
    now = datetime.fromtimestamp(datetime.fromisoformat(MADE).timestamp() + seconds, UTC)

    assert plan.respawn_delay(ended(), now) == delay


@pytest.mark.parametrize(("generation", "reported"), [(3, True), (2, False)])
def test_reported_means_of_the_present_generation_B38(generation: int, reported: bool) -> None:
    known = instance(status={"conditions": conditions("Suspended", generation)})

    assert plan.is_reported(known, plan.reasons.SUSPENDED) is reported
    assert not plan.is_reported(known, plan.reasons.START_SPENT)


def test_instance_that_was_made_suspended_has_nothing_to_wind_up() -> None:
    assert not plan.was_started(instance(generation=1))
    assert plan.was_started(instance(generation=2))
    assert plan.was_started(instance(generation=1, status={"pods": {"notebook": {"uid": "u"}}}))
