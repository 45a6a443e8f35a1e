"""What a pass knows of gates beside the Instance and its Template: plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """``on``: whether this installation heeds gates. ``waited``: seconds since a gate was asked, by its name.

    ``run_out``: Leases (``namespace/name``) whose holders show no sign of life, with when they did last.
    """

    on: bool = False
    waited: Mapping[str, float] = field(default_factory=dict[str, float])
    run_out: Mapping[str, str] = field(default_factory=dict[str, str])
    now: datetime = _NEVER
