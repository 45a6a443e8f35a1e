"""Since when something about an Instance waits, which bounds for how long it may."""

import asyncio
from dataclasses import dataclass, field

from jupyternetes.runtime.objects import ObjectKey


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
