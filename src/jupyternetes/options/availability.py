"""How much is left of choices, in words. It comes from a Template's status, is shown, and bounds nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from jupyternetes.api.template import Availability, Template

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def free_by_choice(template: Template, now: datetime) -> Mapping[tuple[str, str], str]:
    """What is said beside choices, by variable in lower case and value: "2 free, 3 minutes ago"."""
    return {(each.variable.lower(), each.value): _said(each, now) for each in template.status.availability}


def _said(entry: Availability, now: datetime) -> str:
    free = f"{entry.free} free" if entry.free else "none free"
    try:
        seconds = (now - datetime.fromisoformat(entry.observed)).total_seconds()
    except (ValueError, TypeError):  # no time, or one without a zone
        return free
    size, unit = next((each for each in _UNITS if seconds >= each[0]), (0, ""))
    if not size:
        return f"{free}, just now"
    count = int(seconds // size)
    return f"{free}, {count} {unit}{'s' if count != 1 else ''} ago"
