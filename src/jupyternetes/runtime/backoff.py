"""How long to wait before the next attempt."""

import random

BASE = 0.2
CAP = 30.0
"""Seconds. What failed is tried again within a minute of its cause going, so no wait may come near that."""


def delay(failures: int, *, base: float = BASE, cap: float = CAP) -> float:
    """Seconds to wait after so many failures in a row (the first is 1): doubling, capped, jittered by up to a half."""
    return min(cap, base * 2.0 ** min(failures - 1, 32)) * random.uniform(0.5, 1.0)  # noqa: S311
