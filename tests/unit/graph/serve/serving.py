"""What is served, without a cluster: moments that a test publishes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientResponse, ClientSession, web
from prometheus_client import CollectorRegistry

from jupyternetes.graph.causes.verdict import judge_once
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.serve.current import Current
from jupyternetes.graph.serve.metrics import GraphMetrics
from jupyternetes.runtime.health import listen
from tests.support.graph_site import site

WELL = site().graph
BROKEN = site().ill("database", "NoPods").graph


def metrics(registry: CollectorRegistry | None = None) -> GraphMetrics:
    """Of a process whose clock stands still."""
    return GraphMetrics(registry or CollectorRegistry(), now=lambda: 0.0, silence=lambda: 3.0)


def publish(current: Current, graph: Graph, *, changed: bool = False) -> bool:
    """A new look at a deployment, judged."""
    return current.publish(graph, judge_once(graph), changed=changed)


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[int]:
    """The port of a real server on loopback."""
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    try:
        yield await listen(runner, "127.0.0.1", 0)
    finally:
        await runner.cleanup()


async def got(port: int, path: str, method: str = "GET", **headers: str) -> tuple[ClientResponse, str]:
    """An answer, read to its end."""
    url = f"http://127.0.0.1:{port}{path}"
    async with ClientSession() as session, session.request(method, url, headers=headers) as response:
        return response, await response.text()
