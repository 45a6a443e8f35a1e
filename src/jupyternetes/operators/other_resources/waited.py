"""Times of the status that outlive a process: its successor compares them, on a node whose clock is about right."""

from datetime import UTC, datetime


def exact(time: datetime) -> str:
    """``time`` to the millisecond, RFC 3339 in UTC."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_since(text: str, now: datetime) -> float:
    """Seconds from a time that a status holds until ``now``; 0 for what is no time, and for one to come."""
    try:
        return max(0.0, (now - datetime.fromisoformat(text)).total_seconds())
    except (TypeError, ValueError):
        return 0.0
