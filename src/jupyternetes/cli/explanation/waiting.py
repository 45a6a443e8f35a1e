"""How long something may still be waited for, in words."""

from datetime import datetime


def time_left(since: str, timeout: int, now: datetime) -> str:
    """``since``: RFC 3339, by the clock of whoever waits, of which ``now`` may differ a little."""
    try:
        left = timeout - max(0.0, (now - datetime.fromisoformat(since)).total_seconds())
    except (TypeError, ValueError):
        return ""
    return f", {left:.0f} s of {timeout} s are left" if left > 0 else f", its {timeout} s are over"
