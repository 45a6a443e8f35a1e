"""What to say of the pods of one Instance: pure decisions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from jupyternetes.api import conditions, reasons
from jupyternetes.api.bounds import bounded
from jupyternetes.api.conditions import Condition
from jupyternetes.api.core import Event, Pod
from jupyternetes.api.instance import Instance, PodState, Termination, host_and_port
from jupyternetes.api.times import rfc3339
from jupyternetes.operators.pod_status import observe as observing
from jupyternetes.operators.pod_status.containers import serving_port
from jupyternetes.operators.pod_status.progress import steps
from jupyternetes.operators.status.conditions import report, unmoved


@dataclass(frozen=True, slots=True)
class PodsStatus:
    """The Pod status operator's view of an Instance."""

    pods: dict[str, PodState]
    terminations: dict[str, Termination]
    ready: Condition | None
    address: str = ""
    node_name: str = ""


def current_status(instance: Instance) -> PodsStatus:
    """The pods' status as it stands on the Instance."""
    status = instance.status
    ready = conditions.find(status.conditions, conditions.READY)
    return PodsStatus(dict(status.pods), dict(status.last_termination), ready, status.address, status.node_name)


def urgent_part(instance: Instance, status: PodsStatus) -> object:
    """The part of a status that somebody waits for: that a server runs, where, and what put an end to a start.

    The rest, such as the steps on the way, is only looked at. What was said of an earlier pod or start is no news.
    """
    ready = status.ready
    pods = {
        name: (state.state, state.reason, state.exit_code)
        for name, state in status.pods.items()
        if state.observed_uid
        and state.observed_uid == instance.status.pods[name].uid
        and (state.state in ("Running", "Stopped") or reasons.lookup(state.reason).final)
    }
    final = (
        ready is not None
        and ready.observed_generation == instance.metadata.generation
        and reasons.lookup(ready.reason).final
        and ready.reason
    )
    is_ready = ready is not None and ready.status == "True"
    return pods, status.terminations, status.address, status.node_name, is_ready, final


def trusted(instance: Instance, record: PodState, pod: Pod) -> bool:
    """Whether ``pod`` is the recorded one: a label alone proves nothing, anybody who makes pods can set it."""
    meta = pod.metadata
    return (
        meta.namespace == instance.metadata.namespace
        and meta.uid == record.uid
        and meta.owned_by(instance.metadata.uid)
    )


def compute_status(
    instance: Instance,
    pods: Mapping[str, Pod],
    events: Iterable[Event],
    *,
    released: Collection[str] = (),
    now: datetime,
) -> PodsStatus:
    """The status, given the trusted pods by entry; an entry with a recorded uid and no pod has none, for certain.

    Of ``released`` entries there is a pod, which is not to be trusted any more.
    """
    events = list(events)
    states: dict[str, PodState] = {}
    terminations: dict[str, Termination] = {}
    for name, record in instance.status.pods.items():
        if not (record.uid or record.start_id or record.error_message):
            continue  # the Pod operator has nothing to say of it any more
        state = bounded(_entry(instance, record, pods.get(name), events))
        if name in released and state.reason == reasons.POD_GONE.name:
            state = _released(record, state)
        states[name] = state
        ended = state.state == "Stopped" and record.uid
        if ended and not (record.state == "Stopped" and record.observed_uid == record.uid):
            terminations[name] = _termination(state, pods.get(name), now)
    terminations = dict(instance.status.last_termination) | terminations
    primary = _primary(instance, pods)
    serving = pods.get(primary) if primary else None
    port = states[primary].port_number if primary in states else None
    running = primary is not None and primary in states and states[primary].state == "Running"
    return PodsStatus(
        states,
        terminations,
        _ready(instance, states, primary, now),
        address=host_and_port(serving.status.pod_ip, port) if running and serving and port else "",
        node_name=serving.spec.node_name if running and serving else "",
    )


def _entry(instance: Instance, record: PodState, pod: Pod | None, events: Iterable[Event]) -> PodState:
    if not record.uid:
        # A pod that could not be made is the Pod operator's to speak of; otherwise the entry is what a stop left.
        state = "Processed" if record.state == "Error" or record.error_message else "Stopped"
        return PodState(state=state, port_number=record.port_number)
    seen = record.observed_uid == record.uid
    if pod is None:
        return record if seen and record.state == "Stopped" else _gone(instance, record, seen=seen)
    found = observing.observe(pod)
    known = record.progress if seen else ()
    # Once it runs its way there is history; Events that expire or trickle in later are nobody's progress.
    settled = seen and record.state == "Running"
    return PodState(
        state=found.state,
        observed_uid=pod.metadata.uid,
        pod_address=pod.status.pod_ip if found.state != "Stopped" and not pod.metadata.deleting else "",
        port_number=_port(pod, record if seen else None),
        reason=found.reason,
        message=found.message,
        exit_code=found.exit_code,
        restarts=found.restarts,
        progress=known if settled else steps(known, pod, found, events),
    )


def _released(record: PodState, gone: PodState) -> PodState:
    reason = reasons.POD_RELEASED
    message = f"{reason.sentence} {reason.advice} It is called {record.resource_name}."
    return structs.replace(gone, reason=reason.name, message=message)


def _port(pod: Pod, before: PodState | None) -> int | None:
    """The port that the pod's label says; what was seen stays true of a pod whose label somebody took away."""
    port = serving_port(pod)
    return before.port_number if port is None and before is not None else port


def _gone(instance: Instance, record: PodState, *, seen: bool) -> PodState:
    reason = reasons.SUSPENDED if instance.spec.suspend else reasons.POD_GONE
    return PodState(
        state="Stopped",
        observed_uid=record.uid,
        port_number=record.port_number,
        reason=reason.name,
        message=reason.sentence,
        restarts=record.restarts if seen else 0,
        progress=record.progress if seen else (),
    )


def _termination(state: PodState, pod: Pod | None, now: datetime) -> Termination:
    ending = observing.termination(pod) if pod else None
    time = (ending.finished_at if ending else None) or rfc3339(now)
    return Termination(time=time, reason=state.reason, exit_code=state.exit_code, message=state.message)


def _primary(instance: Instance, pods: Mapping[str, Pod]) -> str | None:
    serving = (name for name, pod in pods.items() if serving_port(pod) is not None)
    return next(serving, instance.primary_entry)


def _ready(instance: Instance, states: Mapping[str, PodState], primary: str | None, now: datetime) -> Condition | None:
    """Condition Ready: the primary pod's, else whatever keeps there from being one, else what was said before."""
    record = instance.status.pods.get(primary) if primary else None
    if record is not None and primary is not None and record.uid and record.start_id == instance.spec.start_id:
        state = states[primary]
        running = state.state == "Running"
        reason = reasons.SERVER_READY if running else reasons.lookup(state.reason)
        condition = report(instance, conditions.READY, "True" if running else "False", reason, state.message, now=now)
        return unmoved(instance, condition) if record.observed_uid == record.uid else condition
    for kind in (conditions.PVCS_PROVISIONED, conditions.PODS_PROVISIONED):
        other = conditions.find(instance.status.conditions, kind)
        if other and other.status == "False" and other.observed_generation == instance.metadata.generation:
            return report(instance, conditions.READY, "False", reasons.lookup(other.reason), other.message, now=now)
    return conditions.find(instance.status.conditions, conditions.READY)
