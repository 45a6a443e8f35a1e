"""Passes one request on and its answer back, and lets the rules in force strike on the way."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from tests.support.faultproxy.ends import Broken, End, end_connection
from tests.support.faultproxy.faults import Answer, Exchange, RequestFault
from tests.support.faultproxy.line import Line
from tests.support.faultproxy.log import Entry
from tests.support.faultproxy.rulebook import Rulebook
from tests.support.faultproxy.rules import Rule
from tests.support.faultproxy.seen import Seen
from tests.support.faultproxy.watching import WatchPump

_OF_A_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "upgrade", "trailer"})


@dataclass
class Passage:
    """One request; ``run`` answers it."""

    line: Line
    session: ClientSession
    request: web.BaseRequest
    seen: Seen
    entry: Entry
    rules: Rulebook

    async def run(self) -> web.StreamResponse:
        try:
            return await self._run()
        except (Broken, ClientError, ConnectionError) as error:
            # A server that is away breaks the connection as well: what stands before it does not know HTTP.
            self.entry.faults.append(str(error) or type(error).__name__)
            end_connection(self.request.transport, error.end if isinstance(error, Broken) else End.RST)
            return web.Response()
        finally:
            self.entry.ended = time.time()

    async def _run(self) -> web.StreamResponse:
        body = await self.request.read()
        self._describe(body)
        taken = self.rules.claim(self.seen)
        exchange = Exchange()
        await self._strike(taken, exchange, after=False)
        await self.line.passable()
        if exchange.answer is None and self.request.headers.get("Authorization", "")[7:] in self.line.refused_tokens:
            exchange.answer = Answer(401)
        if exchange.answer is not None:
            return self._refuse(exchange.answer)
        if exchange.late is not None:
            self.rules.background(self._send_late(exchange.late, body))
            raise Broken(End.RST)
        self._check_still_wanted()
        async with await self._send(exchange, body) as response:
            try:
                return await self._answer(response, taken, exchange)
            except BaseException:
                if response.connection is not None and response.connection.transport is not None:
                    response.connection.transport.abort()  # a farewell of TLS would outlive us
                raise

    async def _answer(
        self, response: ClientResponse, taken: list[Rule[RequestFault]], exchange: Exchange
    ) -> web.StreamResponse:
        self.entry.answered = time.time()
        if self.seen.verb == "watch" and response.status == 200:
            await self._strike(taken, exchange, after=True)
            self.entry.status = response.status
            pump = WatchPump(self.line, self.request, self.seen, self.entry, self.rules)
            return await pump.run(response, _headers(response.headers))
        content = await response.read()
        self._note_created(response.status, content)
        await self._strike(taken, exchange, after=True)
        await self.line.passable()
        if exchange.answer is not None:
            return self._refuse(exchange.answer)
        self.entry.status = response.status
        return web.Response(status=response.status, headers=_headers(response.headers), body=content)

    async def _strike(self, taken: list[Rule[RequestFault]], exchange: Exchange, *, after: bool) -> None:
        for rule in taken:
            if rule.fault.after is after and not rule.lifted.is_set():
                self.entry.faults.append(str(rule.fault))
                rule.strike()
                await rule.fault.strike(exchange, rule.lifted.wait)

    def _check_still_wanted(self) -> None:
        """A write that says how long it may take is not begun when that time is over."""
        limit = _seconds(self.request.query.get("timeout", ""))
        if self.seen.writes and time.time() - self.entry.arrived > limit:
            raise Broken(End.RST)

    async def _send(self, exchange: Exchange, body: bytes) -> ClientResponse:
        self.entry.passed_on = time.time()
        url = URL(self.line.upstream.server + self.request.rel_url.raw_path_qs, encoded=True)
        if exchange.query:
            url = url.update_query(exchange.query)
        headers = _headers(self.request.headers)
        return await self.session.request(
            self.request.method, url, headers=headers, data=body or None, allow_redirects=False
        )

    async def _send_late(self, seconds: float, body: bytes) -> None:
        await asyncio.sleep(seconds)
        async with await self._send(Exchange(), body) as response:
            self.entry.answered = time.time()
            self._note_created(response.status, await response.read())

    def _refuse(self, answer: Answer) -> web.Response:
        self.entry.status = answer.status
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    def _describe(self, body: bytes) -> None:
        if self.seen.verb in ("create", "patch") and body.startswith(b"{"):
            self.entry.labels = _metadata(body).get("labels") or {}

    def _note_created(self, status: int, content: bytes) -> None:
        if self.seen.verb == "create" and status == 201 and "/" not in self.seen.resource:
            made = _metadata(content)
            self.entry.created = f"{made.get('name', '')} ({made.get('uid', '')})"


def _headers(headers: "CIMultiDictProxy[str]") -> "CIMultiDict[str]":
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in _OF_A_HOP)


def _seconds(duration: str) -> float:
    """A duration as Go writes it, of one unit; without one there is no limit."""
    if duration.endswith("ms"):
        return float(duration[:-2]) / 1000
    return float(duration[:-1]) if duration.endswith("s") else float("inf")


def _metadata(content: bytes) -> dict[str, Any]:
    try:
        return json.loads(content).get("metadata") or {}
    except ValueError:
        return {}
