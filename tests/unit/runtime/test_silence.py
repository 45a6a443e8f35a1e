"""A watch in which nothing happens: what it costs, and when it is taken for dead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from jupyternetes.api.resources import EVENTS, PODS
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.resource import Resource
from tests.support.fakekube import CONFIG_MAPS
from tests.support.fakekube import EVENTS as EVENTS_OF_SERVER
from tests.unit.runtime.properties_memory import MemoryKube

pytestmark = pytest.mark.looptime

HOURS = 2 * 3600.0
SHORTEST_WATCH, LONGEST_WATCH, INACTIVITY = 240, 480, 90  # seconds
SHORTEST_WITHOUT, LONGEST_WITHOUT = 120, 240
COMPACTION = 300  # seconds: kube-apiserver's --etcd-compaction-interval; so old is what it leaves at least


@asynccontextmanager
async def followed(resource: Resource[Any]) -> AsyncIterator[MemoryKube]:
    """A server with nothing in it, whose silence an informer listens to."""
    kube = MemoryKube(asyncio.get_running_loop())
    following = asyncio.create_task(Informer(kube.client("tests"), resource).run())
    try:
        yield kube
    finally:
        following.cancel()


def asked(kube: MemoryKube, verb: str) -> list[float]:
    """When it was asked for that; a look at the server's version is no list."""
    return [call.at for call in kube.faults.log if call.verb == verb and call.query.get("limit") != "1"]


@pytest.mark.parametrize(
    ("resource", "shortest", "longest"),
    [
        pytest.param(PODS, SHORTEST_WATCH, LONGEST_WATCH, id="with bookmarks"),
        pytest.param(EVENTS, SHORTEST_WITHOUT, LONGEST_WITHOUT, id="without"),
    ],
)
async def test_silent_watch_is_renewed_and_nothing_is_listed_C25(
    resource: Resource[Any], shortest: float, longest: float
) -> None:
    async with followed(resource) as kube:
        await asyncio.sleep(HOURS)

    assert len(asked(kube, "list")) == 1
    watches = [*asked(kube, "watch"), HOURS]
    pauses = [later - earlier for earlier, later in pairwise(watches)]
    assert min(pauses[:-1]) >= shortest
    assert max(pauses) < longest + 1, "it goes on at once, however long nothing was heard"


@pytest.mark.parametrize("resource", [PODS, EVENTS], ids=["with bookmarks", "without"])
async def test_what_others_change_costs_a_silent_watch_no_list_C25(resource: Resource[Any]) -> None:
    """Leases are renewed in the most silent cluster, and its history is cut every five minutes."""
    async with followed(resource) as kube:
        state = kube.registry.state
        for number in range(int(HOURS / COMPACTION)):
            before = state.version
            for each in range(10):
                kube.registry.create(CONFIG_MAPS, "lab", {"metadata": {"name": f"other-{number}-{each}"}})
            await asyncio.sleep(COMPACTION)
            state.compact(before)

    assert len(asked(kube, "list")) == 1
    assert len(kube.faults.log) < 4 * HOURS / SHORTEST_WITHOUT


async def test_what_a_silent_watch_withheld_at_its_end_is_told_by_the_next_C25() -> None:
    """The next one goes on from no later than the beginning of the last."""
    kube = MemoryKube(asyncio.get_running_loop())
    informer = Informer(kube.client("tests"), EVENTS)
    following = asyncio.create_task(informer.run())
    for number in range(20):
        await asyncio.sleep(10 + 15 * number)
        for watch in kube.watches:
            watch.held = True
        kube.registry.create(EVENTS_OF_SERVER, "lab", {"metadata": {"name": f"e{number}"}, "involvedObject": {}})
        for watch in kube.watches:
            watch.end()
        await asyncio.sleep(31)
        assert len(informer) == number + 1
    following.cancel()

    assert len(asked(kube, "list")) == 1


async def test_silence_longer_than_the_history_costs_one_list_and_no_word(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="jupyternetes.runtime")
    async with followed(EVENTS) as kube:
        for number in range(int(HOURS / 300)):
            await asyncio.sleep(300)
            kube.registry.create(CONFIG_MAPS, "lab", {"metadata": {"name": f"other-{number}"}})
            kube.registry.state.compact()

    assert 1 < len(asked(kube, "list")) <= HOURS / SHORTEST_WITHOUT + 1
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("resource", "latest"),
    [pytest.param(PODS, INACTIVITY, id="with bookmarks"), pytest.param(EVENTS, LONGEST_WITHOUT, id="without")],
)
async def test_watch_from_the_future_of_a_restored_server_is_given_up_B63(
    resource: Resource[Any], latest: float
) -> None:
    """Where the watch was ended in order, as by a load balancer that shuts down, nobody heard of a break."""
    async with followed(resource) as kube:
        saved = kube.registry.state.version
        for number in range(9):
            kube.registry.create(CONFIG_MAPS, "lab", {"metadata": {"name": f"other-{number}"}})
        await asyncio.sleep(600)
        kube.cut_watches()  # so that a list tells it how far the server is
        await asyncio.sleep(1)
        restored = asyncio.get_running_loop().time()
        kube.registry.state.restore(saved)
        for watch in kube.watches:
            watch.end()
        await asyncio.sleep(600)

    assert restored < asked(kube, "list")[-1] <= restored + latest + 1
    assert len(asked(kube, "list")) == 3


@pytest.mark.parametrize(
    ("resource", "earliest", "latest"),
    [
        pytest.param(PODS, INACTIVITY, INACTIVITY, id="with bookmarks"),
        pytest.param(EVENTS, SHORTEST_WITHOUT + INACTIVITY, LONGEST_WITHOUT + INACTIVITY, id="without"),
    ],
)
async def test_dead_watch_is_given_up_once_a_word_is_overdue_B63(
    resource: Resource[Any], earliest: float, latest: float
) -> None:
    async with followed(resource) as kube:
        await asyncio.sleep(1)
        [watch] = kube.watches
        watch.lines = asyncio.Queue()  # what the server says from now on does not arrive
        await asyncio.sleep(600)

    first, second = asked(kube, "list")
    assert earliest <= second - first <= latest + 1
