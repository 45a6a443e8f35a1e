"""How long ago was that, and is a change that somebody made still under way?"""

from datetime import datetime, timedelta
from typing import Final

from jupyternetes.graph.model.graph import Node
from jupyternetes.graph.model.kinds import State

#: Seconds that a Deployment has by default to make new pods ready.
#: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds
PROGRESS_DEADLINE: Final = 600.0
_ON_THE_WAY: Final = (State.STARTING, State.STOPPING)


def age(since: str, now: str) -> float:
    """Seconds between two times as RFC 3339; 0 if one of them is not known."""
    try:
        return (datetime.fromisoformat(now) - datetime.fromisoformat(since)) / timedelta(seconds=1)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def is_being_replaced(node: Node, now: str) -> bool:
    """Whether it does not work because its pods are new, or are to go, and it still has time for that."""
    return node.state in _ON_THE_WAY and bool(node.changing) and age(node.changing, now) <= PROGRESS_DEADLINE


def is_overdue(node: Node, now: str) -> bool:
    """The same without any time left."""
    return node.state in _ON_THE_WAY and age(node.changing, now) > PROGRESS_DEADLINE
