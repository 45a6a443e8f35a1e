"""The relay fails as it is told to, and only then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from tests.integration.kill.relay import WRITE_BYTES, Mode, Relay

SOURCE = "127.0.1.99"


@dataclass
class Echo:
    """A server that answers each message with the same, and remembers what it heard from whom."""

    heard: list[bytes] = field(default_factory=list[bytes])
    peers: set[str] = field(default_factory=set[str])
    writers: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])

    def tell(self, message: bytes) -> None:
        """Say something on all connections that nobody asked for."""
        for writer in self.writers:
            writer.write(message)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.peers.add(writer.get_extra_info("peername")[0])
        self.writers.append(writer)
        with suppress(ConnectionError):
            while message := await reader.read(100):
                self.heard.append(message)
                writer.write(message)
        writer.close()


@dataclass
class Line:
    """A connection through the relay."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def answer(self, message: bytes, *, seconds: float = 5) -> bytes:
        """What comes back; empty if the connection ends. Raises TimeoutError if nothing comes."""
        async with asyncio.timeout(seconds):
            try:
                self.writer.write(message)
                return await self.reader.read(100)
            except ConnectionError:
                return b""

    async def hears(self, *, seconds: float) -> bytes:
        """What comes by itself; empty if nothing does."""
        try:
            async with asyncio.timeout(seconds):
                return await self.reader.read(100)
        except TimeoutError:
            return b""


@dataclass
class Bench:
    """A relay before a server."""

    echo: Echo
    relay: Relay
    port: int
    lines: list[Line] = field(default_factory=list[Line])

    async def connect(self) -> Line:
        """A new connection, which ends with the test."""
        line = Line(*await asyncio.open_connection("127.0.0.1", self.port))
        self.lines.append(line)
        return line


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    relay = Relay(server.sockets[0].getsockname(), SOURCE)
    bench = Bench(echo, relay, await relay.start())
    before = asyncio.all_tasks()
    yield bench
    for line in bench.lines:
        line.writer.transport.abort()
    await relay.close()
    server.close()
    if handlers := asyncio.all_tasks() - before - {asyncio.current_task()}:
        await asyncio.wait(handlers)


async def test_open_relay_passes_everything_from_its_own_address(bench: Bench) -> None:
    line = await bench.connect()

    assert await line.answer(b"hello") == b"hello"
    assert bench.echo.peers == {SOURCE}


async def test_relay_that_refuses_cuts_what_there_was_and_lets_nobody_in(bench: Bench) -> None:
    line = await bench.connect()
    await line.answer(b"hello")

    bench.relay.fail(Mode.REFUSED)

    assert await line.reader.read(100) == b""
    assert await (await bench.connect()).answer(b"again") == b""
    assert bench.echo.heard == [b"hello"]


async def test_silent_relay_throws_away_what_it_held_back(bench: Bench) -> None:
    line = await bench.connect()
    await line.answer(b"hello")
    bench.relay.fail(Mode.SILENT)

    with pytest.raises(TimeoutError):
        await line.answer(b"lost", seconds=0.3)
    bench.relay.heal()

    assert await line.reader.read(100) == b""
    assert await (await bench.connect()).answer(b"new") == b"new"
    assert bench.echo.heard == [b"hello", b"new"]


async def test_request_arrives_whose_answer_is_lost(bench: Bench) -> None:
    line = await bench.connect()
    await line.answer(b"hello")
    bench.relay.fail(Mode.ANSWERS_LOST)

    with pytest.raises(TimeoutError):
        await line.answer(b"heard", seconds=0.3)

    assert bench.echo.heard == [b"hello", b"heard"]


async def test_events_are_lost_that_nobody_asked_for_just_now(bench: Bench) -> None:
    lines = [await bench.connect() for _ in range(20)]
    for line in lines:
        await line.answer(b"hello")
    bench.relay.fail(Mode.EVENTS_LOST)
    answers = [await line.answer(b"again") for line in lines]
    assert answers == [b"again"] * len(lines)

    await asyncio.sleep(0.6)  # so long that what comes now is no answer
    bench.echo.tell(b"event")

    heard = await asyncio.gather(*(line.hears(seconds=0.3) for line in lines))
    assert set(heard) == {b"event", b""}


async def test_writes_are_carried_out_and_not_answered_while_reads_are(bench: Bench) -> None:
    reader, writer = await bench.connect(), await bench.connect()
    bench.relay.fail(Mode.NEWS_LOST)
    write = b"w" * WRITE_BYTES

    assert await reader.answer(b"read") == b"read"
    with pytest.raises(TimeoutError):
        await writer.answer(write, seconds=0.3)

    assert b"".join(bench.echo.heard) == b"read" + write


async def test_act_comes_once_after_a_message_that_is_long_enough(bench: Bench) -> None:
    acts: list[int] = []
    line = await bench.connect()
    bench.relay.on_request(4, lambda: acts.append(len(acts)))

    for message in (b"abc", b"abcd", b"abcde"):
        await line.answer(message)

    assert acts == [0]
