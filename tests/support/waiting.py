"""Waiting for what is to become true, instead of sleeping for as long as it might take."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

V = TypeVar("V")

_PAUSE = 0.05  # seconds between two looks


def eventually(look: Callable[[], V], *, until: Callable[[V], object] = bool, seconds: float = 30.0) -> V:
    """What ``look`` sees once ``until`` holds of it; fails with what was seen last if that takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if until(seen):
            return seen
        if time.monotonic() > deadline:
            pytest.fail(f"still not true after {seconds:g} s; seen last: {seen!r}")
        time.sleep(_PAUSE)
