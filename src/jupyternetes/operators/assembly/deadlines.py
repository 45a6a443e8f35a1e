"""Since when something about an Instance waits, which bounds for how long it may."""

import asyncio
from dataclasses import dataclass, field

from jupyternetes.runtime.objects import ObjectKey


@dataclass(slots=True)
class StartTimes:
    """Since when the present start of an Instance is known; times are in seconds of the event loop's clock."""

    _since: dict[ObjectKey, tuple[object, float]] = field(
        default_factory=dict[ObjectKey, tuple[object, float]], init=False
    )

    def elapsed(self, key: ObjectKey, start: object) -> float:
        """For how long ``start`` is known; the first call begins it, and so does another start."""
        now = asyncio.get_running_loop().time()
        known = self._since.get(key)
        if known is None or known[0] != start:
            known = self._since[key] = start, now
        return now - known[1]

    def end(self, key: ObjectKey) -> None:
        """There is no start."""
        self._since.pop(key, None)


@dataclass(slots=True)
class Deadlines:
    """One kind of waiting; ``len`` is how many Instances wait. Times are in seconds of the event loop's clock."""

    _since: dict[ObjectKey, float] = field(default_factory=dict[ObjectKey, float], init=False)

    def elapsed(self, key: ObjectKey) -> float:
        """For how long it has waited; the first call begins it."""
        now = asyncio.get_running_loop().time()
        return now - self._since.setdefault(key, now)

    def end(self, key: ObjectKey) -> None:
        """It waits no more, or never did."""
        self._since.pop(key, None)

    def __len__(self) -> int:
        return len(self._since)
