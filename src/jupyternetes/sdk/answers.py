"""What the functions of an operator answer, beside what they return: not yet, never, and the answers of gates."""

import re
from dataclasses import dataclass
from typing import Final

from jupyternetes.api.conditions import Status

#: A reason of a condition, as Kubernetes defines it.
_REASON: Final = re.compile(r"[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?")
LEAST_PAUSE: Final = 1.0
"""Seconds that pass at least before the same object is looked at again without anything having changed."""


class NotYet(Exception):  # noqa: N818 (a state, not an error)
    """Raised by the function of a resource: what is asked for is being made.

    The object's condition ``Ready`` becomes ``False`` with this ``message``, and the function is called again after
    ``again_after`` seconds, or as soon as something changes. Raises ValueError for a ``reason`` that is not one word.
    """

    def __init__(self, message: str, *, reason: str = "NotYet", again_after: float = 2.0) -> None:
        super().__init__(message)
        self.message = message
        self.reason = checked_reason(reason)
        self.again_after = max(LEAST_PAUSE, again_after)


class Refused(Exception):  # noqa: N818 (a decision, not an error)
    """Raised by the function of a resource: what is asked for cannot be had, until somebody changes the object.

    The object's condition ``Ready`` becomes ``False`` with this ``reason`` and ``message``. Raises ValueError for a
    ``reason`` that is not one word.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.reason = checked_reason(reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a gate; made by ``allow``, ``refuse`` and ``progress``. ``again_after``: seconds, of progress only."""

    status: Status
    reason: str
    message: str
    again_after: float | None = None


def allow(message: str = "", *, reason: str = "Allowed") -> Answer:
    """The start or stop goes on. This answer is final."""
    return Answer("True", checked_reason(reason), message)


def refuse(reason: str, message: str) -> Answer:
    """The start comes to nothing, and its user reads ``reason`` and ``message``. This answer is final.

    A stop goes on all the same: it says there that the work before it failed.
    """
    return Answer("False", checked_reason(reason), message)


def progress(message: str, *, reason: str = "InProgress", again_after: float = 2.0) -> Answer:
    """Not decided yet: the user reads ``message``, and the gate is asked again after ``again_after`` seconds."""
    return Answer("Unknown", checked_reason(reason), message, max(LEAST_PAUSE, again_after))


def checked_reason(reason: str) -> str:
    """``reason``, if a condition can have it. Raises ValueError otherwise."""
    if not _REASON.fullmatch(reason):
        raise ValueError(f"a reason is one word of letters, digits and _ , : that begins with a letter: {reason!r}")
    return reason
