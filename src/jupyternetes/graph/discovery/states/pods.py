"""How do pods fare, alone and together?

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.api.core import ContainerStatus, StateTerminated
from jupyternetes.api.dependency_reasons import DISK_FULL
from jupyternetes.api.times import rfc3339
from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.discovery.states.health import USUAL, Health, since
from jupyternetes.graph.model.graph import Series, gravest
from jupyternetes.graph.model.graph_reasons import NO_PODS
from jupyternetes.graph.model.kinds import State

#: Labels by which the controllers of pods tell one version of their template from the next; the last is OpenShift's.
_REVISIONS: Final = ("pod-template-hash", "controller-revision-hash", "deployment")
#: The line in which a program says that a write found no room, in the words of every C library (ENOSPC). How a log
#: becomes a message: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
_NO_SPACE: Final = re.compile(r"[^\n]*no space left on device[^\n]*", re.IGNORECASE)
_LONGEST_LINE: Final = 256
_OUT_OF_MEMORY: Final = reasons.OOM_KILLED.name
#: Seconds by which the clocks of scheduler and kubelet may differ.
_CLOCKS: Final = timedelta(seconds=15)


def of_pod(pod: Pod) -> Health:
    """One that is ready is ok; one that waits for a reason that is not part of every start fails."""
    if pod.ended:
        return _ended(pod)
    if pod.metadata.deleting:
        return Health(State.STOPPING, reasons.STOPPING.name)
    found = {condition.type: condition for condition in pod.status.conditions}
    ready = found.get("Ready")
    if ready is not None and ready.status == "True":
        return Health(State.OK, since=ready.last_transition_time or "")
    scheduled = found.get("PodScheduled")
    if scheduled is not None and scheduled.status == "False":
        return _waits(scheduled.reason or reasons.UNSCHEDULABLE.name, scheduled.message, since(scheduled))
    if pod.status.phase == "Unknown" or (ready is not None and ready.status == "Unknown"):
        return Health(State.UNKNOWN, reasons.NODE_NOT_READY.name, _silent(pod), since(ready))
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    for status in statuses:
        if trouble := _trouble(status, since(ready)):
            return trouble
    containers = found.get("ContainersReady")
    if containers is not None and containers.status == "True" and ready is not None and not ready.reason:
        # The node controller makes Ready false in this way once a node no longer answers.
        return Health(State.FAILING, reasons.NODE_NOT_READY.name, _silent(pod), since(ready))
    waiting = (status.state.waiting.reason for status in statuses if status.state.waiting)
    reason = next(waiting, "") or (reasons.NOT_READY if statuses else reasons.STARTING).name
    return Health(State.STARTING, reason, since=since(ready))


def of_pods(pods: Iterable[Pod]) -> Health:
    """Of pods that do the same work: well if one is ready and none fails, degraded if one is ready and another fails.

    One that ended counts only if there is no other: it was replaced. So does one that is to go, as in a rollout.
    """
    found = list(pods)
    counted = [pod for pod in found if not pod.ended] or found
    if not counted:
        return Health(State.FAILING, NO_PODS.name, NO_PODS.sentence)
    healths = [of_pod(pod) for pod in counted]
    worst = gravest(healths)
    ready = next((health for health in healths if health.state is State.OK), worst)
    if worst.state is not State.FAILING:
        return ready
    if len(counted) == 1:
        return worst
    failing = [pod.metadata.name for pod, health in zip(counted, healths, strict=True) if health.state is worst.state]
    state = State.FAILING if ready is worst else State.DEGRADED
    message = f"Failing: {len(failing)} of {len(counted)} pods ({failing[0]}). {worst.message}".rstrip()
    return Health(state, worst.reason, message, worst.since)


def changing_since(pods: Iterable[Pod]) -> str:
    """Since when pods are being replaced, RFC 3339: because they are to go, or are new and were never ready yet.

    Empty if none is. A pod that was ready and is not any more is in trouble, and is no change.
    """
    times = [_to_go_since(pod) or _new_since(pod) for pod in pods if not pod.ended]
    return min(filter(None, times), default="")


def revision_of(pods: Iterable[Pod]) -> str:
    """Which version of their template the newest of the pods has; empty if no label tells."""
    newest = max(pods, key=lambda pod: (pod.metadata.creation_timestamp, pod.metadata.name), default=None)
    labels = newest.metadata.labels if newest is not None else {}
    return next((labels[name] for name in _REVISIONS if name in labels), "")


def series_of(pods: Iterable[Pod]) -> Series | None:
    """The reasons why containers of the pods wait, and why they ended last; None if there are none."""
    waiting: dict[str, None] = {}
    terminated: dict[str, None] = {}
    for pod in pods:
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
            if status.state.waiting and status.state.waiting.reason:
                waiting[status.state.waiting.reason] = None
            if (end := _last_end(status)) and end.reason:
                terminated[end.reason] = None
    if not waiting and not terminated:
        return None
    return Series(waiting_reasons=tuple(waiting), terminated_reasons=tuple(terminated))


def _to_go_since(pod: Pod) -> str:
    """When its deletion was asked for; what the object says is when its grace period ends."""
    meta = pod.metadata
    if meta.deletion_timestamp is None:
        return ""
    try:
        ends = datetime.fromisoformat(meta.deletion_timestamp)
        asked = ends - timedelta(seconds=meta.deletion_grace_period_seconds or 0)
    except (ValueError, OverflowError):
        return meta.deletion_timestamp
    return rfc3339(asked)


def _new_since(pod: Pod) -> str:
    """When a pod was made that was never ready: its condition is as the kubelet wrote it when it first saw the pod."""
    found = {condition.type: condition for condition in pod.status.conditions}
    ready, scheduled = found.get("Ready"), found.get("PodScheduled")
    if ready is not None and ready.status != "False":
        return ""
    try:
        seen, placed = datetime.fromisoformat(since(ready)), datetime.fromisoformat(since(scheduled))
    except (ValueError, TypeError):  # one of them is missing
        return pod.metadata.creation_timestamp if ready is None else ""
    return pod.metadata.creation_timestamp if seen <= placed + _CLOCKS else ""


def _ended(pod: Pod) -> Health:
    ends = [end for status in pod.status.container_statuses if (end := status.state.terminated)]
    since = max((end.finished_at or "" for end in ends), default="")
    if pod.status.phase == "Succeeded":
        return Health(State.STOPPED, reasons.COMPLETED.name, since=since)
    failed = next((end for end in ends if end.exit_code), None)
    reason = pod.status.reason or (failed.reason if failed else "") or reasons.FAILED.name
    return Health(State.FAILING, reason, pod.status.message or (failed.message if failed else ""), since)


def _waits(reason: str, message: str, since: str) -> Health:
    return Health(State.STARTING if reason in USUAL else State.FAILING, reason, message, since)


def _trouble(status: ContainerStatus, unready_since: str) -> Health | None:
    """What keeps a container from being ready, unless it is just starting."""
    waiting, running, end = status.state.waiting, status.state.running, _last_end(status)
    # One that was ready again since its last end is not ready for another reason now. Times of one clock, as RFC 3339.
    recovered = running is not None and (running.started_at or "") < unready_since
    if not recovered and end is not None and end.exit_code and (line := _NO_SPACE.search(end.message)):
        text = f"Container {status.name}: {line[0].strip()[:_LONGEST_LINE]}"
        return Health(State.FAILING, DISK_FULL.name, text, end.finished_at or "")
    if waiting is not None and waiting.reason not in USUAL:
        text = waiting.message or waiting.reason
        if waiting.reason == reasons.CRASH_LOOP_BACK_OFF.name and end is not None and end.reason == _OUT_OF_MEMORY:
            # That the kubelet waits before it starts it again says nothing of why it ended.
            text = f"Container {status.name} ran out of memory. {text}"
            return Health(State.FAILING, _OUT_OF_MEMORY, text, end.finished_at or "")
        return Health(State.FAILING, waiting.reason, f"Container {status.name}: {text}")
    if status.ready or end is None or not end.exit_code or recovered:
        return None
    message = f"Container {status.name} ended with exit code {end.exit_code}. {end.message}".strip()
    return Health(State.FAILING, end.reason or reasons.ERROR.name, message, end.finished_at or "")


def _last_end(status: ContainerStatus) -> StateTerminated | None:
    return status.state.terminated or status.last_state.terminated


def _silent(pod: Pod) -> str:
    return f"Node {pod.spec.node_name} does not answer." if pod.spec.node_name else ""
