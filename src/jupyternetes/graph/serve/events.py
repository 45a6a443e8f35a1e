"""How are pages told of a new verdict? By server-sent events, a bounded number of pages, each at its own pace.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import socket
from contextlib import suppress
from typing import Final

import msgspec
from aiohttp import web

from jupyternetes.graph.serve.current import ClosedError, Current, Moment
from jupyternetes.graph.serve.metrics import GraphMetrics

#: Pages that may follow at the same time.
CLIENTS: Final = 20
#: Seconds after which a comment is sent where there is nothing else: proxies cut connections that are silent.
HEARTBEAT: Final = 15.0
#: Seconds for which a page may leave unread what fills its buffers.
PATIENCE: Final = 10.0
#: Bytes that may wait for a page in the kernel. About as many may wait in this process, where aiohttp bounds them.
_BUFFER: Final = 65536
#: Milliseconds after which a browser whose connection broke asks again.
_RETRY: Final = b"retry: 3000\n\n"
_COMMENT: Final = b": nothing new\n\n"


class Events:
    """Follows ``current`` for each page that asks."""

    def __init__(
        self,
        current: Current,
        metrics: GraphMetrics,
        *,
        clients: int = CLIENTS,
        heartbeat: float = HEARTBEAT,
        patience: float = PATIENCE,
    ) -> None:
        self._current = current
        self._metrics = metrics
        self._clients = clients
        self._heartbeat = heartbeat
        self._patience = patience
        self._following = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The stream, which ends when the page goes, reads too slowly, or there is nothing more to come."""
        if self._following >= self._clients:
            text = f"{self._clients} pages follow already: close one.\n"
            return web.Response(status=503, text=text, headers={"Retry-After": "30"})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        self._count(1)
        try:
            with suppress(ConnectionError, ClosedError):
                await self._follow(request, response)
        except TimeoutError:
            self._metrics.dropped.inc()
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._count(-1)
        return response

    def _count(self, more: int) -> None:
        self._following += more
        self._metrics.clients.set(self._following)

    async def _follow(self, request: web.Request, response: web.StreamResponse) -> None:
        """Raises TimeoutError if the page reads too slowly, ConnectionError if it is gone, or ClosedError."""
        await response.prepare(request)
        _bound_buffer(request)
        await self._send(response, _RETRY)
        known = ""
        while True:
            moment = await self._newer(known)
            known = known if moment is None else moment.version
            await self._send(response, _COMMENT if moment is None else _event(moment))

    async def _newer(self, than: str) -> Moment | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._heartbeat):
                return await self._current.newer(than)
        return None

    async def _send(self, response: web.StreamResponse, message: bytes) -> None:
        async with asyncio.timeout(self._patience):
            await response.write(message)


def _bound_buffer(request: web.Request) -> None:
    """Let the kernel hold little, which otherwise takes megabytes."""
    connection = request.transport.get_extra_info("socket") if request.transport is not None else None
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)


def _event(moment: Moment) -> bytes:
    """JSON holds no line break, which would end the data."""
    return b"id: %b\nevent: verdict\ndata: %b\n\n" % (moment.version.encode(), msgspec.json.encode(moment.verdict))
