"""What is known now, and who waits for something newer?"""

import asyncio
import secrets
from dataclasses import dataclass

import msgspec

from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.model.graph import Graph


class ClosedError(Exception):
    """There will be no further moment."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A verdict, and the ``graph`` that it is on, or None if graphs are not kept.

    ``version``: as long as it is the same, nothing is new but the time.
    """

    version: str
    verdict: Verdict
    graph: Graph | None


class Current:
    """Holds the last moment only, whoever waits: who is slow misses moments, and nothing piles up.

    A graph of tens of thousands of servers takes a hundred megabytes, so one that nobody can ask for is not kept.
    """

    def __init__(self, *, keep_graph: bool) -> None:
        self.moment: Moment | None = None
        self._keep_graph = keep_graph
        self._process = secrets.token_hex(4)
        self._number = 0
        self._arrival = asyncio.Event()
        self._closed = False

    def publish(self, graph: Graph, verdict: Verdict, *, changed: bool) -> bool:
        """Take in a new look. ``changed``: whether objects of the cluster did.

        The answer: whether it is a new version.
        """
        is_new = self.moment is None or changed or _without_time(verdict) != _without_time(self.moment.verdict)
        self._number += is_new
        self.moment = Moment(f"{self._process}-{self._number}", verdict, graph if self._keep_graph else None)
        if is_new:
            self._wake()
        return is_new

    async def newer(self, than: str) -> Moment:
        """The last moment, once its version is another one. Raises ClosedError."""
        while self.moment is None or self.moment.version == than:
            if self._closed:
                raise ClosedError
            await self._arrival.wait()
        return self.moment

    def close(self) -> None:
        """End the wait of all who wait."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        arrived, self._arrival = self._arrival, asyncio.Event()
        arrived.set()


def _without_time(verdict: Verdict) -> Verdict:
    return msgspec.structs.replace(verdict, taken="")
