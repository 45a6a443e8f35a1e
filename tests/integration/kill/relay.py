"""The network between one replica and the API server: a TCP relay that can fail as networks do.

It passes on encrypted bytes and knows nothing of HTTP. What was held back when a failure ends is thrown away with its
connection: a network that delivers a request long after its sender has given up is beyond what any bound can fence.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from tests.integration.kill.chance import chance

WRITE_BYTES = 1300
"""More than a read or the renewal of a lease has, headers and token included: a create, or a status."""
_CHUNK = 256 * 1024
_WATCHED = 0.5
"""Seconds: what comes so long after the last request of its connection is the event of a watch."""
_LAST_WORDS = 0.2
"""Seconds for which the API server does not learn that a replica is gone, as when its node dies: it answers on."""


class Mode(Enum):
    """What becomes of what is sent."""

    OPEN = "passes"
    REFUSED = "refuses connections and has cut those there were"
    SILENT = "passes nothing either way"
    ANSWERS_LOST = "passes requests and loses the answers"
    EVENTS_LOST = "loses the events of some watches"
    NEWS_LOST = "answers reads, and loses all events and what became of writes"


@dataclass(eq=False)
class _Pair:
    """A connection and the one to the API server that it is passed on by. A deaf one hears no events."""

    asked: float = 0.0  # the event loop's time of the last request
    wrote: bool = False  # whether that was a write
    deaf: bool = False


class Relay:
    """Listens on a port of loopback, for one replica; the API server sees its calls come from ``source``."""

    def __init__(self, server: tuple[str, int], source: str) -> None:
        self.source = source
        self.mode = Mode.OPEN
        self._server = server
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._pairs: set[_Pair] = set()
        self._chance = chance(source)
        self._on_request: tuple[int, Callable[[], object]] | None = None

    async def start(self) -> int:
        """Listen; the answer is the port."""
        self._listener = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        return self._listener.sockets[0].getsockname()[1]

    def fail(self, mode: Mode) -> None:
        """Fail in this way until ``heal``."""
        self.mode = mode
        for pair in self._pairs:
            pair.deaf = self._chance.random() < 0.5
        if mode is Mode.REFUSED:
            self._cut()

    def heal(self) -> None:
        """Work again; connections that saw the failure break off."""
        self.mode = Mode.OPEN
        self._cut()

    def on_request(self, size: int, act: Callable[[], object] | None) -> None:
        """Call ``act`` once, right after so many bytes or more were passed on to the API server at once."""
        self._on_request = (size, act) if act is not None else None

    async def close(self) -> None:
        """End all connections and stop listening."""
        if self._listener is not None:
            self._listener.close()
        self._cut()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self._writers.add(writer)
        try:
            if self.mode is not Mode.REFUSED:
                await self._connect(reader, writer)
        except OSError:
            pass  # the API server is away, or one side broke off
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._connections.discard(task)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._server
        up_reader, up_writer = await asyncio.open_connection(host, port, local_addr=(self.source, 0))
        self._writers.add(up_writer)
        pair = _Pair()
        self._pairs.add(pair)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(pair, reader, up_writer, requests=True))
                group.create_task(self._pass(pair, up_reader, writer, requests=False))
        except* OSError:
            pass
        finally:
            up_writer.transport.abort()
            self._writers.discard(up_writer)
            self._pairs.discard(pair)

    async def _pass(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, requests: bool
    ) -> None:
        while chunk := await reader.read(_CHUNK):
            if self._is_lost(pair, requests=requests):
                continue
            writer.write(chunk)
            if requests:
                pair.asked, pair.wrote = asyncio.get_running_loop().time(), len(chunk) >= WRITE_BYTES
                self._passed_on(len(chunk))
            await writer.drain()
        if requests:
            await asyncio.sleep(_LAST_WORDS)
        with suppress(OSError):
            writer.write_eof()

    def _is_lost(self, pair: _Pair, *, requests: bool) -> bool:
        is_event = not requests and asyncio.get_running_loop().time() - pair.asked > _WATCHED
        match self.mode:
            case Mode.SILENT:
                return True
            case Mode.ANSWERS_LOST:
                return not requests
            case Mode.EVENTS_LOST:
                return is_event and pair.deaf
            case Mode.NEWS_LOST:
                return is_event or (not requests and pair.wrote)
            case _:
                return False

    def _passed_on(self, size: int) -> None:
        if self._on_request is not None and size >= self._on_request[0]:
            _, act = self._on_request
            self._on_request = None
            act()
