"""What kubelet hears of an operator whose API server is slow to answer, or falls silent (B66)."""

import asyncio

import aiohttp
from prometheus_client import CollectorRegistry

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.health import HealthServer
from jupyternetes.runtime.informer import Informer
from tests.integration.runtime.gadgets import GADGETS, gadget
from tests.support.faultproxy import FaultProxy, Hold, HoldBack, Line, Match


async def status(session: aiohttp.ClientSession, probe: str) -> int:
    async with session.get(probe) as answer:
        return answer.status


async def until(session: aiohttp.ClientSession, probe: str, wanted: int) -> None:
    """Until a probe is answered so."""
    async with asyncio.timeout(30):
        while await status(session, probe) != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_ready_once_all_is_listed_and_alive_unless_the_watch_is_silent_B66(
    proxy: FaultProxy, line: Line, direct: Client, gadget_namespace: str
) -> None:
    listing = proxy.fault(Hold(), Match(client="informer", verb="list"))
    async with (
        await Client.connect(line.kubeconfig, user_agent="informer/1") as client,
        aiohttp.ClientSession() as session,
    ):
        informer = Informer(client, GADGETS, namespaces=[gadget_namespace])
        health = HealthServer([informer], CollectorRegistry(), silence_limit=2)
        address = f"http://127.0.0.1:{await health.start('127.0.0.1', 0)}"
        following = asyncio.create_task(informer.run())
        await asyncio.to_thread(listing.wait)
        assert await status(session, f"{address}/readyz") == 503

        listing.lift()
        await until(session, f"{address}/readyz", 200)
        assert await status(session, f"{address}/livez") == 200

        with proxy.fault(HoldBack(), Match(client="informer", verb="watch")):
            await direct.create(GADGETS, gadget_namespace, gadget("unheard"))
            await until(session, f"{address}/livez", 503)
            assert await status(session, f"{address}/readyz") == 200, "its caches were filled once"

        await until(session, f"{address}/livez", 200)
        following.cancel()
        await asyncio.wait([following])
        await health.stop()
