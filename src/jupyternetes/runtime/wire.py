"""When a write leaves this process: the last moment at which it can be held back, and the one from which it is dated.

A process may be frozen between any two steps. What was checked before waiting for a connection may be wrong after it,
so the right to write is looked at when the request's first byte is about to go out.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

import aiohttp

from jupyternetes.runtime.errors import NotLeader

WRITE_BOUND: Final = 5.0
"""Seconds after which a write that was begun can no longer happen: a Lease's hand-over counts on it."""


@dataclass(frozen=True, slots=True)
class WriteBound:
    """How long a write may take in all, in seconds: a fifth to get a connection, the rest on the API server.

    The API server ends a request after ``?timeout=``, counted from when it reads it.
    """

    total: float = WRITE_BOUND

    def __post_init__(self) -> None:
        if not self.total > 0:
            raise ValueError(f"the bound of a write must be positive, not {self.total}")

    @property
    def server(self) -> float:
        """Seconds that the API server may take."""
        return self.total * 0.8

    @property
    def query(self) -> dict[str, str]:
        """The parameter that tells the API server."""
        return {"timeout": f"{self.server * 1000:.0f}ms"}

    @property
    def limits(self) -> aiohttp.ClientTimeout:
        """When we give up: just after the API server must have."""
        return aiohttp.ClientTimeout(total=self.total * 1.2, connect=self.total * 0.2)


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
