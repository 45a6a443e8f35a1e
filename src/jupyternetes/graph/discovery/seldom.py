"""What is read by its name rather than followed, and for how long is it believed?

A watch of a Lease would tell every two seconds that nothing has happened. ClusterOperators change seldom. The version
is asked for to see whether the API server answers. One that is gone ends the watches, and is seen by that; one that
hangs leaves them open.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.graph.discovery.apis import Apis
from jupyternetes.graph.discovery.objects.cluster import Lease
from jupyternetes.graph.discovery.objects.openshift import ClusterOperator
from jupyternetes.graph.discovery.reader import Reader
from jupyternetes.graph.discovery.states.objects import of_lease
from jupyternetes.graph.model.kinds import State
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Unreachable
from jupyternetes.runtime.objects import ObjectKey


class Belief(NamedTuple):
    """Seconds for which the version is believed, and Leases."""

    version: float
    leases: float


#: While somebody looks for causes, and at other times, when it all shall cost fewer than 0.2 requests a second: a Lease
#: that nobody renews is late after 30 seconds, and then it is read again.
CLOSE: Final = Belief(version=0.0, leases=10.0)
USUAL: Final = Belief(version=20.0, leases=30.0)
#: Seconds for which Leases are believed of which one is not as it should be.
_DOUBTED: Final = 5.0
#: Seconds that the API server has for the small questions. One that hangs takes connections, and would hold a look up
#: for as long as a list may take.
_SOON: Final = 3.0
#: Seconds for which ClusterOperators are believed. If the API server was silent they are asked for again soon.
_OPERATORS_FOR, _OPERATORS_AGAIN = 120.0, 10.0


class Seldom:
    """Keeps answers, each with the reader that knows what could not be read of it. End it with ``close``."""

    def __init__(self, client: Client, apis: Apis, belief: Belief) -> None:
        self._client = client
        self._apis = apis
        self._belief = belief
        self._now = asyncio.get_running_loop().time
        self._version = self._reader()
        self._version_at = float("-inf")
        self._leases: tuple[Reader, list[Lease]] = self._reader(), []
        self._leases_at = float("-inf")
        self._leases_asked: object = None
        self._operators: tuple[Reader, list[ClusterOperator]] = self._reader(), []
        self._operators_until = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """End what is still being read."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def version(self, *, is_doubted: bool) -> Reader:
        """How the API server answered; it is asked anew where something hints that it does not any more."""
        is_doubted = is_doubted or self._version.was_silent or self._leases[0].was_silent
        if is_doubted or self._now() - self._version_at >= self._belief.version:
            self._version = self._reader()
            async with _little_patience(self._version):
                await self._version.read_version()
            self._version_at = self._now()
        return self._version

    async def leases(self, named: Iterable[ObjectKey], usual: Iterable[ObjectKey]) -> tuple[Reader, list[Lease]]:
        """Leases as ``Reader.leases`` gives them. One is not said to be overdue before it was read again."""
        asked = frozenset(named), frozenset(usual)
        if asked != self._leases_asked or self._now() - self._leases_at >= self._leases_believed_for():
            reader, found = self._reader(), list[Lease]()
            async with _little_patience(reader):
                found = await reader.leases(*asked)
            self._leases = reader, found
            self._leases_asked, self._leases_at = asked, self._now()
        return self._leases

    def _leases_believed_for(self) -> float:
        reader, leases = self._leases
        now = rfc3339(utc_now())
        is_well = not reader.was_silent and all(of_lease(lease, now).state is State.OK for lease in leases)
        return self._belief.leases if is_well else _DOUBTED

    async def cluster_operators(self) -> tuple[Reader, list[ClusterOperator]]:
        """OpenShift's ClusterOperators."""
        if self._reading is None and self._now() >= self._operators_until:
            self._reading = asyncio.create_task(self._read_operators())
        if self._reading is not None:
            await asyncio.shield(self._reading)  # who has no patience left leaves it to the next look
        return self._operators

    async def _read_operators(self) -> None:
        reader = self._reader()
        found = await reader.cluster_operators()
        if not reader.was_silent or not self._operators[1]:
            self._operators = reader, found
        self._operators_until = self._now() + (_OPERATORS_AGAIN if reader.was_silent else _OPERATORS_FOR)
        self._reading = None

    def _reader(self) -> Reader:
        return Reader(self._client, self._apis)


@asynccontextmanager
async def _little_patience(reader: Reader) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(_SOON):
            yield
    except TimeoutError:
        reader.hear(Unreachable(f"the API server gives no answer within {_SOON:g} s"))
