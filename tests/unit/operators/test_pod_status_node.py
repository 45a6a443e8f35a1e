"""Pods on nodes that do not answer."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api import conditions, reasons
from jupyternetes.api.core import Pod
from jupyternetes.operators.pod_status.history import PodHistory, continued
from jupyternetes.operators.pod_status.plan import compute_status, is_urgent
from tests.support.objects import GENERATION, ended, instance
from tests.unit.operators.pod_story import NOW, RECORD, Story, running, seen

MESH = running("mesh")
ALL_READY = {"type": "ContainersReady", "status": "True"}
DELETING = {"deletionTimestamp": "2026-01-02T00:00:30Z", "deletionGracePeriodSeconds": 30}


def silent(**fields: Any) -> Pod:
    """The node controller has made Ready false; everything else is as the kubelet left it."""
    return seen(MESH, running("notebook"), ready=False, conditions=[ALL_READY], **fields)


def test_silent_node_is_said_at_once_with_its_name_C27() -> None:
    story = Story()
    story.at(0, seen(MESH, running("notebook"), ready=True))
    before = story.instance

    told = story.at(1, silent())

    assert (told.state, told.reason, told.message) == ("Processed", "NodeNotReady", "Node node-1 does not answer.")
    assert story.said is not None
    assert is_urgent(before, story.said)
    assert not reasons.NODE_NOT_READY.final


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "Ready", "status": "False", "reason": "ContainersNotReady"},
        {"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady"},
    ],
)
def test_kubelet_that_gives_a_reason_is_not_silent_C27(condition: dict[str, Any]) -> None:
    found = seen(MESH, running("notebook", ready=False))
    told = Story().at(0, with_conditions(found, condition, ALL_READY))

    assert told.reason == "NotReady"


def test_pod_that_does_not_go_names_its_node_and_the_way_out_in_time_C27() -> None:
    story = Story()
    story.at(0, seen(MESH, running("notebook"), ready=True))

    assert story.at(100, silent(**DELETING)).reason == "NodeNotReady"
    assert story.look_again == 60
    assert story.at(159, silent(**DELETING)).reason == "NodeNotReady"
    before = story.instance
    told = story.at(160, silent(**DELETING))

    assert (told.state, told.reason) == ("Processed", "NodeLost")
    assert "node-1" in told.message
    assert "out-of-service" in reasons.NODE_LOST.advice
    assert story.said is not None
    assert is_urgent(before, story.said)
    assert story.look_again is None


@pytest.mark.parametrize(("grace", "seconds"), [(0, 30), (None, 60), (300, 330)])
def test_grace_of_the_pod_is_granted_C27(grace: int | None, seconds: float) -> None:
    fields = {"deletionTimestamp": "2026-01-02T00:00:30Z", "deletionGracePeriodSeconds": grace}
    found = seen(MESH, running("notebook"), ready=True, **fields)
    story = Story()

    assert story.at(0, found).reason == "Stopping"
    assert story.look_again == seconds
    assert story.at(seconds, found).reason == "NodeLost"


def test_clocks_of_others_decide_nothing_C27() -> None:
    long_ago = {"deletionTimestamp": "2001-01-01T00:00:00Z", "deletionGracePeriodSeconds": 0}

    assert Story().at(0, seen(MESH, running("notebook"), **long_ago)).reason == "Stopping"


def test_pod_without_a_node_and_pod_that_ended_have_no_node_to_lose_C27() -> None:
    unscheduled = seen(MESH, running("notebook"), spec={"nodeName": ""}, **DELETING)
    story = Story()
    story.at(0, unscheduled)

    assert story.at(1000, unscheduled).reason == "Stopping"
    assert story.look_again is None


@pytest.mark.parametrize(("node", "told"), [("node-1", "Node node-1 has not said that it ended."), ("", "")])
def test_pod_that_was_removed_by_force_and_stays_says_who_keeps_it_C27(node: str, told: str) -> None:
    held = {"deletionGracePeriodSeconds": 0, "finalizers": ["example.org/hold"], "spec": {"nodeName": node}}
    found = silent(**DELETING | held)
    story = Story()
    story.at(0, found)

    said = story.at(30, found)

    assert (said.state, said.reason) == ("Processed", "PodHeld")
    assert said.message == f"Pod notebook-1 is deleted and has the finalizer example.org/hold. {told}".strip()


def test_pod_that_ended_and_stays_says_who_keeps_it_and_how_it_ended_C27() -> None:
    held = DELETING | {"deletionGracePeriodSeconds": 0, "finalizers": ["example.org/hold"]}
    story = Story()

    before = story.at(0, ended(**held))
    kept = story.at(30, ended(**held))
    gone = story.at(31, None)

    assert (before.state, before.reason, before.exit_code) == ("Stopped", "Completed", 0)
    assert (kept.state, kept.reason, kept.exit_code) == ("Stopped", "PodHeld", 0)
    assert kept.message == "Pod notebook-1 is deleted and has the finalizer example.org/hold."
    assert (gone.state, gone.reason, gone.exit_code) == ("Stopped", "PodGone", 0)


def test_finalizer_of_a_pod_that_waits_for_its_node_is_not_to_blame_C27() -> None:
    found = silent(**DELETING | {"finalizers": ["example.org/hold"]})
    story = Story()
    story.at(0, found)

    assert story.at(60, found).reason == "NodeLost"


def test_pod_that_is_removed_in_the_end_goes_on_at_once_C27() -> None:
    story = Story()
    story.at(0, silent(**DELETING))
    story.at(100, silent(**DELETING))

    assert story.at(101, None).state == "Stopped"


@pytest.mark.parametrize(
    ("fields", "reason", "named"),
    [
        ({}, "NodeLost", "node-1"),
        ({"deletionGracePeriodSeconds": 0, "finalizers": ["example.org/hold"]}, "PodHeld", "example.org/hold"),
    ],
)
def test_next_start_names_what_keeps_the_pod_that_it_waits_for_C27(
    fields: dict[str, Any], reason: str, named: str
) -> None:
    found = silent(**DELETING | fields)
    waiting = {"type": "PodsProvisioned", "status": "False", "reason": "WaitingForOldPods"}
    status = {"pods": {"notebook": RECORD}, "conditions": [waiting | {"observedGeneration": GENERATION}]}
    known = instance(startId="3", status=status)
    history: PodHistory | None = None
    for moment in (0.0, 60.0):
        history = continued(history, found, moment)

    said = compute_status(known, {"notebook": found}, (), histories={"notebook": history}, now=NOW)

    assert said.ready is not None
    assert (said.ready.type, said.ready.status, said.ready.reason) == (conditions.READY, "False", reason)
    assert named in said.ready.message


def with_conditions(found: Pod, *conditions: dict[str, Any]) -> Pod:
    body = msgspec.to_builtins(found)
    body["status"]["conditions"] = [*conditions]
    return msgspec.convert(body, Pod)
