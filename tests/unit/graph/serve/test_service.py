"""The whole process on a fake API server: what happens in the cluster reaches a page, and a signal ends it in order."""

import asyncio
import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, ClientTimeout

from jupyternetes.graph.causes.signs import HOLD, Nature
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.serve import passes
from jupyternetes.graph.serve.service import Place, serve
from jupyternetes.runtime.process import StartupError
from tests.support.fakekube import PODS, FakeKube
from tests.unit.graph.discovery.recordings import JUPYTERNETES, NAMESPACES
from tests.unit.graph.discovery.test_collect import fake
from tests.unit.graph.serve.serving import got
from tests.unit.runtime.following import eventually

__all__ = ["fake"]

PAGES, HEALTH = Place("127.0.0.1", 0), Place(None, 0)
HUB = "hub-58d9c7bb6f-n7n7n"
OUT_OF_MEMORY = {
    "conditions": [{"type": "Ready", "status": "False"}],
    "containerStatuses": [
        {
            "name": "hub",
            "ready": False,
            "restartCount": 1,
            "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
        }
    ],
}


async def make(observed: Observed) -> Graph:
    """Without asking hubs, of which there are none."""
    return build(observed)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(passes, "LEAST", 0.01)
    monkeypatch.setattr(passes, "MOST", 0.1)
    caplog.set_level("INFO")


@asynccontextmanager
async def running(fake: FakeKube, caplog: pytest.LogCaptureFixture, *places: Place) -> AsyncIterator[list[int]]:
    """The ports of a process, which ends in order with the block."""
    async with await fake.client() as client, Follower(client, NAMESPACES[JUPYTERNETES]) as follower:
        working = asyncio.create_task(serve(client, follower, make, places))
        ports: list[int] = []

        def all_listen() -> bool:
            ports[:] = map(int, re.findall(r"(?:pages at|health and metrics on) .*:(\d+)", caplog.text))
            return len(ports) == len(places) or working.done()

        await eventually(all_listen)
        yield ports
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(working, 10)


async def test_trouble_in_the_cluster_reaches_a_page_that_follows(
    fake: FakeKube, caplog: pytest.LogCaptureFixture
) -> None:
    limit = ClientTimeout(total=60)
    async with running(fake, caplog, PAGES) as (port,), ClientSession(timeout=limit) as session:
        async with session.get(f"http://127.0.0.1:{port}/events") as events:
            while not (await events.content.readline()).startswith(b"data: "):
                pass
            fake.registry.patch("merge", PODS, "lab", HUB, {"status": OUT_OF_MEMORY}, subresource="status")
            while b"OOMKilled" not in (await events.content.readline()):
                pass
        _, page = await got(port, "/")
        _, numbers = await got(port, "/metrics")

    assert "OOMKilled" in page
    assert 'jupyternetes_graph_nodes{kind="hub",state="failing"} 1.0' in numbers
    assert 'jupyternetes_cache_objects{resource="pods"}' in numbers
    assert 'jupyternetes_cache_failures_total{resource="pods"} 0.0' in numbers
    assert "jupyternetes_leader" not in numbers
    assert HUB not in numbers


async def test_beside_health_for_all_pages_can_be_had_on_loopback(
    fake: FakeKube, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, caplog, HEALTH, PAGES) as (health, pages):

        async def status(port: int, path: str) -> int:
            return (await got(port, path))[0].status

        while await status(health, "/readyz") != 200:
            pass
        answers = [await status(port, path) for port in (health, pages) for path in ("/causes.json", "/metrics")]

    assert answers == [404, 200, 200, 200]


async def test_a_port_that_is_taken_is_named_with_the_way_out(fake: FakeKube) -> None:
    async with await fake.client() as client, Follower(client, NAMESPACES[JUPYTERNETES]) as follower:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(StartupError, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*choose another port"):
                await serve(client, follower, make, [Place("127.0.0.1", port)])


async def test_what_fails_in_a_pass_ends_the_process(fake: FakeKube) -> None:
    async def broken(_: Observed) -> Graph:
        raise ValueError("no graph")

    async with await fake.client() as client, Follower(client, NAMESPACES[JUPYTERNETES]) as follower:
        with pytest.raises(ValueError, match="no graph"):
            await asyncio.wait_for(serve(client, follower, broken, [PAGES]), 10)


def test_a_large_deployment_leaves_a_core_some_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # of the hurry

    pauses = [passes.pause(used, changed=False) for used in (0.0, 0.5, 1.5, 60.0)]
    assert pauses == [(1, 5), (2, 5), (6, 6), (10, 10)]


def test_what_came_up_with_a_change_is_judged_again_as_soon_as_it_may_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # of the hurry

    least, most = passes.pause(0.0, changed=True)
    assert least <= HOLD[Nature.OWN] < most < HOLD[Nature.OWN] + 1
    assert passes.pause(60.0, changed=True) == (10, 10)


@pytest.mark.parametrize(
    ("place", "pages", "text"),
    [
        (Place("127.0.0.1", 1), True, "127.0.0.1:1"),
        (Place("localhost", 1), True, "localhost:1"),
        (Place("::1", 1), True, "[::1]:1"),
        (Place("10.0.0.1", 1), False, "10.0.0.1:1"),
        (Place(None, 1), False, "*:1"),
    ],
)
def test_pages_are_for_loopback_alone(place: Place, pages: bool, text: str) -> None:
    assert (place.serves_pages, str(place)) == (pages, text)
