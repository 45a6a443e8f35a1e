"""What kubelet and Prometheus ask of a process: is it alive, is it ready, what are its numbers."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.listening import every_address

SILENCE_LIMIT = 180.0
"""Seconds without list, event or bookmark after which a process is better restarted; bookmarks come every minute.

A resource without bookmarks may be silent for as long as it likes.
"""


class HealthServer:
    """``/livez``, ``/readyz``, ``/metrics``. A standby that has filled its caches once is ready."""

    def __init__(
        self, informers: Sequence[Informer[Any]], registry: CollectorRegistry, *, silence_limit: float = SILENCE_LIMIT
    ) -> None:
        self._informers = informers
        self._registry = registry
        self._silence_limit = silence_limit
        app = web.Application()
        app.router.add_get("/livez", self._livez)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self, host: str | None, port: int) -> int:
        """Listen, as `listen` says."""
        return await listen(self._runner, host, port)

    async def stop(self) -> None:
        """Close the port."""
        await self._runner.cleanup()

    async def _livez(self, _: web.Request) -> web.Response:
        now = asyncio.get_running_loop().time()
        told = [i for i in self._informers if i.resource.bookmarks]
        silent = [i for i in told if now - i.last_contact > self._silence_limit]
        return probe_answer([f"{i.resource.full_name}: no contact for {now - i.last_contact:.0f} s" for i in silent])

    async def _readyz(self, _: web.Request) -> web.Response:
        """Ready without a namespace that is refused: to serve the others is all that any replica can do."""
        refused = [
            f"{i.resource.full_name}: going on without namespace {namespace}: {error}"
            for i in self._informers
            for namespace, error in sorted(i.refused.items())
        ]
        return probe_answer(
            [f"{i.resource.full_name}: not listed yet" for i in self._informers if not i.synced], refused
        )

    async def _metrics(self, _: web.Request) -> web.Response:
        return metrics_answer(self._registry)


async def listen(runner: web.AppRunner, host: str | None, port: int) -> int:
    """Listen on ``host``, or on all addresses of IPv4 and IPv6 that the machine has.

    The answer is the port, also where 0 was asked for. Raises OSError if it is taken.
    """
    await runner.setup()
    site = web.TCPSite(runner, host, port) if host else web.SockSite(runner, every_address(port))
    await site.start()
    return runner.addresses[0][1]


def metrics_answer(registry: CollectorRegistry) -> web.Response:
    """All numbers of a registry, for Prometheus."""
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def probe_answer(problems: Sequence[str], notes: Sequence[str] = ()) -> web.Response:
    """What kubelet and people are told: 503 and the problems, or 200; a line for each."""
    return web.Response(status=503 if problems else 200, text="\n".join([*(problems or ["ok"]), *notes]) + "\n")
