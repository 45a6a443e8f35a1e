"""What the Pod operator says of pods in the Instance's status."""

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance, PodState, Provisioned
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.pods.steps import PodsStatus


def record(instance: Instance, pod: Pod) -> PodState:
    """The entry of a pod that exists."""
    return PodState(resource_name=pod.metadata.name, uid=pod.metadata.uid, start_id=instance.spec.start_id)


def failed(instance: Instance, entry: str, message: str) -> PodState:
    """The entry of a pod that could not be made.

    Where the Pod status operator's word on an earlier pod still stands, it takes that back first, now that there is an
    error to see: an operator takes back no word but its own.
    """
    before = instance.status.pods.get(entry)
    taken = before is not None and before.state in ("Running", "Stopped")
    state = "Processed" if taken else "Error"
    return PodState(start_id=instance.spec.start_id, state=state, error_message=message)


def as_recorded(instance: Instance, reason: Reason, message: str) -> PodsStatus:
    """Why nothing can be done; what is on record stays."""
    return PodsStatus(instance.status.pods, instance.status.pods_provisioned, reason, message)


def progress(wanted: int, made: int) -> Provisioned:
    """How far it got."""
    if made >= wanted:
        return "Completed"
    return "Partially Processed" if made else "Pending"
