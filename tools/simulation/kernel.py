"""Simulated time: a heap of actions, and nothing that waits for real."""

import heapq
from collections.abc import Callable, Generator
from typing import Any

Action = Callable[..., None]
Reply = Callable[[Any, float], None]
"""Takes the answer of a call and the time at which it arrives."""
Effect = float | Callable[[Reply], None]
"""What a task asks for: to sleep for so many seconds, or a call, which is given where to reply."""
Task = Generator[Effect, Any, Any]


class Kernel:
    """Runs actions in the order of their times; those of one time in the order in which they were asked for."""

    __slots__ = ("_count", "_heap", "now", "stopped")

    def __init__(self) -> None:
        self.now = 0.0
        self.stopped = False
        self._heap: list[tuple[float, int, Action, tuple[Any, ...]]] = []
        self._count = 0

    def at(self, when: float, action: Action, *arguments: Any) -> None:
        """Run ``action`` at the time ``when``, in seconds."""
        self._count += 1
        heapq.heappush(self._heap, (when, self._count, action, arguments))

    def run(self, until: float) -> None:
        """Run what is due by ``until``, or until ``stopped`` is set."""
        heap = self._heap
        while heap and heap[0][0] <= until and not self.stopped:
            self.now, _, action, arguments = heapq.heappop(heap)
            action(*arguments)
