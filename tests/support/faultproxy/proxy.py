"""The proxy itself: a thread with an event loop, the lines, the rules, the log."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self, TypeVar

from aiohttp import ClientSession, TCPConnector, web

from tests.support.faultproxy.line import Line
from tests.support.faultproxy.log import Entry, RequestLog
from tests.support.faultproxy.passing import Passage
from tests.support.faultproxy.rulebook import Fault, Rulebook
from tests.support.faultproxy.rules import Match, Rule
from tests.support.faultproxy.seen import read_request

F = TypeVar("F", bound=Fault)


class FaultProxy:
    """Use it as a context manager, or call ``close``; ``folder`` is where it puts its kubeconfigs."""

    def __init__(self, folder: Path) -> None:
        self.log = RequestLog()
        self._folder = folder
        self._rules = Rulebook()
        self._lines: dict[str, Line] = {}
        self._sessions: dict[Line, ClientSession] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)
        self._thread.start()

    def line(self, name: str, kubeconfig: Path) -> Line:
        """A way to the API server of ``kubeconfig`` for one client; the same one for the same name."""
        if name not in self._lines:
            self._lines[name] = line = Line(name, kubeconfig, self._folder, self._handle, self._run)

            async def begin() -> None:
                self._sessions[line] = line.session()
                await line.listen()

            self._run(begin)
        return self._lines[name]

    def fault(self, fault: F, match: Match | None = None, *, times: int | None = None, skip: int = 0) -> Rule[F]:
        """Put a fault in force for what ``match`` matches; it strikes ``times`` times, after ``skip`` that it spares.

        A strike is a request, a watch, or an event of a watch, whatever the fault is about.
        """
        rule = Rule(fault, match or Match(), times, skip, self._remove)

        async def add() -> None:
            self._rules.add(rule)

        self._run(add)
        return rule

    def close(self) -> None:
        """End all connections and the thread."""
        if not self._thread.is_alive():
            return
        self._run(self._shut_down)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    async def _shut_down(self) -> None:
        for line in self._lines.values():
            await line.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for session in self._sessions.values():
            if isinstance(session.connector, TCPConnector):
                await session.connector.close(abort_ssl=True)
            await session.close()

    def _remove(self, rule: Rule[F]) -> None:
        async def remove() -> None:
            self._rules.remove(rule)

        self._run(remove)

    def _run(self, action: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await action()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    async def _handle(self, line: Line, request: web.BaseRequest) -> web.StreamResponse:
        agent = request.headers.get("User-Agent", "")
        seen = read_request(line.name, agent, request.method, request.path, request.query)
        entry = self.log.add(Entry(seen, dict(request.query)))
        return await Passage(line, self._sessions[line], request, seen, entry, self._rules).run()
