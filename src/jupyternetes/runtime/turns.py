"""How many do something at a time: few as long as it is done soon, many once it is held up elsewhere."""

import asyncio
from collections import deque
from typing import Final

PATIENCE: Final = 0.5
"""Seconds after which somebody counts as held up: a busy API server answers sooner, a slow webhook does not."""
MOST: Final = 200
"""So many at a time, whatever holds them up: an API server carries out about as many writes of all its clients."""


class Turns:
    """``limit`` have a turn at a time. Each turn that has lasted for ``patience`` seconds makes room for two more.

    So a webhook that takes seconds is soon asked about ``most`` writes at a time, and a burst of prompt ones does not
    open more connections than it needs.
    """

    def __init__(self, limit: int, *, most: int = MOST, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._limit = limit
        self._most = max(limit, most)
        self._prompt = 0
        self._slow = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def turn(self) -> "Turn":
        """A turn that is yet to be had."""
        return Turn(self)

    async def take(self) -> None:
        """Until there is room; first come, first served."""
        if not self._waiting and self._has_room:
            self._prompt += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self.give_back(slow=False)  # it was granted in the same moment
            raise

    def held_up(self) -> None:
        """A turn has become a slow one."""
        self._prompt -= 1
        self._slow += 1
        self._admit()

    def give_back(self, *, slow: bool) -> None:
        """A turn is over."""
        if slow:
            self._slow -= 1
        else:
            self._prompt -= 1
        self._admit()

    @property
    def _has_room(self) -> bool:
        return self._prompt < self._limit + self._slow and self._prompt + self._slow < self._most

    def _admit(self) -> None:
        while self._waiting and self._has_room:
            place = self._waiting.popleft()
            if not place.done():
                self._prompt += 1
                place.set_result(None)


class Turn:
    """One turn: ``wait`` for it, ``start`` its time, and ``end`` it in any case; or enter it."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._timer: asyncio.TimerHandle | None = None
        self._slow = False

    async def wait(self) -> None:
        """Until there is room."""
        await self._turns.take()

    def start(self) -> None:
        """What takes time begins now."""
        self._timer = asyncio.get_running_loop().call_later(self._turns.patience, self._held_up)

    def end(self) -> None:
        """Make room for somebody else."""
        if self._timer is not None:
            self._timer.cancel()
        self._turns.give_back(slow=self._slow)

    def _held_up(self) -> None:
        self._slow = True
        self._turns.held_up()

    async def __aenter__(self) -> None:
        await self.wait()
        self.start()

    async def __aexit__(self, *_: object) -> None:
        self.end()
