"""A work queue of keys: the same key waits once, and no two workers ever have it at the same time.

What happened to an object is not queued, only that something did: the worker reads the state when its turn comes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from enum import IntEnum
from typing import Final, Generic, TypeVar

from jupyternetes.runtime import backoff

K = TypeVar("K", bound=Hashable)

_LEAST_DELAY: Final = 0.001  # seconds


class Priority(IntEnum):
    """Live changes go first: who clicks now does not wait for all objects of a restart, or for all of a Template."""

    LIVE = 0
    BEHIND = 1


class QueueClosed(Exception):  # noqa: N818 (an end, not an error)
    """There will be no more keys."""


class WorkQueue(Generic[K]):
    """Pair every ``get`` with ``done`` in a ``finally``. Times are in seconds of the event loop's clock."""

    def __init__(self) -> None:
        self.closed = False
        self._ready = {priority: OrderedDict[K, None]() for priority in Priority}
        self._tokens = asyncio.Semaphore(0)  # as many as keys are ready
        self._processing: set[K] = set()
        self._again: dict[K, Priority] = {}
        self._timers: dict[K, asyncio.TimerHandle] = {}
        self._failures: dict[K, int] = {}

    def __len__(self) -> int:
        return sum(len(keys) for keys in self._ready.values())

    def add(self, key: K, *, priority: Priority = Priority.LIVE) -> None:
        """Queue a key now. While it is being processed, that means exactly one more pass afterwards."""
        if self.closed:
            return
        self._cancel_timer(key)
        if key in self._processing:
            self._again[key] = min(priority, self._again.get(key, priority))
            return
        queued = self._queued(key)
        if queued is not None and queued <= priority:
            return
        if queued is None:
            self._tokens.release()
        else:
            del self._ready[queued][key]
        self._ready[priority][key] = None

    def add_after(self, key: K, delay: float) -> None:
        """Queue a key in ``delay`` seconds, unless it is due sooner anyway.

        What is left of a wait may be next to nothing, for want of digits; a pass after that would find it not over yet.
        """
        if self.closed or key in self._again or self._queued(key) is not None:
            return
        loop = asyncio.get_running_loop()
        due, timer = loop.time() + max(delay, _LEAST_DELAY), self._timers.get(key)
        if timer is not None and timer.when() <= due:
            return
        self._cancel_timer(key)
        self._timers[key] = loop.call_at(due, self.add, key)

    def retry(self, key: K, *, base: float = backoff.BASE) -> float:
        """Queue a key that failed; the answer is the wait, which grows with each failure since ``forget``."""
        self._failures[key] = self._failures.get(key, 0) + 1
        delay = backoff.delay(self._failures[key], base=base)
        self.add_after(key, delay)
        return delay

    def forget(self, key: K) -> None:
        """The key succeeded: its next failure is the first one."""
        self._failures.pop(key, None)

    async def get(self) -> K:
        """The next key. Raises QueueClosed once the queue is closed."""
        await self._tokens.acquire()
        if self.closed:
            self._tokens.release()  # wakes the next one who waits
            raise QueueClosed
        ready = self._ready[Priority.LIVE] or self._ready[Priority.BEHIND]
        key, _ = ready.popitem(last=False)
        self._processing.add(key)
        return key

    def done(self, key: K) -> None:
        """The pass over this key is over. Raises KeyError if nobody has it."""
        self._processing.remove(key)
        if key in self._again:
            self.add(key, priority=self._again.pop(key))

    def close(self) -> None:
        """Wake all who wait and take no more keys. What is queued is dropped: a restart finds it again."""
        self.closed = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._again.clear()
        for keys in self._ready.values():
            keys.clear()
        self._tokens.release()

    def _queued(self, key: K) -> Priority | None:
        return next((priority for priority, keys in self._ready.items() if key in keys), None)

    def _cancel_timer(self, key: K) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
