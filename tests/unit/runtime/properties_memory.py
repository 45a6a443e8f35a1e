"""The fake API server without sockets: requests as function calls in fake time, thousands of schedules in a minute.

What a client sends and reads are still the bytes of the API; only HTTP is left out.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import NotLeader, UnknownOutcome, Unreachable, api_error, read_status
from jupyternetes.runtime.requests import Request
from jupyternetes.runtime.transport import Written
from jupyternetes.runtime.wire import WriteBound
from tests.support.fakekube import NAMESPACES, Call, Change, Fault, Faults, Refused, Registry, Watch, controllers
from tests.support.fakekube.acting import act
from tests.support.fakekube.kinds import BUILT_IN, Kind, from_definition
from tests.support.fakekube.parsing import call_of, flag, seconds_of
from tests.support.fakekube.selectors import selector

if TYPE_CHECKING:
    from jupyternetes.runtime.transport import Transport

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
#: Of somebody else's operator; every field of it is kept.
DATABASES = Kind("databases.example.org", "v1", "databases", "Database", has_status=True, has_generation=True)
_KINDS = (*BUILT_IN, DATABASES, *(from_definition(each) for each in custom_resource_definitions()))
_BOOKMARK_EVERY = 60.0  # seconds
_CUT = b""  # among a watch's lines: the connection breaks here


class MemoryKube:
    """One API server. ``hears`` is told of each call as it comes in; watches are made to go wrong by their handles."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, seed: int = 0, namespaces: tuple[str, ...] = ("lab",)
    ) -> None:
        self.loop = loop
        self.registry = Registry(_KINDS, seed=seed, now=self.now)
        self.faults = Faults()
        self.watches: list[Watch] = []
        self._settling = False
        for name in namespaces:
            self.registry.create(NAMESPACES, "", {"metadata": {"name": name}})
        self.registry.state.listen(self._heard)

    def now(self) -> datetime:
        """The time of day that goes with the loop's."""
        return EPOCH + timedelta(seconds=self.loop.time())

    def client(self, agent: str, *, writes_until: Callable[[], float] | None = None) -> Client:
        """A client of this server."""
        return Client(cast("Transport", MemoryTransport(self, agent, writes_until)), agent.partition("/")[0])

    def cut_watches(self) -> None:
        """Break all connections that watch."""
        for watch in self.watches:
            watch.cut()

    def _heard(self, change: Change) -> None:
        for watch in tuple(self.watches):
            watch.hear(change)
        if not self._settling:
            self._settling = True
            self.loop.call_soon(self._settle)

    def _settle(self) -> None:
        controllers.settle(self.registry)
        self._settling = False


class MemoryTransport:
    """What a ``Client`` sends through. A request goes on when its sender is cancelled, as on a real server."""

    def __init__(self, kube: MemoryKube, agent: str, writes_until: Callable[[], float] | None) -> None:
        self.calls: Counter[tuple[str, str, int]] = Counter()
        self.write_bound = WriteBound()
        self.unsettled_until = float("-inf")
        self._kube = kube
        self._agent = agent
        self._writes_until = writes_until

    async def read(self, request: Request) -> bytes:
        call = self._call(request)
        try:
            return await self._answer(call)
        except Refused as refused:
            raise _error(request, refused) from None
        except ConnectionError as error:
            raise Unreachable(f"{request}: {error}") from error

    async def write(self, request: Request, *, brief: bool = False) -> Written:
        bound = self.write_bound.brief if brief else self.write_bound
        if self._writes_until is not None:
            left = bound.within(self._writes_until() - self._kube.loop.time())
            if left is None:
                raise NotLeader("this process does not hold its lease")
            bound = left
        call = self._call(request)
        call.query |= bound.query
        settled_at = self._kube.loop.time() + bound.total
        try:
            return Written(await self._answer(call))
        except ConnectionError as error:
            raise UnknownOutcome(f"{request}: {error}", settled_at=settled_at) from error
        except Refused as refused:
            if refused.code >= 500:
                answer = _error(request, refused)
                raise UnknownOutcome(
                    f"{request}: {refused}", settled_at=settled_at, retry_after=answer.retry_after, refusal=answer
                ) from refused
            raise _error(request, refused) from None

    async def stream(self, request: Request, inactivity: float) -> AsyncGenerator[bytes]:
        call = self._call(request)
        fault = self._kube.faults.take(call)
        await asyncio.sleep(fault.delay)
        if fault.lost:
            raise Unreachable(f"{request}: cut")
        if fault.refusal is not None:
            raise _error(request, fault.refusal)
        watch, timers = self._open(call)
        try:
            while True:
                try:
                    async with asyncio.timeout(inactivity):
                        line = await watch.lines.get()
                except TimeoutError:
                    raise Unreachable(f"{request}: silent") from None
                if line == _CUT:
                    raise Unreachable(f"{request}: broken off")
                if line is None:
                    return
                yield line
        finally:
            self._kube.watches.remove(watch)
            for timer in timers:
                timer.cancel()

    async def close(self) -> None:
        pass

    def _call(self, request: Request) -> Call:
        body = b"" if request.body is None else json.dumps(request.body).encode()
        headers = {"User-Agent": self._agent, "Content-Type": request.content_type}
        kinds, now = self._kube.registry.kinds, self._kube.loop.time()
        try:
            return call_of(kinds, request.method, request.path, dict(request.query), headers, body, now)
        except Refused as refused:
            raise _error(request, refused) from None

    async def _answer(self, call: Call) -> bytes:
        fault = self._kube.faults.take(call)
        serving = self._kube.loop.create_task(self._serve(call, fault))
        serving.add_done_callback(lambda done: done.exception())  # the client may not be there to hear it
        if fault.lost and fault.delay:
            raise ConnectionResetError("cut")  # at once: what is done, is done later
        return await asyncio.shield(serving)

    async def _serve(self, call: Call, fault: Fault) -> bytes:
        limit = seconds_of(call.query.get("timeout", "34s"))
        await asyncio.sleep(min(fault.delay, limit))
        refusal = Refused("Timeout") if fault.delay >= limit else fault.refusal
        try:
            if refusal is not None:
                raise refusal
            answer, call.status = act(self._kube.registry, call)
            call.committed = call.writes
        except Refused as refused:
            call.status = refused.code
            if not fault.lost:
                raise
        if fault.lost:
            raise ConnectionResetError("cut")
        return json.dumps(answer).encode()

    def _open(self, call: Call) -> tuple[Watch, list[asyncio.TimerHandle]]:
        query, state, loop = call.query, self._kube.registry.state, self._kube.loop
        selects = selector(call.kind, query.get("labelSelector", ""), query.get("fieldSelector", ""))
        bookmarks = flag(query, "allowWatchBookmarks")
        watch = Watch(call, call.kind, call.namespace, selects, bookmarks, lambda: watch.lines.put_nowait(_CUT))
        watch.begin(state, query.get("resourceVersion", ""), initial=False)
        self._kube.watches.append(watch)
        call.status = 200
        lasts = float(query["timeoutSeconds"])
        beats = range(1, int(lasts / _BOOKMARK_EVERY) + 1)
        timers = [loop.call_later(beat * _BOOKMARK_EVERY, watch.bookmark, state) for beat in beats]
        return watch, [*timers, loop.call_later(lasts, watch.end)]


def _error(request: Request, refused: Refused) -> Exception:
    body: dict[str, Any] = refused.status()
    status = read_status(refused.code, refused.reason, json.dumps(body).encode())
    return api_error(str(request), status, refused.retry_after)
