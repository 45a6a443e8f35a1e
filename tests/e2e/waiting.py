"""Waiting for a condition, with an end."""

import time
from collections.abc import Callable
from typing import TypeVar

_PAUSE = 0.2
T = TypeVar("T")


def eventually(look: Callable[[], T | None], *, within: float, what: str) -> T:
    """The first true answer of `look`; fails after `within` seconds, naming `what` and the last answer."""
    deadline = time.monotonic() + within
    while True:
        if answer := look():
            return answer
        assert time.monotonic() < deadline, f"{what}: not within {within:g} s; last seen: {answer!r}"
        time.sleep(_PAUSE)
