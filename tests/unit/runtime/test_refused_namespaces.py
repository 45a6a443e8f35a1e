"""Several namespaces, one of which the API server refuses: it was deleted, and its roles with it."""

import asyncio
import os
import signal

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Listing
from jupyternetes.runtime.errors import Forbidden, StartupError, Status
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.metrics import StateCollector
from jupyternetes.runtime.objects import ObjectKey
from tests.unit.runtime.following import Follow, eventually
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi, page, refusal, stream, widget_json
from tests.unit.runtime.test_health import Probe
from tests.unit.runtime.test_process import process

KEPT, LOST = "kept", "lost"
REFUSED = Forbidden("list widgets", Status(403, "Forbidden", "no right"))


class Site:
    """Answers by namespace; each has one widget, called like it."""

    def __init__(self, api: ScriptedApi) -> None:
        self.refused: dict[str, int] = {}
        self.watches_end = asyncio.Event()
        api.lists.extend([self._list] * 1000)
        api.watches.extend([self._watch] * 1000)
        self._version = 10

    async def _list(self, request: web.Request) -> web.StreamResponse:
        namespace = request.path.split("/")[-2]
        if code := self.refused.get(namespace):
            return await refusal(code, "Forbidden" if code == 403 else "NotFound")(request)
        self._version += 1
        return await page(self._version, widget_json(namespace, 3, namespace=namespace))(request)

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        if code := self.refused.get(request.path.split("/")[-2]):
            return await refusal(code, "Forbidden")(request)
        await self.watches_end.wait()
        return await stream(then="end")(request)


@pytest.fixture
def site(api: ScriptedApi) -> Site:
    return Site(api)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyternetes.runtime.backoff.delay", lambda *_, **__: 0.01)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("code", [403, 404])
async def test_the_others_are_complete_without_it_and_it_is_taken_up_again_C21(
    site: Site, follow: Follow, code: int
) -> None:
    site.refused = {LOST: code}
    follower = await follow(namespaces=[KEPT, LOST], fail_fast=True)

    await asyncio.wait_for(follower.informer.wait_synced(), 10)
    assert follower.names() == [KEPT]
    assert list(follower.informer.refused) == [LOST]

    site.refused = {}
    assert await follower.take(2) == [f"+{KEPT}@3", f"+{LOST}@3"]
    await eventually(lambda: not follower.informer.refused)


@pytest.mark.usefixtures("quick")
async def test_one_that_goes_later_is_known_by_its_next_refusal_C21(site: Site, follow: Follow) -> None:
    follower = await follow(namespaces=[KEPT, LOST], fail_fast=True)
    await asyncio.wait_for(follower.informer.wait_synced(), 10)

    site.refused = {LOST: 403}
    site.watches_end.set()
    await eventually(lambda: LOST in follower.informer.refused)

    assert not follower.task.done()
    assert list(follower.informer.refused) == [LOST]
    site.refused = {}
    await eventually(lambda: not follower.informer.refused)


async def test_a_list_that_a_new_leader_wants_waits_for_no_refused_namespace_C21(site: Site, follow: Follow) -> None:
    site.refused = {LOST: 403}
    follower = await follow(namespaces=[KEPT, LOST], fail_fast=True)
    await asyncio.wait_for(follower.informer.wait_synced(), 10)

    await asyncio.wait_for(follower.informer.relist(), 5)


async def test_it_is_asked_for_at_once_if_a_list_is_wanted(
    site: Site, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes the lead must not go by a list of before, nor wait for as long as the pause lasts."""
    monkeypatch.setattr("jupyternetes.runtime.backoff.delay", lambda _: 1000.0)
    site.refused = {LOST: 403}
    follower = await follow(namespaces=[KEPT, LOST], fail_fast=True)
    await asyncio.wait_for(follower.informer.wait_synced(), 10)

    site.refused = {}
    await asyncio.wait_for(follower.informer.relist(), 5)

    assert follower.names() == [KEPT, LOST]


async def test_a_process_works_in_the_others_C21(site: Site, client: Client) -> None:
    site.refused = {LOST: 403}
    seen: list[ObjectKey] = []

    async def reconcile(key: ObjectKey) -> None:
        seen.append(key)

    running = asyncio.create_task(
        process(client, reconcile, fail_fast=True, namespaces=(KEPT, LOST), sync_timeout=10).run()
    )
    await eventually(lambda: bool(seen) or running.done())
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)

    assert {key.namespace for key in seen} == {KEPT}


async def test_a_process_that_is_refused_everywhere_says_so_and_ends_C21(site: Site, client: Client) -> None:
    site.refused = {KEPT: 403, LOST: 403}

    with pytest.raises(StartupError, match="this account needs get, list and watch"):
        await process(client, fail_fast=True, namespaces=(KEPT, LOST), start_grace=0.3).run()


async def test_a_refused_namespace_is_no_silence_and_is_named_C21(client: Client) -> None:
    informer = Informer(client, WIDGETS, namespaces=[KEPT, LOST])
    now = asyncio.get_running_loop().time()
    await informer.replace(LOST, Listing("10"))
    await informer.replace(KEPT, Listing("11"))
    informer._contact[LOST] = now - 1000
    registry = CollectorRegistry()
    lease = Lease(client, "lab", "pods", "me", LeaseTimes())
    registry.register(StateCollector(client, [informer], lease, lambda: now))

    async with Probe(informer, registry=registry, silence_limit=180) as probe:
        assert (await probe.get("/livez"))[0] == 503
        informer.failed(LOST, REFUSED)
        assert await probe.get("/livez") == (200, "ok\n")
        assert await probe.get("/readyz") == (
            200,
            "ok\nwidgets.example.org: going on without namespace lost: list widgets: 403 Forbidden: no right\n",
        )
        refused = 'jupyternetes_cache_refused_namespaces{resource="widgets.example.org"} 1.0'
        assert refused in (await probe.get("/metrics"))[1]
        informer.failed(KEPT, REFUSED)
        assert (await probe.get("/livez"))[0] == 503, "nothing is left that a restart could harm"
