"""Waiting for the next of something, by any number of tasks."""

import asyncio


class Wakeup:
    """Wakes all who wait now; it remembers nothing, so check the condition between ``wait`` and ``wait``.

    Nothing is lost as long as nobody awaits between checking and waiting: one event loop, no threads.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    async def wait(self) -> None:
        """Until the next ``fire``."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    def fire(self) -> None:
        """Wake everybody."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    @property
    def idle(self) -> bool:
        """Whether nobody waits."""
        return not self._waiting
