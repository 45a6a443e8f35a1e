"""Whether a pod's node is lost, as far as the pod shows it: we have no right to read nodes. Pure.

https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller
"""

from typing import Final

from jupyternetes.api.core import Pod

#: How long after its grace period a pod may take to go until its node counts as lost.
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


def seconds_until_lost(pod: Pod, leaving_for: float) -> float | None:
    """After how many more seconds the node of a pod that is to go counts as lost: it has not ended it by then.

    None for a pod that no node has to end. ``leaving_for`` is the seconds since its deletion was asked for.
    """
    if not pod.metadata.deleting or pod.ended or not pod.spec.node_name:
        return None
    grace = pod.metadata.deletion_grace_period_seconds
    return (_DEFAULT_GRACE_SECONDS if grace is None else grace) + LOST_SECONDS - leaving_for


def silent_message(pod: Pod) -> str:
    """What to say while the node is silent."""
    return f"Node {pod.spec.node_name} does not answer."


def lost_message(pod: Pod) -> str:
    """What to say once it counts as lost."""
    return f"Node {pod.spec.node_name} does not answer: it has not ended pod {pod.metadata.name}."
