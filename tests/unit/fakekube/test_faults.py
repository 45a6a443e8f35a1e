"""The faults that the fake API server can be told to make, seen by our client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import aiohttp
import pytest

from jupyternetes.api.resources import PODS
from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from tests.support import fakekube
from tests.support.fakekube import FakeKube, Fault, on

POD = {"metadata": {"generateName": "a-"}, "spec": {"containers": []}}


@pytest.fixture
async def fake() -> AsyncIterator[FakeKube]:
    async with FakeKube(namespaces=["lab"]) as fake:
        yield fake


@pytest.fixture
async def client(fake: FakeKube) -> AsyncIterator[Client]:
    async with await fake.client("tester/1") as client:
        yield client


def pods(fake: FakeKube) -> int:
    return len(fake.registry.state.objects(fakekube.PODS, "lab"))


async def test_planned_refusals_befall_only_what_matches_and_only_so_often(fake: FakeKube, client: Client) -> None:
    fake.faults.answer(on("create", resource="pods", agent="tester"), "TooManyRequests", retry_after=2, times=2)

    await client.list(PODS, "lab")
    for _ in range(2):
        with pytest.raises(errors.TooManyRequests) as caught:
            await client.create(PODS, "lab", POD)
        assert caught.value.retry_after == 2
    await client.create(PODS, "lab", POD)

    assert pods(fake) == 1


async def test_lost_answer_leaves_the_object_and_lost_request_leaves_none(fake: FakeKube, client: Client) -> None:
    fake.faults.lose_answer(on("create"))
    fake.faults.lose_request(on("create"))

    left: list[int] = []
    for _ in range(2):
        with pytest.raises(errors.UnknownOutcome):
            await client.create(PODS, "lab", POD)
        left.append(pods(fake))

    assert left == [1, 1]
    assert [(call.status, call.committed) for call in fake.faults.log] == [(0, True), (0, False)]


async def test_held_write_is_committed_when_it_is_let_go(fake: FakeKube, client: Client) -> None:
    gate = fake.faults.hold(on("create"))
    creating = asyncio.create_task(client.create(PODS, "lab", POD))
    await client.list(PODS, "lab")  # answered past what is held
    before = pods(fake)

    gate.set()
    await creating

    assert (before, pods(fake)) == (0, 1)


@pytest.mark.looptime
async def test_write_whose_time_is_over_is_never_committed(fake: FakeKube, client: Client) -> None:
    fake.faults.delay(on("create"), 60)

    with pytest.raises(errors.UnknownOutcome):
        await client.create(PODS, "lab", POD)

    assert (pods(fake), fake.faults.log[0].status, fake.faults.log[0].committed) == (0, 504, False)


async def test_unplanned_requests_are_decided_one_by_one(fake: FakeKube, client: Client) -> None:
    fake.faults.decide = lambda call: Fault(lost=True) if call.writes else None

    await client.list(PODS, "lab")
    with pytest.raises(errors.UnknownOutcome):
        await client.create(PODS, "lab", POD)
    fake.faults.clear()
    await client.create(PODS, "lab", POD)

    assert [call.verb for call in fake.faults.calls(on("create", "list"))] == ["list", "create", "create"]


async def test_watches_are_held_released_and_dropped(fake: FakeKube, client: Client) -> None:
    version = (await client.list(PODS, "lab")).resource_version
    async with aclosing(client.watch(PODS, "lab", resource_version=version)) as watch:
        first = asyncio.ensure_future(anext(watch))
        await until_watched(fake)
        fake.hold_watches(on(resource="pods"))
        made = [await client.create(PODS, "lab", POD) for _ in range(2)]
        fake.bookmark()
        silent = not first.done()

        fake.release_watches()
        fake.bookmark()
        events = [await first, await anext(watch), await anext(watch)]
        fake.drop_watches()
        with pytest.raises(errors.Unreachable):
            await anext(watch)

    assert silent
    assert [event.type for event in events] == ["ADDED", "ADDED", "BOOKMARK"]
    assert [event.object for event in events] == [*made, None]


async def test_watch_is_told_that_it_is_too_old_in_the_stream_or_by_status(fake: FakeKube, client: Client) -> None:
    version = (await client.list(PODS, "lab")).resource_version
    async with aclosing(client.watch(PODS, "lab", resource_version=version)) as watch:
        first = asyncio.ensure_future(anext(watch))
        await until_watched(fake)
        fake.expire_watches()
        with pytest.raises(errors.Gone):
            await first

    fake.faults.answer(on("watch"), "Expired")
    async with aclosing(client.watch(PODS, "lab", resource_version=version)) as watch:
        with pytest.raises(errors.Gone):
            await anext(watch)


async def test_restored_cluster_is_younger_than_what_clients_saw(fake: FakeKube, client: Client) -> None:
    first = await client.create(PODS, "lab", POD)
    await client.create(PODS, "lab", POD)

    fake.registry.state.restore(int(first.metadata.resource_version))

    listing = await client.list(PODS, "lab")
    assert (listing.items, listing.resource_version) == ([first], first.metadata.resource_version)


async def test_same_seed_gives_the_same_names_and_uids() -> None:
    async def made(seed: int) -> list[tuple[str, str]]:
        async with FakeKube(namespaces=["lab"], seed=seed) as fake, await fake.client() as client:
            objects = [await client.create(PODS, "lab", POD) for _ in range(3)]
        return [(obj.metadata.name, obj.metadata.uid) for obj in objects]

    assert await made(1) == await made(1) != await made(2)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/api/v1/namespaces/lab/pods"), ("GET", "/api/v1/namespaces/lab/pods/a?pretty=true")],
)
async def test_what_the_fake_does_not_do_it_refuses(fake: FakeKube, method: str, path: str) -> None:
    async with aiohttp.ClientSession(fake.url) as session, session.request(method, path) as answer:
        assert answer.status == 501


async def until_watched(fake: FakeKube) -> None:
    """Returns once a watch is open."""
    async with asyncio.timeout(10):
        while not fake.watches():  # noqa: ASYNC110
            await asyncio.sleep(0)
