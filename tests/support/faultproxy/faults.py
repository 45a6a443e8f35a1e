"""What can happen to a request, and to a watch as a whole. Faults are values; ``rules`` says what they strike."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.faultproxy.ends import Broken, End

_REASONS = {
    401: "Unauthorized",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
}


@dataclass
class Exchange:
    """A request on its way: ``query`` has parameters to change; with an ``answer`` the API server is not asked.

    ``late`` set means that the connection breaks now, and the request is passed on so many seconds later.
    """

    query: dict[str, str] = field(default_factory=dict[str, str])
    answer: "Answer | None" = None
    late: float | None = None


Lifted = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class RequestFault:
    """Strikes a request before it is passed on, or with ``after`` its answer before the client gets it."""

    after: bool = field(default=False, kw_only=True)

    async def strike(self, exchange: Exchange, lifted: Lifted) -> None:
        """May take its time, change ``exchange``, or raise Broken; ``lifted`` waits for the end of the rule."""
        raise NotImplementedError


@dataclass(frozen=True)
class Answer(RequestFault):
    """Answer with a status, and ``Retry-After`` in seconds if given; the API server never hears of the request."""

    status: int
    retry_after: int | None = None
    reason: str = ""
    message: str = "as the test says"

    async def strike(self, exchange: Exchange, lifted: Lifted) -> None:
        exchange.answer = self

    @property
    def headers(self) -> dict[str, str]:
        wait = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {"Content-Type": "application/json"} | wait

    @property
    def body(self) -> bytes:
        return json.dumps(status_object(self.status, self.reason, self.message)).encode()


@dataclass(frozen=True)
class Delay(RequestFault):
    """Pass it on, or answer, so many seconds later."""

    seconds: float

    async def strike(self, exchange: Exchange, lifted: Lifted) -> None:
        await asyncio.sleep(self.seconds)


@dataclass(frozen=True)
class Cut(RequestFault):
    """Break the connection: before, nothing has happened; ``after``, the server has done it and nobody tells."""

    end: End = End.RST

    async def strike(self, exchange: Exchange, lifted: Lifted) -> None:
        raise Broken(self.end)


@dataclass(frozen=True)
class Late(RequestFault):
    """Break the connection, and pass the request on so many seconds later: it lingered in the network."""

    seconds: float

    async def strike(self, exchange: Exchange, lifted: Lifted) -> None:
        exchange.late = self.seconds


@dataclass(frozen=True)
class Hold(RequestFault):
    """Keep it until the rule is lifted."""

    async def strike(self, exchange: Exchange, lifted: Lifted) -> None:
        await lifted()


@dataclass(frozen=True)
class Rewrite(RequestFault):
    """Pass it on with other parameters in its query."""

    query: Mapping[str, str]

    async def strike(self, exchange: Exchange, lifted: Lifted) -> None:
        exchange.query.update(self.query)


@dataclass(frozen=True)
class WatchFault:
    """Strikes a watch that is open at once, and one that is opened later when its answer begins."""

    async def strike(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        """May write to the client and raise Broken."""
        raise NotImplementedError


@dataclass(frozen=True)
class Drop(WatchFault):
    """End it."""

    end: End = End.RST

    async def strike(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        raise Broken(self.end)


@dataclass(frozen=True)
class Freeze(WatchFault):
    """Half-open: no byte more, and no end, until the client closes it."""

    async def strike(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        await asyncio.Event().wait()


@dataclass(frozen=True)
class ErrorEvent(WatchFault):
    """An ERROR event with this status, after which the stream ends as a server ends it."""

    status: int
    reason: str = ""
    message: str = "as the test says"

    async def strike(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        event = {"type": "ERROR", "object": status_object(self.status, self.reason, self.message)}
        await write(json.dumps(event).encode() + b"\n")
        raise Broken(End.REGULAR)


def status_object(code: int, reason: str, message: str) -> dict[str, Any]:
    """The API server's error body."""
    reason = reason or _REASONS.get(code, "Unknown")
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
