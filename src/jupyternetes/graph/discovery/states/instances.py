"""How does the server of an Instance fare, as its status says?

A status may lag behind the spec: what it says about another start, another pod or an older generation does not count.
"""

from typing import Final

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.graph.discovery.objects.instances import Instance, PodEntry
from jupyternetes.graph.discovery.states.health import USUAL, Health
from jupyternetes.graph.model.graph import Series
from jupyternetes.graph.model.kinds import State
from jupyternetes.graph.model.sentences import sentence_of

_PROVISIONING: Final = (
    conditions.PVCS_PROVISIONED,
    conditions.OTHER_RESOURCES_PROVISIONED,
    conditions.PODS_PROVISIONED,
)


def of_instance(instance: Instance) -> Health:
    """Running is ok, suspended is stopped; a reason that is not part of every start or stop makes it failing."""
    meta, status = instance.metadata, instance.status
    if meta.deleting:
        held = reasons.BEING_DELETED.name if meta.held_by else reasons.STOPPING.name
        return Health(State.STOPPING, held)
    if instance.spec.suspend:
        return _suspended(instance)
    pod = status.pods.get(instance.serving_entry)
    if pod is None or pod.start_id != instance.spec.start_id:
        return _provisioning(instance) or Health(State.STARTING, reasons.STARTING.name)
    if pod.state == "Error":
        return _provisioning(instance) or Health(State.FAILING, reasons.FAILED_CREATE.name, pod.error_message)
    if not pod.uid or pod.uid != pod.observed_uid:
        return _provisioning(instance) or Health(State.STARTING, reasons.STARTING.name)
    since = _since(conditions.find(status.conditions, conditions.READY))
    match pod.state:
        case "Running":
            return Health(State.OK, pod.reason, pod.message, since)
        case "Stopped" if pod.reason == reasons.COMPLETED.name:
            return Health(State.STOPPED, pod.reason, _sentence(pod), since)
        case "Stopped":
            return Health(State.FAILING, pod.reason or reasons.FAILED.name, _sentence(pod), since)
        case _ if pod.reason in USUAL:
            return Health(State.STARTING, pod.reason or reasons.STARTING.name, _sentence(pod), since)
        case _:
            return Health(State.FAILING, pod.reason, _sentence(pod), since)


def series_of(instance: Instance) -> Series | None:
    """Why the server's pod waits, and why it ended last; None if nothing of this is known."""
    entry = instance.serving_entry
    pod, end = instance.status.pods.get(entry), instance.status.last_termination.get(entry)
    waiting = (pod.reason,) if pod is not None and pod.state == "Processed" and pod.reason else ()
    terminated = (end.reason,) if end is not None and end.reason else ()
    return Series(waiting_reasons=waiting, terminated_reasons=terminated) if waiting or terminated else None


def _suspended(instance: Instance) -> Health:
    """Stopped once the Pod operator says that the pods are gone; it says nothing of one that never had any."""
    made = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    if made is not None and made.reason == reasons.SUSPENDED.name:
        return Health(State.STOPPED, reasons.SUSPENDED.name, since=_since(made))
    if not instance.status.pods:
        return Health(State.STOPPED, reasons.NOT_STARTED.name)
    stuck = next((pod for pod in instance.status.pods.values() if pod.reason in reasons.STUCK), None)
    if stuck is not None:
        return Health(State.FAILING, stuck.reason, _sentence(stuck))
    return Health(State.STOPPING, reasons.STOPPING.name)


def _provisioning(instance: Instance) -> Health | None:
    """What the operators say about volumes and pods that are not there yet."""
    for kind in _PROVISIONING:
        condition = conditions.find(instance.status.conditions, kind)
        if condition is None or condition.status == "True":
            continue
        if condition.observed_generation >= instance.metadata.generation:
            state = State.STARTING if condition.reason in USUAL else State.FAILING
            return Health(state, condition.reason, condition.message, _since(condition))
    return None


def _sentence(pod: PodEntry) -> str:
    return pod.message or sentence_of(pod.reason)


def _since(condition: Condition | None) -> str:
    return condition.last_transition_time if condition else ""
