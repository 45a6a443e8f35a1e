"""Times as Kubernetes writes them."""

from datetime import UTC, datetime


def rfc3339(time: datetime) -> str:
    """``time`` to the second, in UTC (`metav1.Time`)."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_micro(time: datetime) -> str:
    """``time`` to the microsecond, in UTC (`metav1.MicroTime`)."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc_now() -> datetime:
    """Now."""
    return datetime.now(UTC)
