"""Conditions: what an operator says about an Instance or a Template.

https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
"""

from collections.abc import Iterable
from typing import Final, Literal

from jupyternetes.api.metadata import Slim

Status = Literal["True", "False", "Unknown"]

PVCS_PROVISIONED: Final = "PvcsProvisioned"
PODS_PROVISIONED: Final = "PodsProvisioned"
READY: Final = "Ready"
ACCEPTED: Final = "Accepted"


class Condition(Slim, frozen=True, kw_only=True):
    """One condition; ``last_transition_time`` moves only when ``status`` does."""

    type: str
    status: Status = "Unknown"
    reason: str = ""
    message: str = ""
    observed_generation: int = 0
    last_transition_time: str = ""


def find(conditions: Iterable[Condition], kind: str) -> Condition | None:
    """The condition of type ``kind``, if it is set."""
    return next((condition for condition in conditions if condition.type == kind), None)


def updated(
    previous: Condition | None, kind: str, *, status: Status, reason: str, message: str, generation: int, now: str
) -> Condition:
    """The condition to write: ``now`` (RFC 3339, UTC) becomes its transition time only if the status changed."""
    unchanged = previous is not None and previous.status == status and previous.last_transition_time
    return Condition(
        type=kind,
        status=status,
        reason=reason,
        message=message,
        observed_generation=generation,
        last_transition_time=previous.last_transition_time if previous is not None and unchanged else now,
    )
