"""Conditions: what an operator says about an Instance or a Template.

https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, cast

import msgspec

from jupyternetes.api.bounds import bounded
from jupyternetes.api.fields import (
    OTHER_RESOURCES_OPERATOR,
    POD_OPERATOR,
    POD_STATUS_OPERATOR,
    PVC_OPERATOR,
    about,
)
from jupyternetes.api.metadata import Slim

Status = Literal["True", "False", "Unknown"]

PVCS_PROVISIONED: Final = "PvcsProvisioned"
PODS_PROVISIONED: Final = "PodsProvisioned"
OTHER_RESOURCES_PROVISIONED: Final = "OtherResourcesProvisioned"
READY: Final = "Ready"
ACCEPTED: Final = "Accepted"
WARNINGS: Final = "Warnings"
REHEARSED: Final = "Rehearsed"

#: Which operator says it of an Instance.
OWNERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        PVCS_PROVISIONED: PVC_OPERATOR,
        PODS_PROVISIONED: POD_OPERATOR,
        OTHER_RESOURCES_PROVISIONED: OTHER_RESOURCES_OPERATOR,
        READY: POD_STATUS_OPERATOR,
    }
)


class Condition(Slim, frozen=True, kw_only=True):
    """One condition; ``last_transition_time`` moves only when ``status`` does."""

    type: Annotated[str, about("What it is about.", required=True, maxLength=316)]
    status: Annotated[Status, about("Whether it holds.", required=True)] = "Unknown"
    reason: Annotated[
        str,
        about(
            "Why, in one word.",
            required=True,
            maxLength=1024,
            pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
        ),
    ] = ""
    message: Annotated[
        str,
        about("Why, in a sentence, and what to do.", required=True, maxLength=32768, written_length=4096),
    ] = ""
    observed_generation: Annotated[int, about("The generation that it is about.", minimum=0)] = 0
    last_transition_time: Annotated[str, about("When status changed last.", required=True, format="date-time")] = ""

    @classmethod
    def stand_in(cls, item: object, fault: str) -> "UnreadableCondition | None":
        """What other programs say is kept, whether it can be read or not; an operator writes its own condition anew."""
        kind = cast("dict[str, object]", item).get("type") if isinstance(item, dict) else None
        if not isinstance(kind, str) or kind in OWNERS:
            return None
        content = msgspec.json.encode(item).decode()
        return UnreadableCondition(type=kind, message=f"This condition cannot be read: {fault}", content=content)


class UnreadableCondition(Condition, frozen=True, kw_only=True):
    """A condition of which only ``type`` can be read; it is ``Unknown``. ``content``: the JSON that stands there."""

    content: str = msgspec.field(default="", name="jupyternetes:content")


def find(conditions: Iterable[Condition], kind: str) -> Condition | None:
    """The condition of type ``kind``, if it is set."""
    return next((condition for condition in conditions if condition.type == kind), None)


def updated(
    previous: Condition | None, kind: str, *, status: Status, reason: str, message: str, generation: int, now: str
) -> Condition:
    """The condition to write: ``now`` (RFC 3339, UTC) becomes its transition time only if the status changed."""
    unchanged = previous is not None and previous.status == status and previous.last_transition_time
    condition = Condition(
        type=kind,
        status=status,
        reason=reason,
        message=message,
        observed_generation=generation,
        last_transition_time=previous.last_transition_time if previous is not None and unchanged else now,
    )
    return bounded(condition)  # here, too: it is compared with the one that was written
