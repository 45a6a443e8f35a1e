"""When a write leaves this process: the last moment at which it can be held back, and the one from which it is dated.

A process may be frozen between any two steps. What was checked before waiting for a connection may be wrong after it,
so the right to write is looked at when the request's first byte is about to go out.
"""

import asyncio
import socket
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject

from jupyternetes.runtime.errors import NotLeader

WRITE_BOUND: Final = 5.0
"""Seconds after which a write that was begun can no longer happen: a Lease's hand-over counts on it."""


@dataclass(frozen=True, slots=True)
class WriteBound:
    """How long a write may take in all, in seconds: a fifth on its way to the API server, the rest there.

    The API server ends a request after ``?timeout=``, counted from when it reads it.
    """

    total: float = WRITE_BOUND

    def __post_init__(self) -> None:
        if not self.total > 0:
            raise ValueError(f"the bound of a write must be positive, not {self.total}")

    @property
    def way(self) -> float:
        """Seconds that getting a connection may take, and then each byte on it."""
        return self.total * 0.2

    @property
    def server(self) -> float:
        """Seconds that the API server may take."""
        return self.total - self.way

    @property
    def query(self) -> dict[str, str]:
        """The parameter that tells the API server."""
        return {"timeout": f"{self.server * 1000:.0f}ms"}

    @property
    def limits(self) -> aiohttp.ClientTimeout:
        """When we give up: just after the API server must have."""
        return aiohttp.ClientTimeout(total=self.total + self.way, connect=self.way)


class Sessions(RESTClientObject):
    """The official client's, on connections on which no request arrives late.

    Without a limit the kernel would go on sending what a cut network swallowed, for minutes, even for a process that
    was killed: https://man7.org/linux/man-pages/man7/tcp.7.html, TCP_USER_TIMEOUT.
    """

    def __init__(self, configuration: Configuration, bound: WriteBound) -> None:
        super().__init__(configuration)
        self._bound = bound

    def _create_connector(self) -> aiohttp.TCPConnector:
        # Requests are counted before they come here: waiting here would be part of the time that a write has.
        return aiohttp.TCPConnector(limit=0, ssl=self.ssl_context, socket_factory=self._socket)

    def _socket(self, address: tuple[Any, ...]) -> socket.socket:
        made = socket.socket(*address[:3])
        made.setblocking(False)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(self._bound.way * 1000))
        return made


def keep_alive(transport: asyncio.BaseTransport) -> None:
    """Let the kernel notice within half a minute that the other side is gone, which who only reads never hears of.

    The time that writes have would end it at the first probe that is lost on the way.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 15)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)


@dataclass(slots=True)
class Departure:
    """When a request went onto the wire, by the event loop's clock; None: it has not, and nothing can have happened."""

    at: float | None = None


class Wire:
    """Hooks of aiohttp's around the sending of one client's requests. Without ``may_write`` every write may go."""

    def __init__(self, now: Callable[[], float], may_write: Callable[[], bool] | None) -> None:
        self._now = now
        self._may_write = may_write
        self._current: ContextVar[Departure | None] = ContextVar("departure", default=None)

    def departure(self) -> Departure:
        """A record of when the next request of this task leaves."""
        departure = Departure()
        self._current.set(departure)
        return departure

    def tracing(self) -> aiohttp.TraceConfig:
        """What a session has to be made with. (aiohttp tells of headers as sent before it writes them.)"""
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(self._leaving)
        return trace

    async def _leaving(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        if params.method != "GET" and self._may_write is not None and not self._may_write():
            raise NotLeader("this process does not hold its lease")
        departure = self._current.get()
        if departure is not None:
            departure.at = self._now()
