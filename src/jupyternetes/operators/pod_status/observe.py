"""What a pod's own status means for its user: pure, one function a question.

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from dataclasses import dataclass

from jupyternetes.api import reasons
from jupyternetes.api.core import ContainerStatus, Pod, StateTerminated
from jupyternetes.api.instance import State
from jupyternetes.operators.pod_status import readiness
from jupyternetes.operators.pod_status.containers import main_status, server


@dataclass(frozen=True, slots=True)
class Observation:
    """How a pod fares. ``exit_code`` is None while it runs; ``restarts`` counts those of its main container."""

    state: State
    reason: str
    message: str
    exit_code: int | None = None
    restarts: int = 0


def observe(pod: Pod) -> Observation:
    """The pod's state, and the reason if it is not simply running."""
    main = main_status(pod)
    restarts = main.restart_count if main else 0
    if pod.ended or (not pod.metadata.deleting and server_ended(pod)):
        reason, message, exit_code = _ending(pod, main)
        return Observation("Stopped", reason, message, exit_code, restarts)
    if pod.metadata.deleting:
        return Observation("Processed", reasons.STOPPING.name, reasons.STOPPING.sentence, None, restarts)
    if readiness.is_ready(pod):
        return Observation("Running", "", "", None, restarts)
    reason, message = _waiting(pod)
    return Observation("Processed", reason, message, None, restarts)


def server_ended(pod: Pod) -> bool:
    """Whether the container that serves ended for good, whatever else of the pod still runs."""
    serving = server(pod)
    return serving is not None and serving.stays_ended


def termination(pod: Pod) -> StateTerminated | None:
    """How its main container ended last."""
    main = main_status(pod)
    return (main.state.terminated or main.last_state.terminated) if main else None


def _ending(pod: Pod, main: ContainerStatus | None) -> tuple[str, str, int | None]:
    terminated = main.state.terminated if main else None
    if pod.status.reason:  # Evicted, NodeLost, DeadlineExceeded, …: the pod's own reason says more than the container's
        return pod.status.reason, pod.status.message, terminated.exit_code if terminated else None
    if terminated is None:
        failed = pod.status.phase == "Failed"
        return (reasons.FAILED if failed else reasons.COMPLETED).name, pod.status.message, None
    default = reasons.ERROR if terminated.exit_code else reasons.COMPLETED
    return terminated.reason or default.name, terminated.message, terminated.exit_code


def _waiting(pod: Pod) -> tuple[str, str]:
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False":
            return condition.reason or reasons.UNSCHEDULABLE.name, condition.message
    for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        waiting = status.state.waiting
        if waiting is not None and waiting.reason and waiting.reason not in _USUAL:
            return waiting.reason, waiting.message or _last_words(status)
    for status in pod.status.container_statuses:
        waiting = status.state.waiting
        if waiting is not None and waiting.reason:
            return waiting.reason, waiting.message
    if any(status.state.running is not None for status in pod.status.container_statuses):
        return reasons.NOT_READY.name, readiness.hindrance(pod) or reasons.NOT_READY.sentence
    if pod.spec.node_name:
        return reasons.SCHEDULED.name, reasons.SCHEDULED.sentence
    return reasons.STARTING.name, reasons.STARTING.sentence


#: What every pod goes through; anything else that keeps a container waiting is worth more attention.
_USUAL = frozenset({reasons.CONTAINER_CREATING.name, reasons.POD_INITIALIZING.name})


def _last_words(status: ContainerStatus) -> str:
    last = status.last_state.terminated
    return f"exit code {last.exit_code} ({last.reason}) {last.message}".strip() if last else ""
