"""Waiting for what is to become true, instead of sleeping for as long as it might take."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

import pytest

V = TypeVar("V")

#: Seconds that a busy machine gets for what an idle one does in a moment. A test of a promise about time says its own.
PATIENCE: Final = 100.0
_PAUSE = 0.05  # seconds between two looks


def eventually(look: Callable[[], V], *, until: Callable[[V], object] = bool, seconds: float = PATIENCE) -> V:
    """What ``look`` sees once ``until`` holds of it; fails with what was seen last if that takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if until(seen):
            return seen
        if time.monotonic() > deadline:
            pytest.fail(f"still not true after {seconds:g} s; seen last: {seen!r}")
        time.sleep(_PAUSE)
