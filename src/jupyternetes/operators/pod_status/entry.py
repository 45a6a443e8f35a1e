"""What to say of one pod of an Instance: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from msgspec import structs

from jupyternetes.api import reasons
from jupyternetes.api.core import Event, Pod
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.operators.pod_status.containers import Member, Role, describe, members, serving_port
from jupyternetes.operators.pod_status.disruption import DISRUPTIONS, Disruption
from jupyternetes.operators.pod_status.finality import final_reason, seconds_left
from jupyternetes.operators.pod_status.history import PodHistory, evidence
from jupyternetes.operators.pod_status.node import seconds_until_stuck
from jupyternetes.operators.pod_status.observe import LAST_END_SECONDS, Observation, observe
from jupyternetes.operators.pod_status.progress import steps

_JUDGED: Final = frozenset(
    {reasons.SERVER_KEEPS_FAILING.name, reasons.CONTAINER_KEEPS_FAILING.name, reasons.IMAGE_PULL_FAILED.name}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """``state`` is what to say; in ``look_again`` seconds it may be another though nothing happens."""

    state: PodState
    look_again: float | None = None


def unmade_entry(record: PodState) -> PodState:
    """Of a pod that is not made: its error is the Pod operator's to tell, and otherwise it is what a stop left."""
    state = "Processed" if record.state == "Error" or record.error_message else "Stopped"
    return PodState(state=state, port_number=record.port_number)


def gone_entry(instance: Instance, record: PodState, disrupted: Disruption | None) -> PodState:
    """Of a recorded pod that is gone; ``disrupted`` is what made it go, where that was seen."""
    seen = record.observed_uid == record.uid
    stopped = seen and record.state == "Stopped"
    if stopped and record.reason not in reasons.STUCK:
        return record
    if disrupted is None and seen and record.reason in DISRUPTIONS:
        disrupted = Disruption(record.reason, record.message)
    reason = reasons.SUSPENDED if instance.spec.suspend else reasons.POD_GONE
    name, message = reason.name, reason.sentence
    if disrupted is not None and not instance.spec.suspend:
        name, message = disrupted.reason, disrupted.message
    return PodState(
        state="Stopped",
        observed_uid=record.uid,
        port_number=record.port_number,
        reason=name,
        message=message,
        exit_code=record.exit_code if stopped else None,
        restarts=record.restarts if seen else 0,
        progress=record.progress if seen else (),
    )


def released_entry(record: PodState, gone: PodState) -> PodState:
    """Of a pod that is there and not to be trusted any more; otherwise it is as if it were ``gone``."""
    if gone.reason != reasons.POD_GONE.name:
        return gone
    reason = reasons.POD_RELEASED
    message = f"{reason.sentence} {reason.advice} It is called {record.resource_name}."
    return structs.replace(gone, reason=reason.name, message=message)


def pod_entry(record: PodState, pod: Pod, history: PodHistory, events: Iterable[Event]) -> Entry:
    """Of a pod that is there."""
    before = record if record.observed_uid == pod.metadata.uid else None
    found, look_again = _judged(observe(pod, before, history), pod, before, history)
    if found.state == "Running" and found.reason:
        look_again = LAST_END_SECONDS - history.ready_for
    left = seconds_until_stuck(pod, history.leaving_for)
    if left is not None and left > 0:
        look_again = left
    known = before.progress if before else ()
    # Once it runs its way there is history; Events that expire or trickle in later are nobody's progress.
    settled = before is not None and before.state == "Running"
    state = PodState(
        state=found.state,
        observed_uid=pod.metadata.uid,
        pod_address=pod.status.pod_ip if found.state != "Stopped" and not pod.metadata.deleting else "",
        port_number=_port(pod, before),
        reason=found.reason,
        message=found.message,
        exit_code=found.exit_code,
        restarts=found.restarts,
        progress=known if settled else steps(known, pod, found, events),
    )
    return Entry(state, look_again)


def was_ready(record: PodState | None) -> bool:
    """Whether the pod that ``record`` is about was ready before: what fails from then on ends no start."""
    if record is None or not record.observed_uid:
        return False
    return record.state == "Running" or any(step.reason == reasons.SERVER_READY.name for step in record.progress)


def _judged(
    found: Observation, pod: Pod, before: PodState | None, history: PodHistory
) -> tuple[Observation, float | None]:
    """The observation, with a final reason if waiting cannot help; when time alone may make it so."""
    if found.state != "Processed" or not pod.present or was_ready(before):
        return found, None
    pending: list[float] = []
    in_trouble = False
    for member in members(pod):
        known = evidence(member, history)
        reason = final_reason(known)
        if reason is not None:
            return _with(found, reason.name, _why(member, history)), None
        in_trouble = in_trouble or bool(known)
        left = seconds_left(known)
        pending += [] if left is None else [left]
    if before is not None and before.reason in _JUDGED and in_trouble:
        return _with(found, before.reason, before.message), None  # what was said is not taken back by forgetting
    return found, min(pending, default=None)


def _with(found: Observation, reason: str, message: str) -> Observation:
    return Observation(found.state, reason, message, found.exit_code, found.restarts)


def _why(member: Member, history: PodHistory) -> str:
    name = "" if member.role is Role.SERVER else f"Container {member.name}: "
    cause = history.pull_cause(member.name)
    if cause or member.last_end is None:
        return name + cause
    advice = reasons.lookup(member.last_end.reason).advice if member.role is Role.SERVER else ""
    return f"{name}{describe(member.last_end)}; ended {member.ends} times so far. {advice}".strip()


def _port(pod: Pod, before: PodState | None) -> int | None:
    """The port that the pod's label says; what was seen stays true of a pod whose label somebody took away."""
    port = serving_port(pod)
    return before.port_number if port is None and before is not None else port
