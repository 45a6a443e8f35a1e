"""How long an event loop did not come round: everybody in the process waits that long.

On a machine where every core is busy, the kernel keeps processes waiting too. What a process itself did in the time is
therefore counted apart: ``own`` is the CPU time that the loop's thread used between two ticks, without Python's
collections of garbage. These go through everything that a process holds, a hub's users and database above all, whatever
its spawner does; they are counted apart again.
"""

import asyncio
import gc
import time
from typing import Final

TICK: Final = 0.02  # seconds
LIMIT: Final = 0.05


class Stalls:
    """A timer that notes how late it is called."""

    def __init__(self) -> None:
        self.reset()

    def start(self) -> None:
        """Begin, in the running loop; it ends with the loop."""
        self._loop = asyncio.get_running_loop()
        self._collecting = self._collected = 0.0
        gc.callbacks.append(self._collection)
        self._wait(self._loop.time(), time.thread_time())

    def reset(self) -> None:
        """Forget what was noted."""
        self._late = self._own = self._collection_time = 0.0
        self._over = self._own_over = 0

    def figures(self) -> dict[str, float]:
        """Milliseconds, and how often it was more than the limit."""
        return {
            "longest_ms": 1000 * self._late,
            "longest_own_ms": 1000 * self._own,
            "longest_collection_ms": 1000 * self._collection_time,
            "over_50_ms": self._over,
            "own_over_50_ms": self._own_over,
        }

    def _wait(self, now: float, cpu: float) -> None:
        self._due, self._cpu, self._collected = now + TICK, cpu, 0.0
        self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        now, cpu = self._loop.time(), time.thread_time()
        late, own = now - self._due, cpu - self._cpu - self._collected
        if late > self._late:
            self._late = late
        if own > self._own:
            self._own = own
        self._over += late > LIMIT
        self._own_over += own > LIMIT
        self._wait(now, cpu)

    def _collection(self, phase: str, _: object) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
            return
        took = time.thread_time() - self._collecting
        self._collected += took
        self._collection_time = max(self._collection_time, took)
