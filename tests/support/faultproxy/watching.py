"""Passes the events of one watch on, a line at a time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, web

from tests.support.faultproxy.ends import Broken, End
from tests.support.faultproxy.events import LineFault, Strike
from tests.support.faultproxy.line import Line
from tests.support.faultproxy.log import Entry
from tests.support.faultproxy.rulebook import OpenWatch, Rulebook
from tests.support.faultproxy.rules import Rule
from tests.support.faultproxy.seen import Seen


@dataclass
class WatchPump:
    """One stream; ``run`` returns when the server has ended it."""

    line: Line
    request: web.BaseRequest
    seen: Seen
    entry: Entry
    rules: Rulebook
    _client: web.StreamResponse = field(default_factory=web.StreamResponse)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _begun: dict[Rule[LineFault], Strike] = field(default_factory=dict[Rule[LineFault], Strike])

    async def run(self, response: ClientResponse, headers: Mapping[str, str]) -> web.StreamResponse:
        self._client.headers.update(headers)
        self._client.enable_chunked_encoding()
        await self.line.passable()
        await self._client.prepare(self.request)
        watch = self.rules.open(self.seen)
        try:
            async with asyncio.TaskGroup() as group:
                while not watch.sudden.empty():  # before the first event
                    await self._suffer(watch)
                struck = group.create_task(self._suffer_on(watch))
                await self._pump(response)
                struck.cancel()
        except BaseExceptionGroup as group:
            await self._end(_only(group))
        finally:
            self.rules.close(watch)
        return self._client

    async def _end(self, error: BaseException) -> None:
        if not isinstance(error, Broken):
            raise error
        if error.last:
            await self._client.write(error.last)
        if error.end is not End.REGULAR:
            raise error

    async def _suffer_on(self, watch: OpenWatch) -> None:
        while True:
            await self._suffer(watch)

    async def _suffer(self, watch: OpenWatch) -> None:
        rule = await watch.sudden.get()
        self.entry.faults.append(str(rule.fault))
        async with self._turn:
            rule.strike()
            await rule.fault.strike(self._client.write)

    async def _pump(self, response: ClientResponse) -> None:
        async for line in _lines(response):
            if (holding := self.rules.holding(self.seen)) is not None:
                holding.strike()
                await holding.lifted.wait()
            pieces = self._changed(line)
            await self.line.passable()
            async with self._turn:
                for piece in pieces:
                    await self._client.write(piece)
            self.entry.events += 1

    def _changed(self, line: bytes) -> list[bytes]:
        pieces = [line]
        for rule in self.rules.of_lines(self.seen):
            pieces = [changed for piece in pieces for changed in self._struck(rule, piece)]
        return pieces

    def _struck(self, rule: Rule[LineFault], piece: bytes) -> list[bytes]:
        if rule not in self._begun:
            self._begun[rule] = rule.fault.begin()
        try:
            changed = self._begun[rule](piece)
        except Broken:
            if not rule.claim():
                return [piece]
            self.entry.faults.append(str(rule.fault))
            rule.strike()
            raise
        if changed is None or not rule.claim():
            return [piece]
        rule.strike()
        return changed


def _only(group: BaseExceptionGroup[Any]) -> BaseException:
    return group.exceptions[0]


async def _lines(response: ClientResponse) -> AsyncIterator[bytes]:
    unfinished: list[bytes] = []
    async for chunk in response.content.iter_any():
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*unfinished, line, b"\n"])
            unfinished.clear()
        unfinished.append(rest)
