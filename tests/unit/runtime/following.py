"""Watching what an informer does."""

import asyncio
from collections.abc import Awaitable, Callable

from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.store import Change
from tests.unit.runtime.scripted_api import Widget


class Follower:
    """Runs an informer and keeps what it tells."""

    def __init__(self, informer: Informer[Widget]) -> None:
        self.informer = informer
        self._changes = asyncio.Queue[Change[Widget]]()
        informer.subscribe(self._changes.put_nowait)
        self.task = asyncio.create_task(informer.run())

    async def next(self) -> str:
        """The next change, told in short: ``+name@version``, ``~name@version``, ``-name``."""
        change = await asyncio.wait_for(self._changes.get(), 10)
        if change.new is None:
            assert change.old is not None
            return f"-{change.old.metadata.name}"
        sign = "+" if change.old is None else "~"
        return f"{sign}{change.new.metadata.name}@{change.new.metadata.resource_version}"

    async def take(self, number: int) -> list[str]:
        return [await self.next() for _ in range(number)]

    def is_quiet(self) -> bool:
        return self._changes.empty()

    def names(self) -> list[str]:
        return sorted(obj.metadata.name for obj in self.informer.values())


Follow = Callable[..., Awaitable[Follower]]


async def eventually(condition: Callable[[], bool], seconds: float = 25.0) -> None:
    """Wait for a condition that nothing announces."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
