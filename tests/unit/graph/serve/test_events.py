"""Server-sent events: a verdict on every change, to a bounded number of pages, none of which can fill the memory."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
from aiohttp import ClientSession, ClientTimeout, StreamReader, web
from prometheus_client import CollectorRegistry

from jupyternetes.graph.causes.verdict import Verdict, judge_once
from jupyternetes.graph.model.graph import Gap
from jupyternetes.graph.serve.current import Current
from jupyternetes.graph.serve.events import Events
from tests.unit.graph.serve.serving import BROKEN, WELL, got, listening, metrics, publish
from tests.unit.runtime.following import eventually


class Desk:
    """A server of events, and what a test does with it."""

    def __init__(self, **options: float) -> None:
        self.registry = CollectorRegistry()
        self.current = Current(keep_graph=False)
        self.events = Events(self.current, metrics(self.registry), **options)  # type: ignore[arg-type]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        app = web.Application()
        app.router.add_get("/events", self.events.answer)
        async with listening(app) as port:
            yield port

    def number(self, name: str) -> float | None:
        return self.registry.get_sample_value(f"jupyternetes_graph_event_clients{name}")

    async def until(self, name: str, expected: float) -> None:
        await eventually(lambda: self.number(name) == expected)


class Page:
    """Reads events as a browser does."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content

    async def block(self) -> dict[str, str]:
        """The fields of the next event or comment."""
        fields: dict[str, str] = {}
        while line := (await self._content.readline()).decode().rstrip("\n"):
            name, _, rest = line.partition(":")
            fields[name] = rest.removeprefix(" ")
        return fields

    async def verdict(self) -> tuple[str, Verdict]:
        while "data" not in (fields := await self.block()):
            assert fields, "the stream ended"
        assert fields["event"] == "verdict"
        return fields["id"], msgspec.json.decode(fields["data"], type=Verdict)


@asynccontextmanager
async def page(port: int) -> AsyncIterator[Page]:
    timeout = ClientTimeout(total=60)
    async with ClientSession(timeout=timeout) as session, session.get(f"http://127.0.0.1:{port}/events") as response:
        assert response.content_type == "text/event-stream"
        yield Page(response.content)


async def test_a_page_is_told_at_once_and_on_every_change() -> None:
    desk = Desk()
    publish(desk.current, WELL)
    async with desk.open() as port, page(port) as reader:
        first, well = await reader.verdict()
        publish(desk.current, WELL)
        publish(desk.current, BROKEN)
        second, broken = await reader.verdict()

    assert (well.headline, broken.headline) == ("Nothing is wrong.", "The cause is the hub's database postgres.")
    assert first != second


async def test_while_nothing_is_new_a_comment_keeps_the_connection() -> None:
    desk = Desk(heartbeat=0.05)
    async with desk.open() as port, page(port) as reader:
        blocks = [await reader.block() for _ in range(3)]

    assert blocks == [{"retry": "3000"}, {"": "nothing new"}, {"": "nothing new"}]


async def test_one_page_too_many_is_told_so_and_comes_in_when_another_goes() -> None:
    desk = Desk(clients=2)
    publish(desk.current, WELL)
    async with desk.open() as port, page(port) as first:
        await first.verdict()
        async with page(port) as second:
            await second.verdict()
            response, text = await got(port, "/events")
            assert (response.status, response.headers["Retry-After"]) == (503, "30")
            assert text == "2 pages follow already: close one.\n"
        await desk.until("", 1)
        async with page(port) as third:
            await third.verdict()

    assert desk.number("_dropped_total") == 0


async def test_a_page_that_does_not_read_is_dropped_and_neither_holds_up_others_nor_piles_up() -> None:
    desk = Desk(patience=2.0)
    large = WELL.replaced(gaps=[Gap(what=str(number), why="x" * 2000) for number in range(60)])
    size = len(msgspec.json.encode(judge_once(large)))
    async with desk.open() as port, page(port) as reader:
        with socket.create_connection(("127.0.0.1", port)) as deaf:
            deaf.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await desk.until("", 2)
            for _ in range(50):
                publish(desk.current, large, changed=True)
                await asyncio.wait_for(reader.verdict(), 10)
            await desk.until("_dropped_total", 1)
            await desk.until("", 1)
            left = await received(deaf)

    assert left < 10 * size


async def received(connection: socket.socket) -> int:
    """How many bytes were sent to it until it was cut off."""
    connection.setblocking(False)
    total = 0
    with suppress(ConnectionResetError):
        while part := await asyncio.get_running_loop().sock_recv(connection, 65536):
            total += len(part)
    return total


async def test_streams_end_when_there_is_nothing_more_to_come() -> None:
    desk = Desk()
    publish(desk.current, WELL)
    async with desk.open() as port, page(port) as reader:
        await reader.verdict()
        desk.current.close()

        assert await asyncio.wait_for(reader.block(), 10) == {}
        await desk.until("", 0)
