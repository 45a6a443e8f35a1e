"""Fixtures of the spawner's unit tests: a hub's own user and database around a cluster that is made up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import jupyterhub
import pytest
from aiohttp import web

from jupyternetes.runtime.client import Client
from jupyternetes.spawner import JupyternetesSpawner
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.hubs import Hubs, database, db, hub, hub_process, hubs
from tests.unit.spawner.obliging_operators import Obliging

__all__ = ["database", "db", "hub", "hub_process", "hubs"]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """The cluster; whoever connects gets it."""
    fake = FakeClient()

    async def connect(kubeconfig: str | None = None, *, user_agent: str, write_bound: float) -> FakeClient:
        return fake

    monkeypatch.setattr(Client, "connect", connect)
    return fake


@pytest.fixture
def operators(client: FakeClient) -> Obliging:
    """Operators that do at once what is asked."""
    client.operators = Obliging(client)
    return client.operators


@pytest.fixture
async def notebook(operators: Obliging) -> AsyncIterator[None]:
    """What answers where the operators say that servers are."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(headers={"X-JupyterHub-Version": jupyterhub.__version__})

    server = web.Server(answer)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    operators.host, operators.port = "127.0.0.1", runner.addresses[0][1]
    yield
    await runner.cleanup()
    await close_http_client()


async def close_http_client() -> None:
    """The session with which JupyterHub looks whether servers answer: one for each event loop, which it leaves open."""
    with suppress(ImportError):  # before JupyterHub 6 there is none
        from jupyterhub.httpclient import JupyterHubHTTPClient

        await JupyterHubHTTPClient.loop_instance().close()


@pytest.fixture
def spawner(hubs: Hubs, client: FakeClient) -> JupyternetesSpawner:
    return hubs.spawner()


async def eventually(condition: Callable[[], bool], seconds: float = 25.0) -> None:
    """Until ``condition`` holds, which takes a few rounds of the event loop."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition is any; nobody signals it
            await asyncio.sleep(0)
