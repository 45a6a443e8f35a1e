"""Pods that the cluster makes go: drained, preempted, tainted away, shut down with the node."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import PodState
from jupyternetes.operators.pod_status.disruption import DISRUPTIONS, Disruption, announced
from jupyternetes.operators.pod_status.observe import observe
from jupyternetes.operators.pod_status.plan import compute_status
from tests.support.objects import ended, instance, pod
from tests.unit.operators.pod_story import NOW, RECORD, Story, running, seen

DELETING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}
MESH = running("mesh")


def target(reason: str, status: str = "True") -> dict[str, Any]:
    return {"type": "DisruptionTarget", "status": status, "reason": reason, "message": f"because of {reason}"}


def alive(*conditions: dict[str, Any], **fields: Any) -> Pod:
    return seen(MESH, running("notebook"), ready=True, conditions=[*conditions], **fields)


def gone(found: Pod, *, suspend: bool = False, seen_last: bool = True) -> PodState:
    """What is said once the pod, last ``found`` so, is gone; nothing was written of its disruption."""
    known = instance(startId="2", suspend=suspend, status={"pods": {"notebook": RECORD}})
    disrupted = announced(found) if seen_last else None
    by_uid = {} if disrupted is None else {"uid-notebook-1": disrupted}
    return compute_status(known, {}, (), disrupted=by_uid, now=NOW).pods["notebook"]


@pytest.mark.parametrize("reason", [*sorted(DISRUPTIONS), "ReasonOfTheFuture"])
def test_pod_that_was_made_to_go_says_by_what_C26(reason: str) -> None:
    told = gone(alive(target(reason)))

    assert (told.state, told.reason, told.message) == ("Stopped", reason, f"because of {reason}")


@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_disruption_that_did_not_come_true_is_not_blamed_C26(status: str) -> None:
    assert gone(alive(target("EvictionByEvictionAPI", status))).reason == "PodGone"


def test_pod_that_nobody_disrupted_was_deleted_C26() -> None:
    assert gone(alive()).reason == "PodGone"


def test_server_that_was_stopped_is_not_said_to_be_drained_C26() -> None:
    assert gone(alive(target("EvictionByEvictionAPI")), suspend=True).reason == "Suspended"


def test_pod_that_was_spared_goes_on_C26() -> None:
    told = observe(alive(target("PreemptionByScheduler")))

    assert (told.state, told.reason) == ("Running", "")


def test_cause_is_said_while_the_pod_goes_and_kept_by_another_process_C26() -> None:
    story = Story()
    story.at(0, alive())

    told = story.at(1, alive(target("EvictionByEvictionAPI"), **DELETING))
    story.forget()
    after = story.at(2, None)

    assert (told.state, told.reason) == ("Processed", "EvictionByEvictionAPI")
    assert (after.state, after.reason, after.message) == ("Stopped", told.reason, told.message)
    assert story.instance.status.last_termination["notebook"].reason == "EvictionByEvictionAPI"


ENDINGS = [
    # how the pod ended, the condition, what is said and with which code
    (ended(exit_code=0, **DELETING), "EvictionByEvictionAPI", "EvictionByEvictionAPI", 0),
    (ended(exit_code=143, **DELETING), "DeletionByTaintManager", "DeletionByTaintManager", 143),
    (ended(exit_code=0), "EvictionByEvictionAPI", "Completed", 0),
    (ended(exit_code=137), "TerminationByKubelet", "TerminationByKubelet", 137),
    (ended(exit_code=137), "DeletionByPodGC", "DeletionByPodGC", 137),
]


@pytest.mark.parametrize(("found", "reason", "said", "code"), ENDINGS)
def test_server_that_shut_down_since_its_pod_had_to_go_did_not_do_so_itself_C26(
    found: Pod, reason: str, said: str, code: int
) -> None:
    told = observe(with_condition(found, target(reason)))

    assert (told.state, told.reason, told.exit_code) == ("Stopped", said, code)


def test_eviction_for_want_of_resources_says_more_than_the_condition_C26() -> None:
    found = pod(status={"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."})

    told = observe(with_condition(found, target("TerminationByKubelet")))

    assert (told.reason, told.message) == ("Evicted", "The node was low on resource: memory.")


def test_condition_without_a_message_has_the_sentence_of_its_reason_C26() -> None:
    found = announced(alive(target("DeletionByPodGC") | {"message": ""}))

    assert found == Disruption("DeletionByPodGC", "The server's node is gone from the cluster.")


def with_condition(found: Pod, condition: dict[str, Any]) -> Pod:
    body = msgspec.to_builtins(found)
    body["status"]["conditions"] = [*body["status"]["conditions"], condition]
    return msgspec.convert(body, Pod)
