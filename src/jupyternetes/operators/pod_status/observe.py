"""What a pod's own status means for its user: pure, one function a question.

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from dataclasses import dataclass
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.api.core import ContainerStatus, Pod, StateTerminated
from jupyternetes.api.instance import PodState, State
from jupyternetes.operators.pod_status import node, readiness
from jupyternetes.operators.pod_status.containers import Member, Role, describe, main_status, members, server
from jupyternetes.operators.pod_status.disruption import disruption
from jupyternetes.operators.pod_status.history import PodHistory

#: For how long a server has to have been ready until the end before it is no news any more.
LAST_END_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Observation:
    """How a pod fares. ``restarts`` counts those of its main container.

    ``exit_code`` is how that ended, or ended last; None if it never did or long ago.
    """

    state: State
    reason: str
    message: str
    exit_code: int | None = None
    restarts: int = 0


def observe(pod: Pod, record: PodState | None = None, history: PodHistory | None = None) -> Observation:
    """The pod's state, and the reason if it is not simply running.

    ``record`` is what was said of this very pod before, ``history`` what is remembered of it.
    """
    history = history or PodHistory()
    main = main_status(pod)
    restarts = main.restart_count if main else 0
    if pod.ended or (server_ended(pod) and (not pod.metadata.deleting or _stays_stopped(pod, record, history))):
        reason, message, exit_code = _ending(pod, main)
        if node.is_stuck(pod, history.leaving_for):
            reason, message = node.stuck_reason(pod)
        return Observation("Stopped", reason, message, exit_code, restarts)
    if pod.metadata.deleting:
        reason, message = _leaving(pod, history)
        return Observation("Processed", reason, message, None, restarts)
    end = last_end_in_sight(pod, record, history)
    code = end.exit_code if end else None
    if readiness.is_ready(pod):
        reason, message = (reasons.SERVER_RESTARTING.name, _after(end)) if end else ("", "")
        return Observation("Running", reason, message, code, restarts)
    if node.is_silent(pod):
        return Observation("Processed", reasons.NODE_NOT_READY.name, node.silent_message(pod), code, restarts)
    reason, message = _waiting(pod, end, history)
    return Observation("Processed", reason, message, code, restarts)


def _stays_stopped(pod: Pod, record: PodState | None, history: PodHistory) -> bool:
    """Whether a pod that is to go was reported as ended before: that is not taken back, unless it does not go."""
    return record is not None and record.state == "Stopped" and not node.is_stuck(pod, history.leaving_for)


def server_ended(pod: Pod) -> bool:
    """Whether the container that serves ended for good, whatever else of the pod still runs."""
    serving = server(pod)
    return serving is not None and serving.stays_ended


def last_end_in_sight(pod: Pod, record: PodState | None, history: PodHistory) -> StateTerminated | None:
    """How the server ended last, until it has been ready for a minute since; None once that is no news."""
    serving = server(pod)
    if serving is None or serving.last_end is None or not serving.running:
        return serving.last_end if serving else None
    told = record is not None and (record.exit_code, record.restarts) == (None, serving.status.restart_count)
    return None if told or history.ready_for >= LAST_END_SECONDS else serving.last_end


def termination(pod: Pod) -> StateTerminated | None:
    """How its main container ended last."""
    main = main_status(pod)
    return (main.state.terminated or main.last_state.terminated) if main else None


def _leaving(pod: Pod, history: PodHistory) -> tuple[str, str]:
    """Why a pod goes that is still there, or why it does not."""
    if node.is_stuck(pod, history.leaving_for):
        return node.stuck_reason(pod)
    if disrupted := disruption(pod):
        return disrupted.reason, disrupted.message
    if node.is_silent(pod):
        return reasons.NODE_NOT_READY.name, node.silent_message(pod)
    return reasons.STOPPING.name, reasons.STOPPING.sentence


def _ending(pod: Pod, main: ContainerStatus | None) -> tuple[str, str, int | None]:
    terminated = main.state.terminated if main else None
    if disrupted := disruption(pod):
        return disrupted.reason, disrupted.message, terminated.exit_code if terminated else None
    if pod.status.reason:  # Evicted, NodeLost, DeadlineExceeded, …: the pod's own reason says more than the container's
        return pod.status.reason, pod.status.message, terminated.exit_code if terminated else None
    if terminated is None:
        failed = pod.status.phase == "Failed"
        return (reasons.FAILED if failed else reasons.COMPLETED).name, pod.status.message, None
    default = reasons.ERROR if terminated.exit_code else reasons.COMPLETED
    return terminated.reason or default.name, terminated.message, terminated.exit_code


def _waiting(pod: Pod, end: StateTerminated | None, history: PodHistory) -> tuple[str, str]:
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False":
            return condition.reason or reasons.UNSCHEDULABLE.name, condition.message
    found = members(pod)
    for member in found:
        trouble = _trouble(member, end, history)
        if trouble:
            return trouble
    for member in found:
        waiting = member.status.state.waiting
        if waiting is not None and waiting.reason and member.role not in (Role.INIT, Role.SIDECAR):
            return waiting.reason, waiting.message
    if any(member.running for member in found if member.role not in (Role.INIT, Role.SIDECAR)):
        return reasons.NOT_READY.name, readiness.hindrance(pod) or reasons.NOT_READY.sentence
    if pod.spec.node_name:
        return reasons.SCHEDULED.name, reasons.SCHEDULED.sentence
    return reasons.STARTING.name, reasons.STARTING.sentence


#: What every pod goes through; anything else that keeps a container waiting is worth more attention.
_USUAL: Final = frozenset({reasons.CONTAINER_CREATING.name, reasons.POD_INITIALIZING.name})


def _trouble(member: Member, server_end: StateTerminated | None, history: PodHistory) -> tuple[str, str] | None:
    """What is the matter with a container that does not simply start; the same as long as its trouble lasts."""
    name = "" if member.role is Role.SERVER else f"Container {member.name}: "
    waiting = member.status.state.waiting
    backing_off = waiting is not None and waiting.reason == reasons.CRASH_LOOP_BACK_OFF.name
    if waiting is not None and waiting.reason and waiting.reason not in _USUAL and not backing_off:
        return waiting.reason, name + _with_cause(waiting.message, history.pull_cause(member.name))
    if member.role is Role.SERVER:
        end, reason = server_end, reasons.SERVER_RESTARTING
    else:
        # An init container is in trouble until it has ended well, another one until it runs again.
        failed = not member.in_order and not member.stays_ended and (member.role is Role.INIT or not member.running)
        end, reason = (member.last_end if failed else None), reasons.CONTAINER_RESTARTING
    if end is not None:
        return reason.name, name + describe(end)
    return (reasons.CRASH_LOOP_BACK_OFF.name, name + waiting.message) if waiting and backing_off else None


def _with_cause(message: str, cause: str) -> str:
    return message if cause in message else f"{message}: {cause}"


def _after(end: StateTerminated) -> str:
    return f"The server is ready again. Before that it ended: {describe(end)}"
