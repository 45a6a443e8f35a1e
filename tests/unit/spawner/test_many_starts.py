"""A class that clicks in the same moment."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from tornado.web import HTTPError

from jupyternetes.api import conditions, reasons
from jupyternetes.spawner.cluster import connection
from jupyternetes.spawner.cluster.connection import LAUNCHES
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging, condition


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that makes no room for others however long a start is not taken up."""
    monkeypatch.setattr(connection, "_TAKEN_UP", sys.maxsize)


def begin(hubs: Hubs, number: int) -> list[asyncio.Task[str]]:
    """So many users click."""
    return [asyncio.create_task(hubs.spawner(f"user-{each}").start()) for each in range(number)]


async def whole(story: AsyncIterator[Any]) -> list[Any]:
    """Everything that is told of a start, once it has ended."""
    return [event async for event in story]


async def end(starts: Iterable[asyncio.Task[str]]) -> None:
    """They are given up, as JupyterHub does when their time is over."""
    each = list(starts)
    for start in each:
        start.cancel()
    await asyncio.gather(*each, return_exceptions=True)


def asked_for(client: FakeClient) -> list[dict[str, Any]]:
    """The Instances that were set going."""
    return [instance for instance in client.instances.values() if not instance["spec"]["suspend"]]


def tell(client: FakeClient, instance: dict[str, Any], reason: reasons.Reason) -> None:
    """The Pod operator says why there is no pod yet, or why there will be none."""
    said = condition(conditions.PODS_PROVISIONED, instance["metadata"]["generation"], reason=reason.name)
    client.set_status(instance["metadata"]["namespace"], instance["metadata"]["name"], {"conditions": [said]})


async def test_fifty_users_start_without_seeing_each_other_L13(hubs: Hubs, client: FakeClient) -> None:
    names = [f"user-{number}" for number in range(50)]
    ports: dict[str, int] = {Owner(name).instance_name: 9000 + number for number, name in enumerate(names)}

    class Each(Obliging):
        def __call__(self, instance: dict[str, Any]) -> None:
            self.port = ports[instance["metadata"]["name"]]
            super().__call__(instance)

    client.operators = Each(client)

    urls = await asyncio.gather(*(hubs.spawner(name).start() for name in names))

    assert urls == [f"http://10.1.2.3:{9000 + number}" for number in range(50)]
    assert [call[0] for call in client.calls].count("list") == 1
    assert [call[0] for call in client.calls].count("watch") == 1
    assert len(client.writes) == 150


async def test_first_of_many_starts_is_set_going_before_the_last_has_asked_L13(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    await asyncio.gather(*begin(hubs, 3 * LAUNCHES))

    requests = [call[:2] for call in client.calls]
    first_started = requests.index(("patch", "JupyterNotebookInstance"))
    assert requests[:first_started].count(("create", "JupyterNotebookInstance")) <= LAUNCHES


@pytest.mark.usefixtures("patient")
async def test_starts_that_no_operator_has_taken_up_keep_the_next_ones_back_L13(hubs: Hubs, client: FakeClient) -> None:
    """Otherwise all of a class wait about as long as the last: the cluster does a little for each in turn."""
    starts = begin(hubs, 2 * LAUNCHES)
    await eventually(lambda: len(asked_for(client)) == LAUNCHES)
    assert len(client.instances) == LAUNCHES

    for instance in asked_for(client):
        tell(client, instance, reasons.WAITING_FOR_ENTRIES)

    await eventually(lambda: len(asked_for(client)) == 2 * LAUNCHES)
    await end(starts)


@pytest.mark.usefixtures("patient")
async def test_starts_that_fail_make_room_L13(hubs: Hubs, client: FakeClient) -> None:
    def refuse(instance: dict[str, Any]) -> None:
        if not (instance["spec"]["suspend"] or instance.get("status")):
            tell(client, instance, reasons.TEMPLATE_NOT_FOUND)

    client.operators = refuse

    ends = await asyncio.gather(*begin(hubs, 3 * LAUNCHES), return_exceptions=True)

    assert all(isinstance(each, HTTPError) for each in ends)


@pytest.mark.usefixtures("patient")
async def test_starts_that_are_given_up_make_room_L13(hubs: Hubs, client: FakeClient) -> None:
    starts = begin(hubs, 2 * LAUNCHES)
    await eventually(lambda: len(asked_for(client)) == LAUNCHES)

    await end(starts[:LAUNCHES])

    await eventually(lambda: len(asked_for(client)) == 2 * LAUNCHES)
    await end(starts)


@pytest.mark.usefixtures("patient")
async def test_start_that_is_stopped_while_it_waits_for_its_turn_asks_for_nothing_L13(
    hubs: Hubs, client: FakeClient
) -> None:
    starts = begin(hubs, LAUNCHES)
    spawner = hubs.spawner("late")
    late = asyncio.create_task(spawner.start())
    await eventually(lambda: len(asked_for(client)) == LAUNCHES)

    await spawner.stop()
    again = asyncio.create_task(spawner.start())
    await asyncio.sleep(0)
    story = asyncio.create_task(whole(spawner.progress()))
    await end(starts)
    with pytest.raises(HTTPError):
        await late

    await eventually(lambda: len(asked_for(client)) == LAUNCHES + 1)
    assert not story.done(), "what is told of the second start does not end with the first"
    await end([again])
    await story


async def test_operators_that_say_nothing_keep_nobody_back_for_long_L13(hubs: Hubs, client: FakeClient) -> None:
    starts = begin(hubs, 3 * LAUNCHES)

    await eventually(lambda: len(asked_for(client)) == 3 * LAUNCHES)

    await end(starts)
