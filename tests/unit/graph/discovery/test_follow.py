"""Looking again and again costs one list and one watch a kind and namespace, and shows what a single look shows."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from jupyternetes.graph.discovery import seldom
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.collect import collect
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.objects.cluster import EVENTS
from jupyternetes.graph.discovery.objects.instances import INSTANCES
from jupyternetes.graph.discovery.objects.pod import PODS
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.model.graph import Graph
from jupyternetes.runtime.errors import Status, api_error
from tests.support.fakekube import FakeKube, on
from tests.unit.graph.discovery.recordings import JUPYTERNETES, NAMESPACES, recorded
from tests.unit.graph.discovery.test_collect import LISTED, fake, serve, without_optional_kinds
from tests.unit.runtime.following import eventually

__all__ = ["fake"]

PLACES = NAMESPACES[JUPYTERNETES]


def calls(fake: FakeKube) -> Counter[tuple[str, str, str]]:
    return Counter((call.verb, str(call.kind), call.namespace) for call in fake.faults.log)


def graph(observed: Observed) -> Graph:
    return build(replace(observed, taken=""))


async def both(fake: FakeKube, **options: Any) -> tuple[Observed, Observed]:
    async with await fake.client() as client:
        async with Follower(client, PLACES, **options) as follower:
            followed = await follower.look()
        return followed, await collect(client, PLACES, **options)


async def test_the_first_look_shows_what_a_single_look_shows(fake: FakeKube) -> None:
    followed, collected = await both(fake, cluster=True)

    assert graph(followed) == graph(collected)


async def test_further_looks_list_nothing_again(fake: FakeKube) -> None:
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        for _ in range(5):
            await follower.look()

    assert {count for (verb, _, _), count in calls(fake).items() if verb in ("list", "watch")} == {1}
    assert {kind for verb, kind, _ in calls(fake) if verb == "list"} == set(LISTED)


async def test_a_change_is_shown_and_ends_the_wait(fake: FakeKube) -> None:
    pods = next(kind for kind in fake.registry.kinds.values() if kind.kind == "Pod")
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        before = {pod.metadata.name for pod in (await follower.look()).pods}
        fake.registry.create(pods, "lab", {"metadata": {"name": "new"}, "spec": {"containers": [{"name": "c"}]}})

        await follower.wait(least=0, most=60)

        after = {pod.metadata.name for pod in (await follower.look()).pods}

    assert after - before == {"new"}


async def test_a_look_without_patience_shows_what_is_there_and_says_what_is_loading(fake: FakeKube) -> None:
    gate = fake.faults.hold(on("list", resource=INSTANCES.full_name), times=len(PLACES))
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        partly, loading = await follower.look(patience=0.2), follower.loading
        gate.set()
        changed = await follower.wait(least=0, most=60)
        whole = await follower.look()

    assert INSTANCES.plural in loading
    assert {(INSTANCES.plural, place) for place in PLACES} <= partly.unread
    assert "it is still loading" in {gap.why for gap in partly.gaps}
    assert changed, "the list that came ends the wait"
    assert (len(partly.instances), len(whole.instances), follower.loading) == (0, 3, [])


async def test_a_wait_without_changes_has_an_end(fake: FakeKube) -> None:
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        await follower.look()

        assert not await follower.wait(least=0, most=0.01)


@pytest.mark.parametrize("resource", [*LISTED, "nodes"])
async def test_a_missing_right_is_the_same_gap(fake: FakeKube, resource: str) -> None:
    fake.faults.answer(on("list", resource=resource), "Forbidden", times=999)

    followed, collected = await both(fake, cluster=True)

    assert set(followed.gaps) == set(collected.gaps)
    assert followed.unread == collected.unread


async def test_events_that_are_seen_are_recent_and_bounded(fake: FakeKube) -> None:
    followed, collected = await both(fake)

    assert [each.metadata.name for each in followed.events] == [each.metadata.name for each in collected.events]


async def test_the_same_namespace_twice_is_looked_at_once(fake: FakeKube) -> None:
    fake.faults.answer(on("list", resource="pods"), "Forbidden", times=999)
    async with await fake.client() as client, Follower(client, ("lab", "lab")) as follower:
        observed = await follower.look()

    assert observed.unread == {("pods", "lab")}


async def test_an_api_server_that_goes_away_is_seen_once_a_watch_breaks() -> None:
    async with serve(recorded(JUPYTERNETES), PLACES) as fake:
        fake.faults.answer(on("list", resource="ingresses.networking.k8s.io"), "Forbidden", times=999)
        client = await fake.client()
        follower = Follower(client, PLACES)
        before = await follower.look()
    async with client, follower:
        await eventually(lambda: follower.lost_contact)
        after = await follower.look()

    assert before.api.reachable
    assert not after.api.reachable
    [api] = [node for node in build(after).nodes if node.kind == "api-server"]
    assert (api.state, api.reason) == ("failing", "ApiUnavailable")
    assert len(after.instances) == len(before.instances), "what was known is shown on"
    assert (before.as_of, after.as_of) == ("", before.taken)
    assert build(after).as_of == before.taken


async def test_an_api_server_that_hangs_holds_up_no_look(fake: FakeKube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seldom, "_SOON", 0.05)
    gate = fake.faults.hold(on("get", resource="leases.coordination.k8s.io"), times=99)
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        observed = await follower.look()
        gate.set()

    assert observed.leases == []
    assert observed.instances


async def test_silence_lasts_from_the_last_word_of_the_kind_that_was_silent_longest(fake: FakeKube) -> None:
    clock = asyncio.get_running_loop().time
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        began = clock()
        assert follower.silent_for() == pytest.approx(clock() - began, abs=0.1)
        events, pods, instances = (follower.informer(kind, PLACES, "", "") for kind in (EVENTS, PODS, INSTANCES))
        for informer in (events, pods, instances):
            await informer.wait_synced()

        longest = min(each.last_contact for each in (pods, instances))  # Events need not be spoken of
        assert follower.silent_for() == pytest.approx(clock() - longest, abs=0.01)
        pods.failed("lab", api_error("list pods in lab", Status(code=403, reason="Forbidden", message="no")))
        assert follower.silent_for() == pytest.approx(clock() - instances.last_contact, abs=0.01)


async def test_a_token_that_is_refused_later_is_a_gap(fake: FakeKube) -> None:
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        await follower.look()
        informer = follower.informer(PODS, PLACES, "", "")
        informer.failed("lab", api_error("watch pods in lab", Status(code=401, reason="Unauthorized", message="no")))

        gaps = (await follower.look()).gaps

    assert ["Unauthorized" in gap.why for gap in gaps if gap.what == "pods in lab"] == [True]


async def test_what_the_cluster_does_not_have_is_looked_for_once(fake: FakeKube) -> None:
    async with (
        await without_optional_kinds(fake).client() as client,
        Follower(client, PLACES, cluster=True) as follower,
    ):
        for _ in range(3):
            assert (await follower.look()).gaps == []

        assert client.calls["get", "apis", 404] == 3, "once for each of the three groups"


async def test_a_namespace_whose_list_keeps_failing_does_not_hide_the_others(fake: FakeKube) -> None:
    *others, failing = PLACES
    fake.faults.answer(on("list", resource="pods", namespace=failing), "InternalError", times=999)
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        look = await follower.look()

    assert follower.loading == []
    assert {place for resource, place in look.unread if resource == "pods"} == {failing}
    assert {pod.metadata.namespace for pod in look.pods} <= {*others}
    assert not any("still loading" in gap.why for gap in look.gaps)
