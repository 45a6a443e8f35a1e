"""Sends requests to one API server as one account, and says of each what became of it.

Nothing is retried here, but for one repetition with fresh credentials after a 401, which is known to have done nothing.
(aiohttp repeats a GET or DELETE, never a POST or PATCH, that met a connection which the other side had just closed.)
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

import aiohttp

from jupyternetes.runtime import warning_headers
from jupyternetes.runtime.config import Settings
from jupyternetes.runtime.errors import (
    ApiError,
    ConfigurationError,
    TooLarge,
    UnknownOutcome,
    Unreachable,
    api_error,
    read_status,
)
from jupyternetes.runtime.requests import Request
from jupyternetes.runtime.turns import Turns
from jupyternetes.runtime.wire import Departure, Sessions, Wire, WriteBound, keep_alive, not_leader

READ_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=5)
_RELOAD_PAUSE: Final = 10.0
_BROKEN_OFF: Final = (aiohttp.ClientError, TimeoutError, OSError)
_MOST_LOGGED: Final = 100

log = logging.getLogger(__name__)


class Written(NamedTuple):
    """The body of a 2xx answer to a write, and what the API server warns of."""

    body: bytes
    warnings: tuple[str, ...] = ()


class Transport:
    """One API server, one account. ``calls`` counts answers by verb, resource and status (0: no answer).

    More than ``max_requests`` at a time, watches not counted, would only mean more handshakes, unless they are held up:
    those that are over it wait for their turn here, where no limit on the time of a request has begun yet.

    ``unsettled_until`` is the event loop's time until which a write that got no answer may still happen, if it would
    harm somebody by then.

    Each warning of the API server about a write is logged once, and no more than 100 of them.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        user_agent: str,
        max_requests: int,
        reload: Callable[[], Awaitable[Settings]],
        write_bound: WriteBound,
        writes_until: Callable[[], float] | None = None,
    ) -> None:
        """Raises ConfigurationError if a certificate cannot be read."""
        self.calls: Counter[tuple[str, str, int]] = Counter()
        self.unsettled_until = float("-inf")
        self._logged: set[str] = set()
        self._user_agent = user_agent
        self._turns = Turns(max_requests)
        self._reload = reload
        self._reload_lock = asyncio.Lock()
        self._reloaded_at = float("-inf")
        self.write_bound = write_bound
        self._wire = Wire(asyncio.get_running_loop().time, writes_until)
        self._adopt(settings)

    async def read(self, request: Request) -> bytes:
        """The body of a 2xx answer. Raises a kind of ApiError, or Unreachable."""
        async with self._turns.turn():
            try:
                response = await self._open(request, READ_TIMEOUT)
                body = await response.read()
            except _BROKEN_OFF as error:
                raise Unreachable(_describe(request, error)) from error
        if response.status >= 300:
            raise _refusal(request, response, body)
        return body

    async def write(self, request: Request, *, brief: bool = False) -> Written:
        """A 2xx answer. Raises a kind of ApiError, UnknownOutcome, Unreachable, or NotLeader.

        A ``brief`` one is not given the time that an admission webhook may take.
        """
        async with self._turns.turn():
            return await self._write(request, self.write_bound.brief if brief else self.write_bound)

    async def _write(self, request: Request, bound: WriteBound) -> Written:
        departure = self._wire.departure(bound)
        try:
            response = await self._open(request, departure)
            body = await response.read()
        except BaseException as error:
            if departure.at is not None:
                self._doubt(request, departure)
            if not isinstance(error, _BROKEN_OFF):
                raise
            text = _describe(request, error)
            if departure.withheld:  # aiohttp wraps what is raised where it sends a body
                raise not_leader() from error
            if departure.at is None:
                raise Unreachable(text) from error
            raise UnknownOutcome(text, settled_at=departure.settled_at) from error
        if response.status < 300:
            return Written(body, self._warnings(request, response))
        refusal = _refusal(request, response, body)
        if response.status < 500 or isinstance(refusal, TooLarge):
            raise refusal
        self._doubt(request, departure)
        raise UnknownOutcome(
            str(refusal),
            settled_at=departure.settled_at,
            retry_after=refusal.retry_after,
            refusal=refusal,
        )

    async def stream(self, request: Request, inactivity: float) -> AsyncGenerator[bytes]:
        """The answer's bytes as they arrive; Unreachable when it breaks off or is silent for ``inactivity`` seconds."""
        limits = aiohttp.ClientTimeout(total=None, connect=5, sock_read=inactivity)
        try:
            response = await self._open(request, limits)
            try:
                if response.status >= 300:
                    raise _refusal(request, response, await response.read())
                if (carrier := _carrier(response)) is not None:
                    keep_alive(carrier)
                async for chunk in response.content.iter_any():
                    yield chunk
            finally:
                # One that nobody reads to its end: TLS would wait for a goodbye that a dead server never says.
                if (carrier := _carrier(response)) is not None:
                    carrier.abort()
                response.release()
        except _BROKEN_OFF as error:
            raise Unreachable(_describe(request, error)) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._sessions.close()

    def _warnings(self, request: Request, response: aiohttp.ClientResponse) -> tuple[str, ...]:
        warnings = warning_headers.parse(response.headers.getall("Warning", ()))
        for text in warnings:
            if text not in self._logged and len(self._logged) < _MOST_LOGGED:
                self._logged.add(text)
                log.warning("%s: the API server warns: %s", request, text)
        return warnings

    def _doubt(self, request: Request, departure: Departure) -> None:
        if request.late_harms:
            self.unsettled_until = max(self.unsettled_until, departure.settled_at)

    async def _open(self, request: Request, limits: aiohttp.ClientTimeout | Departure) -> aiohttp.ClientResponse:
        response = await self._exchange(request, limits)
        if response.status == 401:
            response.release()
            await self._renew_credentials()
            response = await self._exchange(request, limits)
        return response

    async def _exchange(self, request: Request, limits: aiohttp.ClientTimeout | Departure) -> aiohttp.ClientResponse:
        headers = {
            "Accept": "application/json",
            # Compressing costs both sides more than a cluster's network does.
            "Accept-Encoding": "identity",
            "Content-Type": request.content_type,
            "User-Agent": self._user_agent,
            **self._authorization(request),
        }
        path, query = request.path, request.query
        if isinstance(limits, Departure):
            bound = self._wire.fit(limits)
            query, limits = {**query, **bound.query}, bound.limits
        if query:
            path = f"{path}?{urlencode(query, quote_via=quote)}"
        status = 0
        try:
            response = await self._sessions.request(request.method, path, headers, request.body, limits)
            status = response.status
            return response
        finally:
            self.calls[request.verb, request.resource, status] += 1

    def _authorization(self, request: Request) -> dict[str, str]:
        try:
            header = self.settings.authorization()
        except (OSError, ValueError) as error:
            raise Unreachable(f"{request}: credentials of {self.settings.origin}: {error}") from error
        return {"Authorization": header} if header else {}

    async def _renew_credentials(self) -> None:
        async with self._reload_lock:
            now = asyncio.get_running_loop().time()
            if now - self._reloaded_at < _RELOAD_PAUSE:
                return
            self._reloaded_at = now
            try:
                settings = await self._reload()
                if settings.endpoint == self.settings.endpoint:
                    self.settings = replace(self.settings, authorization=settings.authorization)
                    return
                retired = self._sessions
                self._adopt(settings)
                await retired.close()
            except (ConfigurationError, OSError) as error:
                log.warning("credentials were refused and cannot be loaded again: %s", error)

    def _adopt(self, settings: Settings) -> None:
        try:
            sessions = Sessions(settings.endpoint, self.write_bound, self._wire.tracing())
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"certificates of {settings.origin} cannot be used: {error}") from error
        self.settings, self._sessions = settings, sessions


def _carrier(response: aiohttp.ClientResponse) -> asyncio.Transport | None:
    """What the answer arrives on, until it has been read to its end."""
    return response.connection.transport if response.connection is not None else None


def _refusal(request: Request, response: aiohttp.ClientResponse, body: bytes) -> ApiError:
    wait = response.headers.get("Retry-After", "")
    retry_after = float(wait) if wait.isdecimal() else None
    return api_error(str(request), read_status(response.status, response.reason or "", body), retry_after)


def _describe(request: Request, error: Exception) -> str:
    return f"{request}: {type(error).__name__}: {error}" if str(error) else f"{request}: {type(error).__name__}"
