"""What the Pod operator says of pods in the Instance's status."""

import re
from typing import Final

from jupyternetes.api import labels
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance, PodState, Provisioned
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.pods.steps import PodsStatus

#: Somebody may have edited a label; what no generation can be is not passed on.
_NUMBER: Final = re.compile("[0-9]{1,18}")


def record(instance: Instance, pod: Pod) -> PodState:
    """The entry of a pod that exists. Of one that an earlier version made, nobody knows the Template's revision."""
    generation = pod.metadata.labels.get(labels.TEMPLATE_GENERATION, "")
    return PodState(
        resource_name=pod.metadata.name,
        uid=pod.metadata.uid,
        start_id=instance.spec.start_id,
        template_uid=pod.metadata.labels.get(labels.TEMPLATE_UID, ""),
        template_generation=int(generation) if _NUMBER.fullmatch(generation) else 0,
    )


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
