"""How an object fares, in the words of the graph, and which reasons are no trouble.

Reasons are those of ``api.reasons`` and of Kubernetes, so that people find them in the documentation.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from jupyternetes.api import gate_reasons, reasons
from jupyternetes.api.core import PodCondition
from jupyternetes.graph.model.graph import Edge, Node
from jupyternetes.graph.model.kinds import State

T = TypeVar("T", Node, Edge)


@dataclass(frozen=True, slots=True)
class Health:
    """``reason`` in one word, ``message`` in a sentence; ``since``, RFC 3339, is empty where it is not known."""

    state: State
    reason: str = ""
    message: str = ""
    since: str = ""


UNKNOWN: Final = Health(State.UNKNOWN)


def faring(of: T, health: Health) -> T:
    """The same node or edge, which fares as ``health`` says."""
    return msgspec.structs.replace(
        of, state=health.state, reason=health.reason, message=health.message, since=health.since
    )


#: What every start and stop goes through. Any other reason why something does not run is trouble.
USUAL: Final = frozenset(
    {
        "",
        "SchedulingGated",  # the pod waits on purpose, in a queue for example
        *(
            reason.name
            for reason in (
                reasons.PROVISIONED,
                reasons.SUSPENDED,
                reasons.STOPPING,
                reasons.WAITING_FOR_ENTRIES,
                reasons.WAITING_FOR_OTHER_RESOURCE,
                gate_reasons.WAITING_FOR_GATE,
                reasons.WAITING_FOR_OLD_PODS,
                reasons.STARTING,
                reasons.SCHEDULED,
                reasons.CONTAINERS_STARTED,
                reasons.NOT_READY,
                reasons.SERVER_READY,
                reasons.NOT_STARTED,
                reasons.CONTAINER_CREATING,
                reasons.POD_INITIALIZING,
                reasons.POD_CREATED,
                reasons.PULLING,
                reasons.PULLED,
                reasons.CREATED,
                reasons.STARTED,
            )
        ),
    }
)


def since(condition: PodCondition | None) -> str:
    """When a condition changed last; empty if that, or the condition, is not known."""
    return (condition.last_transition_time or "") if condition else ""
