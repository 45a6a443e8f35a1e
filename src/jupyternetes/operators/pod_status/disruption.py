"""Whether a pod that went was made to go by its node or by the cluster: drained, preempted, tainted away, … Pure.

https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod, PodCondition

#: The reasons of the condition that Kubernetes has today; those of the future are told as they are.
DISRUPTIONS: Final = frozenset(
    reason.name
    for reason in (
        reasons.PREEMPTION_BY_SCHEDULER,
        reasons.EVICTION_BY_EVICTION_API,
        reasons.DELETION_BY_TAINT_MANAGER,
        reasons.DELETION_BY_POD_GC,
        reasons.TERMINATION_BY_KUBELET,
    )
)
#: Those that end a pod without deleting it.
_ENDING: Final = frozenset({reasons.DELETION_BY_POD_GC.name, reasons.TERMINATION_BY_KUBELET.name})
#: What the kubelet says of a pod that it ended, where that says more than the condition.
_SAYS_MORE: Final[Collection[str]] = (reasons.EVICTED.name,)


@dataclass(frozen=True, slots=True)
class Disruption:
    """Why the pod was made to go: Kubernetes' word for it, and its sentence."""

    reason: str
    message: str


def disruption(pod: Pod) -> Disruption | None:
    """What made a pod go that is on its way out or has ended.

    None if it goes of itself, or does not go: the condition may be true of a pod that was spared in the end.
    """
    condition = announced(pod)
    if condition is None or not (pod.metadata.deleting or (pod.ended and condition.reason in _ENDING)):
        return None
    return None if pod.status.reason in _SAYS_MORE else condition


def announced(pod: Pod) -> Disruption | None:
    """What is to make the pod go, if it does: counts once the pod is gone."""
    found = next((each for each in pod.status.conditions if _is_true(each)), None)
    return Disruption(found.reason, found.message or reasons.lookup(found.reason).sentence) if found else None


def _is_true(condition: PodCondition) -> bool:
    return condition.type == "DisruptionTarget" and condition.status == "True" and bool(condition.reason)
