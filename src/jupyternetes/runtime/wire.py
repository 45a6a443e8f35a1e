"""When a write leaves this process, and how long it may take: the last moment at which it can be held back.

A process may be frozen between any two steps. What was checked before waiting for a connection may be wrong after it,
so the right to write is looked at when the request's first byte is about to go out. aiohttp puts headers together in
one turn of the event loop, and sends them with the body in another: of a request with a body, that is the last moment.
"""

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import aiohttp

from jupyternetes.runtime.endpoint import Endpoint
from jupyternetes.runtime.errors import NotLeader

WRITE_BOUND: Final = 5.0
"""Seconds after which a write that no admission webhook delays can no longer happen, once it was begun."""
WEBHOOK_SECONDS: Final = 10.0
"""What Kubernetes gives an admission webhook unless its configuration says otherwise (30 s are the most).

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#timeouts
"""
# What is buffered is handled without a pause: 256 KiB of watch events keep the event loop busy for a few milliseconds.
_READ_BUFFER: Final = 2**18
_OWN_SECONDS: Final = 1.0  # what the API server and etcd need beside the webhook
_LONGEST_WAY: Final = 1.0


def outlasting(webhook_seconds: float) -> float:
    """The bound in seconds of a write that an admission webhook may hold up for so long."""
    return _LONGEST_WAY + webhook_seconds + _OWN_SECONDS


@dataclass(frozen=True, slots=True)
class WriteBound:
    """How long a write may take in all, in seconds: up to one on its way to the API server, the rest there.

    The API server ends a request after ``?timeout=``, counted from when it reads it.
    """

    total: float = WRITE_BOUND
    way: float = 0.0
    """Seconds that getting a connection may take, and then each byte on it; by default a fifth, and 1 at most."""

    def __post_init__(self) -> None:
        if not self.total > 0:
            raise ValueError(f"the bound of a write must be positive, not {self.total}")
        if not self.way:
            object.__setattr__(self, "way", min(_LONGEST_WAY, self.total * 0.2))

    @property
    def brief(self) -> "WriteBound":
        """The bound of a write that no webhook is expected to delay."""
        return WriteBound(min(self.total, 5 * self.way), self.way)

    def within(self, seconds: float) -> "WriteBound | None":
        """This bound, or as much of it as ends within ``seconds``, also if getting a connection takes its time.

        None if nothing is left for the API server.
        """
        total = min(self.total, seconds - self.way)
        return WriteBound(total, self.way) if total > self.way else None

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


class Sessions:
    """HTTP to one API server, on connections on which no request arrives late.

    Without a limit the kernel would go on sending what a cut network swallowed, for minutes, even for a process that
    was killed: https://man7.org/linux/man-pages/man7/tcp.7.html, TCP_USER_TIMEOUT.
    """

    def __init__(self, endpoint: Endpoint, bound: WriteBound, trace: aiohttp.TraceConfig) -> None:
        """Raises OSError or ValueError if a certificate cannot be used."""
        self._endpoint = endpoint
        self._bound = bound
        tls = endpoint.tls() if endpoint.url.startswith("https:") else True
        self._session = aiohttp.ClientSession(
            # Requests are counted before they come here: waiting here would be part of the time that a write has.
            connector=aiohttp.TCPConnector(limit=0, ssl=tls, socket_factory=self._socket),
            read_bufsize=_READ_BUFFER,
            trace_configs=[trace],
            # One that trusts the environment reads it and ~/.netrc in threads at every request, for twice the work of a
            # small one, and fails where both a token and an entry of ~/.netrc would authenticate it.
            trust_env=False,
        )

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: object, limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        """Send a request, whose body is JSON, and wait for the head of the answer. Raises what aiohttp does."""
        return await self._session.request(
            method,
            f"{self._endpoint.url}{path}",
            headers=headers,
            data=None if body is None else json.dumps(body),
            timeout=limits,
            proxy=self._endpoint.proxy,
            server_hostname=self._endpoint.server_name,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

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
    """When a write went onto the wire, by the event loop's clock; None: it has not, and nothing can have happened.

    ``bound`` is what it may take at most, and from its sending on what it was given.
    """

    bound: WriteBound
    at: float | None = None
    withheld: bool = False
    """Whether it was kept back at the last moment."""

    @property
    def settled_at(self) -> float:
        """When it cannot happen any more."""
        return (self.at or 0.0) + self.bound.total


class Wire:
    """Hooks of aiohttp's around the sending of one client's requests.

    ``writes_until`` gives the event loop's time by which each write must be over; without it there is none.
    """

    def __init__(self, now: Callable[[], float], writes_until: Callable[[], float] | None) -> None:
        self._now = now
        self._writes_until = writes_until
        self._current: ContextVar[Departure | None] = ContextVar("departure", default=None)

    def departure(self, bound: WriteBound) -> Departure:
        """A record of when the next write of this task leaves."""
        departure = Departure(bound)
        self._current.set(departure)
        return departure

    def fit(self, departure: Departure) -> WriteBound:
        """Shorten a write's bound to the time that is left. Raises NotLeader if there is none."""
        if self._writes_until is not None:
            bound = departure.bound.within(self._writes_until() - self._now())
            if bound is None:
                raise not_leader()
            departure.bound = bound
        return departure.bound

    def tracing(self) -> aiohttp.TraceConfig:
        """What a session has to be made with. (aiohttp tells of headers and body as sent before it writes them.)"""
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(self._headers_ready)
        trace.on_request_chunk_sent.append(self._body_leaving)
        return trace

    async def _headers_ready(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        if params.method != "GET" and params.headers.get("Content-Length", "0") == "0":
            self._leave()

    async def _body_leaving(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestChunkSentParams
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        departure = self._current.get()
        if departure is None:
            return
        now = self._now()
        if self._writes_until is not None and now + departure.bound.total > self._writes_until():
            departure.withheld = True
            raise not_leader()
        departure.at = now


def not_leader() -> NotLeader:
    """What a write is refused with that may not leave."""
    return NotLeader("this process does not hold its lease")
