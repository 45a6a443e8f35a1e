"""One process from start to end: follow the deployment, keep the verdict current, listen, and end on a signal."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry

from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.serve.current import Current
from jupyternetes.graph.serve.guard import is_loopback
from jupyternetes.graph.serve.metrics import GraphMetrics
from jupyternetes.graph.serve.passes import Passes
from jupyternetes.graph.serve.site import Site
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.health import listen
from jupyternetes.runtime.metrics import StateCollector
from jupyternetes.runtime.process import StartupError, stop_signals

log = logging.getLogger(__name__)

#: Seconds that requests in hand have to end.
_GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen: a ``host``, or None for every address, and a port; 0 takes a free one."""

    host: str | None
    port: int

    @property
    def serves_pages(self) -> bool:
        """Names of people are for this machine alone."""
        return self.host is not None and is_loopback(self.host)

    def __str__(self) -> str:
        host = self.host or "*"
        return f"{f'[{host}]' if ':' in host else host}:{self.port}"


async def serve(
    client: Client, follower: Follower, make: Callable[[Observed], Awaitable[Graph]], places: Sequence[Place]
) -> None:
    """Work until SIGTERM or SIGINT. ``make``: the graph of what was observed.

    Raises StartupError if a place is taken, or what made a part of it fail.
    """
    clock = asyncio.get_running_loop().time
    registry = CollectorRegistry()
    metrics = GraphMetrics(registry, now=clock, silence=follower.silent_for)
    registry.register(StateCollector(client, follower.informers, None, clock))
    current = Current(keep_graph=any(place.serves_pages for place in places))
    site = Site(current, metrics, registry)
    passes = asyncio.create_task(Passes(follower, make, current, metrics).run())
    runners: list[web.AppRunner] = []
    with stop_signals() as stop:
        stopped = asyncio.create_task(stop.wait())
        try:
            for place in places:
                app = site.pages() if place.serves_pages else site.probes()
                runners.append(
                    runner := web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=_GRACE)
                )
                await _listen(runner, place)
            await asyncio.wait([passes, stopped], return_when=asyncio.FIRST_COMPLETED)
            if passes.done():
                await passes
        finally:
            for task in (passes, stopped):
                task.cancel()
            await asyncio.gather(passes, stopped, return_exceptions=True)
            for runner in runners:
                await runner.cleanup()


async def _listen(runner: web.AppRunner, place: Place) -> None:
    try:
        port = await listen(runner, place.host, place.port)
    except OSError as error:
        raise StartupError(f"cannot listen on {place}: {error}; choose another port") from error
    there = Place(place.host, port)
    log.info("pages at http://%s/" if place.serves_pages else "health and metrics on %s", there)
