"""What kubelet and Prometheus are told (B66)."""

from dataclasses import replace

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Listing
from jupyternetes.runtime.errors import Gone, Status, Unreachable
from jupyternetes.runtime.health import HealthServer
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.metrics import ControllerMetrics, StateCollector
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi, Widget, answer, widget, widget_json


class Probe:
    def __init__(self, *informers: Informer[Widget], registry: CollectorRegistry, silence_limit: float) -> None:
        self._server = HealthServer(informers, registry, silence_limit=silence_limit)

    async def __aenter__(self) -> "Probe":
        self._port = await self._server.start("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop()

    async def get(self, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self._port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status, await response.text()


@pytest.fixture
def informer(client: Client) -> Informer[Widget]:
    return Informer(client, WIDGETS)


async def test_ready_only_after_the_first_list_B66(informer: Informer[Widget]) -> None:
    async with Probe(informer, registry=CollectorRegistry(), silence_limit=180) as probe:
        assert await probe.get("/readyz") == (503, "widgets.example.org: not listed yet\n")
        await informer.replace(None, Listing("10"))
        assert await probe.get("/readyz") == (200, "ok\n")


async def test_alive_unless_the_watch_is_silent_for_too_long_B66(informer: Informer[Widget]) -> None:
    await informer.replace(None, Listing("10"))

    async with Probe(informer, registry=CollectorRegistry(), silence_limit=180) as probe:
        assert await probe.get("/livez") == (200, "ok\n")
    async with Probe(informer, registry=CollectorRegistry(), silence_limit=0) as probe:
        status, text = await probe.get("/livez")
        assert status == 503
        assert text == "widgets.example.org: no contact for 0 s\n"


async def test_silence_is_no_sign_of_death_where_no_bookmarks_are_sent_B66(
    client: Client, informer: Informer[Widget]
) -> None:
    silent = Informer(client, replace(WIDGETS, plural="whispers", bookmarks=False))
    for each in (informer, silent):
        await each.replace(None, Listing("10"))

    async with Probe(silent, registry=CollectorRegistry(), silence_limit=0) as probe:
        assert await probe.get("/livez") == (200, "ok\n")
    async with Probe(silent, informer, registry=CollectorRegistry(), silence_limit=0) as probe:
        assert await probe.get("/livez") == (503, "widgets.example.org: no contact for 0 s\n")


async def test_metrics_are_bounded_and_right_after_a_start_B67(
    api: ScriptedApi, client: Client, informer: Informer[Widget]
) -> None:
    registry = CollectorRegistry()
    ControllerMetrics(registry).declare("pods", lambda: 3)
    lease = Lease(client, "lab", "pods", "me", LeaseTimes())
    registry.register(StateCollector(client, [informer], lease, lambda: informer.last_contact + 5))
    api.others.append(answer(widget_json("a", 3)))
    await client.get(WIDGETS, "lab", "a")
    await informer.replace(None, Listing("10", [widget("a", 3), widget("b", 4)]))
    informer.failed(None, Gone("watch widgets", Status(code=410)))
    informer.failed(None, Unreachable("watch widgets"))

    async with Probe(informer, registry=registry, silence_limit=180) as probe:
        status, text = await probe.get("/metrics")

    assert status == 200
    lines = text.splitlines()
    assert 'jupyternetes_reconcile_total{controller="pods",outcome="error"} 0.0' in lines
    assert 'jupyternetes_queue_depth{controller="pods"} 3.0' in lines
    assert 'jupyternetes_cache_objects{resource="widgets.example.org"} 2.0' in lines
    assert 'jupyternetes_cache_broken_objects{resource="widgets.example.org"} 0.0' in lines
    assert "jupyternetes_leader 0.0" in lines
    assert 'jupyternetes_cache_silence_seconds{resource="widgets.example.org"} 5.0' in lines
    assert 'jupyternetes_cache_failures_total{resource="widgets.example.org"} 1.0' in lines
    assert 'jupyternetes_api_requests_total{resource="widgets.example.org",status="200",verb="get"} 1.0' in lines


def test_a_process_that_shares_its_work_with_no_other_leads_nobody(client: Client) -> None:
    names = [metric.name for metric in StateCollector(client, [], None, lambda: 0.0).collect()]

    assert "jupyternetes_cache_objects" in names
    assert "jupyternetes_leader" not in names
