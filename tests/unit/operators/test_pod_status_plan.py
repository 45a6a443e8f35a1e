"""What is said of an Instance's pods, and what of that is worth a write at once."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from jupyternetes.api.core import Event, Pod
from jupyternetes.api.fields import POD_STATUS_OPERATOR
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pod_status.plan import (
    PodsStatus,
    compute_status,
    current_status,
    faded,
    is_urgent,
    trusted,
    urgent_part,
)
from jupyternetes.operators.pod_status.status_fields import fields
from jupyternetes.operators.status.owned_fields import owned_fields
from tests.support.objects import GENERATION, ended, instance, owned_by, pod, serving

NOW = datetime(2026, 2, 1, tzinfo=UTC)
UID = "uid-notebook-1"
READY_STEP = {"time": "2026-01-01T00:00:09Z", "reason": "ServerReady", "message": "The server is ready."}


def recorded(*, uid: str = UID, start_id: str = "2", **more: Any) -> Instance:
    """An Instance whose pod of start 2 is on record."""
    entry = {"resourceName": "notebook-1", "uid": uid, "startId": start_id} | more
    return instance(startId="2", status={"pods": {"notebook": entry}})


def verdict(known: Instance, found: Pod | None = None, *, events: tuple[Event, ...] = ()) -> PodsStatus:
    return compute_status(known, {} if found is None else {"notebook": found}, events, now=NOW)


def event(message: str, *, uid: str = UID, time: str = "2026-01-01T00:00:01Z", reason: str = "Pulling") -> Event:
    metadata = {"name": message, "creationTimestamp": time}
    body = {"metadata": metadata, "involvedObject": {"uid": uid}, "reason": reason, "message": message}
    return msgspec.convert(body | {"lastTimestamp": time}, Event)


@pytest.mark.parametrize(
    ("found", "is_trusted"),
    [
        (pod(), True),
        (pod(uid="another"), False),
        (pod(namespace="elsewhere"), False),
        (pod(ownerReferences=[]), False),
        (pod(ownerReferences=owned_by("somebody")), False),
        (pod(ownerReferences=owned_by(controller=False)), False),
    ],
)
def test_pod_is_trusted_by_uid_namespace_and_owner_never_by_label(found: Pod, is_trusted: bool) -> None:
    known = recorded()

    assert trusted(known, known.status.pods["notebook"], found) is is_trusted


def test_serving_pod_gives_address_node_and_ready() -> None:
    said = verdict(recorded(), serving())

    assert (said.address, said.node_name) == ("10.1.2.3:8888", "node-1")
    assert said.ready is not None
    assert (said.ready.status, said.ready.reason) == ("True", "ServerReady")
    state = said.pods["notebook"]
    assert (state.state, state.observed_uid, state.port_number) == ("Running", UID, 8888)


def test_pod_that_ended_leaves_its_exit_code_behind_P03() -> None:
    said = verdict(recorded(), ended(exit_code=3, reason="Error"))

    assert said.address == ""
    termination = said.terminations["notebook"]
    assert (termination.exit_code, termination.time) == (3, "2026-01-01T01:00:00Z")
    assert said.ready is not None
    assert said.ready.status == "False"


@pytest.mark.parametrize(("suspend", "reason"), [(False, "PodGone"), (True, "Suspended")])
def test_pod_that_is_gone_is_reported_with_the_time_of_now_P07(suspend: bool, reason: str) -> None:
    known = recorded(observedUid=UID, state="Running", podAddress="10.1.2.3", portNumber=8888)
    known = msgspec.structs.replace(known, spec=msgspec.structs.replace(known.spec, suspend=suspend))

    said = verdict(known)

    assert (said.pods["notebook"].state, said.pods["notebook"].reason) == ("Stopped", reason)
    assert said.pods["notebook"].pod_address == ""
    assert said.terminations["notebook"].time == "2026-02-01T00:00:00Z"


def test_end_that_is_on_record_is_not_told_again_when_the_pod_goes_B38() -> None:
    first = verdict(recorded(), ended(exit_code=3, reason="Error"))
    status = {"pods": {"notebook": {"resourceName": "notebook-1", "uid": UID, "startId": "2"}}}
    merged = owned_fields(fields(first), POD_STATUS_OPERATOR)
    status["pods"]["notebook"] |= merged["pods"]["notebook"]
    known = instance(startId="2", status=merged | status)

    assert owned_fields(fields(verdict(known)), POD_STATUS_OPERATOR) == owned_fields(known.status, POD_STATUS_OPERATOR)


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ({"startId": "1"}, "Stopped"),
        ({"startId": "2", "errorMessage": "quota", "state": "Error"}, "Processed"),
        ({"startId": "2", "errorMessage": "quota", "state": "Stopped"}, "Processed"),
    ],
)
def test_word_on_an_old_pod_is_taken_back_for_an_error_of_the_pod_operator_B36(entry: Any, state: str) -> None:
    known = instance(startId="2", status={"pods": {"notebook": entry}})

    assert verdict(known).pods["notebook"].state == state


def test_entry_that_the_pod_operator_dropped_is_dropped_B36() -> None:
    known = instance(status={"pods": {"notebook": {"state": "Stopped", "observedUid": "u", "reason": "PodGone"}}})

    assert verdict(known).pods == {}


@pytest.mark.parametrize("generation", [GENERATION, GENERATION - 1])
def test_ready_says_what_keeps_there_from_being_a_pod(generation: int) -> None:
    waiting = {
        "type": "PvcsProvisioned",
        "status": "False",
        "reason": "QuotaExceeded",
        "message": "full",
        "observedGeneration": generation,
    }

    said = verdict(instance(startId="2", status={"conditions": [waiting]}))

    if generation == GENERATION:
        assert said.ready is not None
        assert (said.ready.reason, said.ready.message) == ("QuotaExceeded", "full")
        assert said.ready.observed_generation == GENERATION
    else:
        assert said.ready is None


@pytest.mark.parametrize("reason", ["OCI runtime create failed: x", "9 lives", "", "é", "A" * 2000, "a-b"])
def test_reason_of_a_container_runtime_fits_a_condition(reason: str) -> None:
    waiting = {"name": "notebook", "state": {"waiting": {"reason": reason or "x", "message": "m"}}}

    said = verdict(recorded(), pod(status={"containerStatuses": [waiting]}))

    assert said.ready is not None
    assert said.ready.reason.isidentifier()
    assert len(said.ready.reason) <= 1024


def test_only_the_progress_of_this_pod_counts_E01() -> None:
    said = verdict(recorded(), pod(), events=(event("pulling"), event("old", uid="another")))

    assert [step.message for step in said.pods["notebook"].progress] == ["pulling"]


def test_progress_stands_still_once_the_server_runs() -> None:
    before = verdict(recorded(), serving(), events=(event("pulled"),))
    progress = msgspec.to_builtins(before.pods["notebook"].progress)
    known = recorded(observedUid=UID, state="Running", progress=progress)

    after = verdict(known, serving(), events=(event("late", time="2026-01-05T00:00:00Z"),))

    assert after.pods["notebook"].progress == before.pods["notebook"].progress


@pytest.mark.parametrize(
    ("known", "found", "urgent"),
    [
        (recorded(), pod(), False),
        (recorded(), pod(spec={"nodeName": "n"}), False),
        (recorded(), serving(), True),
        (recorded(), ended(), True),
        (recorded(), None, True),
        (recorded(observedUid="old", state="Stopped", reason="PodGone"), pod(), False),
        (recorded(observedUid=UID, state="Running", podAddress="10.1.2.3"), pod(), True),
        (recorded(uid="", startId="1", observedUid="", state="Running"), None, False),
    ],
)
def test_only_what_somebody_waits_for_is_written_at_once(known: Instance, found: Pod | None, urgent: bool) -> None:
    said = verdict(known, found)

    assert (urgent_part(known, said) != urgent_part(known, current_status(known))) is urgent


READY_ONCE = {"observedUid": UID, "state": "Running", "podAddress": "10.1.2.3", "portNumber": 8888}
UNREADY = {
    "phase": "Running",
    "podIP": "10.1.2.3",
    "containerStatuses": [{"name": "notebook", "state": {"running": {}}}],
}


def test_readiness_that_is_lost_after_the_first_keeps_the_address_and_is_not_urgent_C28() -> None:
    ran = verdict(recorded(), serving())
    known = recorded(**READY_ONCE)
    told = msgspec.structs.replace(known.status, address=ran.address, node_name=ran.node_name)
    known = msgspec.structs.replace(known, status=told)
    lost = pod(status=UNREADY, spec={"nodeName": "node-1"})

    said = verdict(known, lost)

    assert said.pods["notebook"].state == "Processed"
    assert (said.address, said.node_name) == (ran.address, ran.node_name)
    assert faded(known, said) == {"notebook"}
    assert not is_urgent(known, said)


def test_readiness_that_comes_back_is_urgent_C28() -> None:
    known = recorded(**READY_ONCE | {"state": "Processed", "reason": "NotReady", "progress": [READY_STEP]})

    assert is_urgent(known, verdict(known, serving()))


@pytest.mark.parametrize(
    "found",
    [
        ended(exit_code=1),
        serving(deletionTimestamp="2026-01-02T00:00:00Z"),
        None,
        pod(status=UNREADY | {"containerStatuses": [{"name": "notebook", "state": {"terminated": {"exitCode": 1}}}]}),
    ],
)
def test_server_that_ended_crashed_or_goes_is_said_at_once_C28(found: Pod | None) -> None:
    known = recorded(**READY_ONCE)

    assert is_urgent(known, verdict(known, found))


@pytest.mark.parametrize("progress", [[], [{"time": "2026-01-01T00:00:01Z", "reason": "Pulled", "message": "x"}]])
def test_server_that_was_never_ready_has_no_address_to_keep_C28(progress: list[Any]) -> None:
    known = recorded(observedUid=UID, state="Processed", progress=progress)

    assert verdict(known, pod(status=UNREADY)).address == ""


def test_address_of_a_pod_before_is_not_kept_C28() -> None:
    known = recorded(**READY_ONCE | {"observedUid": "another"})

    assert verdict(known, pod(status=UNREADY)).address == ""


def test_reason_that_ends_a_start_is_written_at_once_B52() -> None:
    invalid = {"name": "notebook", "state": {"waiting": {"reason": "InvalidImageName"}}}
    creating = {"name": "notebook", "state": {"waiting": {"reason": "ContainerCreating"}}}
    known = recorded(observedUid=UID)

    now, later = (verdict(known, pod(status={"containerStatuses": [each]})) for each in (invalid, creating))

    assert urgent_part(known, now) != urgent_part(known, current_status(known))
    assert urgent_part(known, later) == urgent_part(known, current_status(known))
