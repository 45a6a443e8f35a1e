"""The fake as an HTTP server on loopback, with the handles by which a test makes its streams go wrong."""

import asyncio
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from aiohttp import web

from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.runtime.client import Client
from tests.support.fakekube import controllers
from tests.support.fakekube.acting import act
from tests.support.fakekube.faults import Call, Fault, Faults, Matches, on
from tests.support.fakekube.kinds import BUILT_IN, NAMESPACES, from_definition
from tests.support.fakekube.parsing import call_of, flag, group_of, seconds_of
from tests.support.fakekube.refusals import Refused, expired
from tests.support.fakekube.registry import Registry
from tests.support.fakekube.selectors import selector
from tests.support.fakekube.state import Change
from tests.support.fakekube.watching import Watch
from tools.cluster.certificates import Authority

_LONGEST = "34s"  # what the API server bounds a request to that says nothing
_BOOKMARK_BEFORE_END = 2.0  # seconds
_ANY = on()
_TIMED_OUT = Refused("Timeout", "request did not complete within the allotted timeout")


class FakeKube:
    """Serves while it is entered as an async context manager.

    ``definitions`` are CustomResourceDefinitions beside our own. ``runs_controllers`` is about garbage collection and
    the protection of claims in use, which happen soon after a commit, on the event loop.
    """

    def __init__(
        self,
        definitions: Iterable[Mapping[str, Any]] = (),
        *,
        namespaces: Iterable[str] = ("default",),
        seed: int = 0,
        runs_controllers: bool = True,
    ) -> None:
        kinds = [from_definition(each) for each in (*custom_resource_definitions(), *definitions)]
        self.registry = Registry((*BUILT_IN, *kinds), seed=seed)
        self.faults = Faults()
        self.url = ""
        self._watches: list[Watch] = []
        self._settling = not runs_controllers  # or about to settle
        self._folder = tempfile.TemporaryDirectory(prefix="fakekube-")
        self._authority = Authority(Path(self._folder.name) / "pki")
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        for name in namespaces:
            self.add_namespace(name)
        self.registry.state.listen(self._heard)

    @property
    def kubeconfig(self) -> Path:
        """For programs that want a file."""
        return Path(self._folder.name) / "kubeconfig"

    async def client(self, user_agent: str = "tests/1", **options: Any) -> Client:
        """A new client of this server, which the caller closes; ``options`` are those of ``Client.connect``."""
        with self.few_authorities():
            return await Client.connect(self.kubeconfig, user_agent=user_agent, **options)

    @contextmanager
    def few_authorities(self) -> Iterator[None]:
        """Let clients that are made inside load one authority that they would trust.

        Nothing is encrypted here, but to load all of the machine's takes fifty times longer.
        """
        with patch.dict(os.environ, SSL_CERT_FILE=str(self._authority.certificate_file)):
            yield

    def add_namespace(self, name: str) -> None:
        """Nothing can be made in a namespace that is not there."""
        self.registry.create(NAMESPACES, "", {"metadata": {"name": name}})

    def compact(self) -> None:
        """Forget the history: versions and page tokens from before are 410; open watches go on."""
        self.registry.state.compact()

    def watches(self, matches: Matches = _ANY) -> list[Watch]:
        """The open streams whose request matches."""
        return [watch for watch in self._watches if matches(watch.call)]

    def drop_watches(self, matches: Matches = _ANY) -> None:
        """Break the connections of open watches."""
        for watch in self.watches(matches):
            watch.cut()

    def expire_watches(self, matches: Matches = _ANY) -> None:
        """End open watches with a 410 as ERROR event."""
        for watch in self.watches(matches):
            watch.fail(expired("The resourceVersion for the provided watch is too old."))

    def hold_watches(self, matches: Matches = _ANY) -> None:
        """Keep commits and bookmarks from open watches, until ``release_watches``."""
        for watch in self.watches(matches):
            watch.held = True

    def release_watches(self, matches: Matches = _ANY) -> None:
        """Let watches hear of what was held back."""
        for watch in self.watches(matches):
            watch.release()

    def bookmark(self, matches: Matches = _ANY) -> None:
        """Send a bookmark on the open watches that asked for bookmarks."""
        for watch in self.watches(matches):
            watch.bookmark(self.registry.state)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.kubeconfig.write_text(self._authority.token_kubeconfig(self.url, "tests", "none"))
        return self

    async def __aexit__(self, *_: object) -> None:
        for watch in self._watches:
            watch.end()
        await self._runner.cleanup()
        self._folder.cleanup()

    def _heard(self, change: Change) -> None:
        for watch in tuple(self._watches):
            watch.hear(change)
        if self.url and not self._settling and controllers.concerns(change):
            self._settling = True
            asyncio.get_running_loop().call_soon(self._settle)

    def _settle(self) -> None:
        self._settling = False
        controllers.settle(self.registry)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body, now = await request.read(), asyncio.get_running_loop().time()
        try:
            method, path, kinds = request.method, request.path, self.registry.kinds
            if (group := group_of(kinds, method, path)) is not None:
                return web.json_response(group)
            call = call_of(kinds, method, path, request.query, request.headers, body, now)
        except Refused as refused:
            return _answer(refused)
        fault = self.faults.take(call)
        try:
            await _befall(call, fault)
            if call.verb == "watch" and not fault.lost:
                return await self._stream(request, call)
            answer, call.status = act(self.registry, call)
            call.committed = call.writes
            response = web.json_response(answer, status=call.status)
        except Refused as refused:
            call.status = refused.code
            response = _answer(refused)
        if fault.lost:
            call.status = 0
            _cut(request)
        return response

    async def _stream(self, request: web.Request, call: Call) -> web.StreamResponse:
        query = call.query
        selects = selector(call.kind, query.get("labelSelector", ""), query.get("fieldSelector", ""))
        bookmarks = flag(query, "allowWatchBookmarks")
        watch = Watch(call, call.kind, call.namespace, selects, bookmarks, lambda: _cut(request))
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        watch.begin(self.registry.state, query.get("resourceVersion", ""), initial=flag(query, "sendInitialEvents"))
        self._watches.append(watch)
        call.status = 200
        timers = self._timers(watch, float(query.get("timeoutSeconds") or "inf"))
        try:
            await response.prepare(request)
            with suppress(ConnectionError):  # the client may leave at any time
                while line := await watch.lines.get():
                    await response.write(line)
        finally:
            self._watches.remove(watch)
            for timer in timers:
                timer.cancel()
        return response

    def _timers(self, watch: Watch, seconds: float) -> list[asyncio.TimerHandle]:
        if seconds == float("inf"):
            return []
        loop = asyncio.get_running_loop()
        bookmark = loop.call_later(seconds - _BOOKMARK_BEFORE_END, watch.bookmark, self.registry.state)
        return [bookmark, loop.call_later(seconds, watch.end)]


async def _befall(call: Call, fault: Fault) -> None:
    """Let the time pass that the fault takes; Refused if the request's own bound is over before."""
    try:
        async with asyncio.timeout(seconds_of(call.query.get("timeout", _LONGEST))):
            await asyncio.sleep(fault.delay)
            if fault.gate is not None:
                await fault.gate.wait()
    except TimeoutError:
        raise _TIMED_OUT from None
    if fault.refusal is not None:
        raise fault.refusal


def _answer(refused: Refused) -> web.Response:
    headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
    return web.json_response(refused.status(), status=refused.code, headers=headers)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
