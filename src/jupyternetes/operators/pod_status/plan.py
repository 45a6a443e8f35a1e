"""What to say of the pods of one Instance: pure decisions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from jupyternetes.api import conditions, reasons
from jupyternetes.api.bounds import bounded
from jupyternetes.api.conditions import Condition
from jupyternetes.api.core import Event, Pod
from jupyternetes.api.instance import Instance, PodState, Termination, host_and_port
from jupyternetes.api.times import rfc3339
from jupyternetes.operators.pod_status import observe as observing
from jupyternetes.operators.pod_status.containers import serving_port
from jupyternetes.operators.pod_status.disruption import Disruption
from jupyternetes.operators.pod_status.entry import gone_entry, pod_entry, released_entry, unmade_entry, was_ready
from jupyternetes.operators.pod_status.history import PodHistory
from jupyternetes.operators.status.conditions import report, unmoved


@dataclass(frozen=True, slots=True)
class PodsStatus:
    """The Pod status operator's view of an Instance."""

    pods: dict[str, PodState]
    terminations: dict[str, Termination]
    ready: Condition | None
    address: str = ""
    node_name: str = ""
    look_again: float | None = None  # seconds after which it may be another though nothing happens


def current_status(instance: Instance) -> PodsStatus:
    """The pods' status as it stands on the Instance."""
    status = instance.status
    ready = conditions.find(status.conditions, conditions.READY)
    return PodsStatus(dict(status.pods), dict(status.last_termination), ready, status.address, status.node_name)


def is_urgent(instance: Instance, status: PodsStatus) -> bool:
    """Whether somebody waits for what ``status`` says beyond what stands on the Instance."""
    without = faded(instance, status)
    before = urgent_part(instance, current_status(instance), without=without)
    return before != urgent_part(instance, status, without=without)


def faded(instance: Instance, status: PodsStatus) -> frozenset[str]:
    """The entries that only lost their readiness: they may have it back in a moment, and nobody is waiting for that."""
    return frozenset(
        name
        for name, state in status.pods.items()
        if (before := instance.status.pods[name]).state == "Running"
        and before.uid == before.observed_uid == state.observed_uid
        and state.state == "Processed"
        and state.reason in (reasons.NOT_READY.name, before.reason)
    )


def urgent_part(instance: Instance, status: PodsStatus, *, without: Collection[str] = ()) -> object:
    """The part of a status that somebody waits for: that a server runs, where, and what put an end to a start.

    The rest, such as the steps on the way, is only looked at. What was said of an earlier pod or start is no news.
    The entries ``without`` are left out.
    """
    ready = status.ready
    pods = {
        name: (state.state, state.reason, state.exit_code)
        for name, state in status.pods.items()
        if name not in without
        and state.observed_uid
        and state.observed_uid == instance.status.pods[name].uid
        and (state.state in ("Running", "Stopped") or reasons.lookup(state.reason).final)
    }
    final = (
        ready is not None
        and ready.observed_generation == instance.metadata.generation
        and reasons.lookup(ready.reason).final
        and ready.reason
    )
    is_ready = not without and ready is not None and ready.status == "True"
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
    histories: Mapping[str, PodHistory] = MappingProxyType({}),
    disrupted: Mapping[str, Disruption] = MappingProxyType({}),
    now: datetime,
) -> PodsStatus:
    """The status, given the trusted pods by entry; an entry with a recorded uid and no pod has none, for certain.

    Of ``released`` entries there is a pod, which is not to be trusted any more; ``histories`` are those of ``pods``.
    ``disrupted`` says of pods that are gone, by uid, what made them go, where that was seen.
    """
    events = list(events)
    states: dict[str, PodState] = {}
    terminations: dict[str, Termination] = {}
    waits: list[float] = []
    for name, record in instance.status.pods.items():
        if not (record.uid or record.start_id or record.error_message):
            continue  # the Pod operator has nothing to say of it any more
        if not record.uid:
            state = unmade_entry(record)
        elif name in pods:
            found = pod_entry(record, pods[name], histories.get(name, PodHistory()), events)
            state = found.state
            waits += [found.look_again] if found.look_again is not None else []
        else:
            state = gone_entry(instance, record, disrupted.get(record.uid))
            state = released_entry(record, state) if name in released else state
        state = bounded(state)
        states[name] = state
        ended = state.state == "Stopped" and record.uid
        if ended and not (record.state == "Stopped" and record.observed_uid == record.uid):
            terminations[name] = _termination(state, pods.get(name), now)
    terminations = dict(instance.status.last_termination) | terminations
    primary = _primary(instance, pods)
    serving = pods.get(primary) if primary else None
    port = states[primary].port_number if primary in states else None
    reachable = primary is not None and primary in states and _is_reachable(instance, primary, states[primary])
    return PodsStatus(
        states,
        terminations,
        _ready(instance, states, primary, now),
        address=host_and_port(serving.status.pod_ip, port) if reachable and serving and port else "",
        node_name=serving.spec.node_name if reachable and serving else "",
        look_again=min(waits, default=None),
    )


def _is_reachable(instance: Instance, name: str, state: PodState) -> bool:
    """Whether the pod has an address to tell: it runs, or was ready before and may be ready again in a moment."""
    record = instance.status.pods[name]
    again = state.state == "Processed" and record.observed_uid == state.observed_uid and was_ready(record)
    return bool(state.pod_address) and (state.state == "Running" or again)


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
    for kind in (
        conditions.PVCS_PROVISIONED,
        conditions.OTHER_RESOURCES_PROVISIONED,
        conditions.PODS_PROVISIONED,
    ):
        other = conditions.find(instance.status.conditions, kind)
        if other and other.status == "False" and other.observed_generation == instance.metadata.generation:
            stuck = next((state for state in states.values() if state.reason in reasons.STUCK), None)
            if stuck is not None and other.reason == reasons.WAITING_FOR_OLD_PODS.name:
                reason = reasons.lookup(stuck.reason)
                return report(instance, conditions.READY, "False", reason, stuck.message, now=now)
            return report(instance, conditions.READY, "False", reasons.lookup(other.reason), other.message, now=now)
    return conditions.find(instance.status.conditions, conditions.READY)
