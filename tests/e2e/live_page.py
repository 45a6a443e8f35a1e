"""The page that follows the verdict, served to a real browser; what happens is published by the test."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry

from jupyternetes.graph.causes.verdict import judge_once
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.serve.current import Current
from jupyternetes.graph.serve.metrics import GraphMetrics
from jupyternetes.graph.serve.site import Site
from jupyternetes.runtime.health import listen


class LivePage:
    """A server in a thread of its own, for a browser that is driven from the test's."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="live-page")
        self.address = ""

    @contextmanager
    def serving(self, graph: Graph) -> Iterator["LivePage"]:
        """Serve the page of a graph until the end of the block."""
        self._thread.start()
        try:
            self._do(self._open())
            self.publish(graph)
            yield self
        finally:
            self.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def publish(self, graph: Graph) -> None:
        """Another look at the deployment."""

        async def published() -> None:
            self._current.publish(graph, judge_once(graph), changed=True)

        self._do(published())

    def stop(self) -> None:
        """Serve nothing more."""
        self._do(self._runner.cleanup())

    async def _open(self) -> None:
        registry = CollectorRegistry()
        self._current = Current(keep_graph=True)
        metrics = GraphMetrics(registry, now=self._loop.time, silence=lambda: 0.0)
        pages = Site(self._current, metrics, registry).pages()
        self._runner = web.AppRunner(pages, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        self.address = f"http://localhost:{await listen(self._runner, '127.0.0.1', 0)}/"

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)
