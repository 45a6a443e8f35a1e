"""What keeps a pod from going: a node that is lost, as far as the pod shows it, or a finalizer. Pure.

We have no right to read nodes.

https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller
"""

from typing import Final

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod

#: How long after its grace period a pod may take to go until it counts as stuck.
LOST_SECONDS: Final = 30.0
_DEFAULT_GRACE_SECONDS: Final = 30


def is_silent(pod: Pod) -> bool:
    """Whether Kubernetes has given the pod's node up for the time being.

    Its node controller then makes the condition Ready false and nothing else. The kubelet never does so without a
    reason, nor while all containers are ready and there is no readiness gate to blame.
    """
    conditions = {condition.type: condition for condition in pod.status.conditions}
    ready, containers = conditions.get("Ready"), conditions.get("ContainersReady")
    return (
        ready is not None
        and (ready.status, ready.reason) == ("False", "")
        and containers is not None
        and containers.status == "True"
    )


def seconds_until_stuck(pod: Pod, leaving_for: float) -> float | None:
    """After how many more seconds a pod that is to go counts as stuck: its node has not ended it by then.

    None for a pod that nothing keeps. ``leaving_for`` is the seconds since its deletion was asked for.
    """
    waits_for_node = bool(pod.spec.node_name) and not pod.ended
    if not pod.metadata.deleting or not (waits_for_node or _is_held(pod)):
        return None
    grace = pod.metadata.deletion_grace_period_seconds
    return (_DEFAULT_GRACE_SECONDS if grace is None else grace) + LOST_SECONDS - leaving_for


def is_stuck(pod: Pod, leaving_for: float) -> bool:
    """Whether a pod that is to go should have gone by now."""
    left = seconds_until_stuck(pod, leaving_for)
    return left is not None and left <= 0


def silent_message(pod: Pod) -> str:
    """What to say while the node is silent."""
    return f"Node {pod.spec.node_name} does not answer."


def stuck_reason(pod: Pod) -> tuple[str, str]:
    """Why a pod is stuck, and what to say of it."""
    name, node = pod.metadata.name, pod.spec.node_name
    if not _is_held(pod):
        return reasons.NODE_LOST.name, f"Node {node} does not answer: it has not ended pod {name}."
    never_ended = f" Node {node} has not said that it ended." if node and not pod.ended else ""
    finalizers = ", ".join(pod.metadata.held_by)
    return reasons.POD_HELD.name, f"Pod {name} is deleted and has the finalizer {finalizers}.{never_ended}"


def _is_held(pod: Pod) -> bool:
    """Whether the API server waits for no node any more, as after a forced delete, but for a finalizer."""
    return pod.metadata.deletion_grace_period_seconds == 0 and bool(pod.metadata.held_by)
