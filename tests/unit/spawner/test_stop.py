"""Stopping: when it is over, what it does about a start that is still going on, and what it waits out."""

import asyncio

import pytest
from tornado.web import HTTPError

from jupyternetes.runtime.errors import UnknownOutcome, Unreachable
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import Call, FakeClient, refused
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging, suspended_status

NAME = Owner("jovyan").instance_name
HOME = "hub-home"


async def test_stop_returns_once_the_pods_are_gone_L05_B50(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    operators.stopping = False
    stop = asyncio.ensure_future(spawner.stop())
    await eventually(lambda: client.only()["spec"]["suspend"])
    client.set_status(HOME, NAME, {"address": ""})
    await eventually(lambda: client._streams[0].empty())
    assert not stop.done()

    client.set_status(HOME, NAME, suspended_status(client.only()))

    await stop
    assert await spawner.poll() == 0
    assert "gracePeriodSeconds" not in client.only()["spec"]


async def test_stop_of_a_server_on_a_lost_node_ends_with_the_node_and_the_way_out_C27(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    operators.stopping = False
    stop = asyncio.ensure_future(spawner.stop())
    await eventually(lambda: client.only()["spec"]["suspend"])

    pods = client.only()["status"]["pods"]
    pods["notebook"] |= {"state": "Processed", "reason": "NodeLost", "message": "Node n does not answer"}
    client.set_status(HOME, NAME, client.only()["status"] | {"address": "", "pods": pods})

    with pytest.raises(HTTPError, match=r"Node n does not answer.*delete the Node"):
        await asyncio.wait_for(stop, timeout=5)
    client.set_status(HOME, NAME, suspended_status(client.only()))
    await spawner.stop()


async def test_stop_now_leaves_no_time_L08_B50(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()

    await spawner.stop(now=True)

    assert client.only()["spec"]["gracePeriodSeconds"] == 0

    await spawner.start()

    assert "gracePeriodSeconds" not in client.only()["spec"]


async def test_stop_of_what_never_started_is_fine_and_changes_nothing_L07(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    await spawner.stop()

    assert client.writes == [("get", "JupyterNotebookInstance")]


async def test_stopping_twice_is_fine_L07(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    await spawner.stop()
    client.calls.clear()

    await spawner.stop()

    assert client.writes == [("get", "JupyterNotebookInstance")]


async def test_stop_of_an_instance_that_its_hub_never_set_going_does_not_wait(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    owner = Owner("jovyan")
    metadata = {"name": NAME, "namespace": HOME, "labels": owner.labels, "annotations": owner.annotations}
    client.add({"metadata": metadata, "spec": {"suspend": True, "startId": "1"}})

    await spawner.stop()

    assert client.only()["metadata"]["generation"] == 1


async def test_instance_deleted_meanwhile_is_stopped_L07_B50(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    operators.stopping = False
    stop = asyncio.ensure_future(spawner.stop())
    await eventually(lambda: client.only()["spec"]["suspend"])

    client.remove(HOME, NAME)

    await stop
    assert await spawner.poll() == 0


async def test_instance_that_was_replaced_meanwhile_is_stopped_too(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    replaced = client.only() | {"metadata": client.only()["metadata"] | {"uid": "new"}, "status": {}}

    def replace_once(call: Call) -> None:
        if call[0] == "patch" and client.only()["metadata"]["uid"] != "new":
            client.remove(HOME, NAME)
            client.add(replaced)

    client.before = replace_once

    await spawner.stop()

    assert client.only()["metadata"]["uid"] == "new"
    assert client.only()["spec"]["suspend"] is True


@pytest.mark.parametrize(
    "failure", [refused(500, "InternalError"), refused(429, "TooManyRequests"), Unreachable("no"), refused(409, "x")]
)
async def test_passing_failures_are_waited_out(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, failure: Exception
) -> None:
    await spawner.start()
    failures = [failure, failure]

    def fail(call: Call) -> None:
        if call[0] == "patch" and failures:
            raise failures.pop()

    client.before = fail

    await spawner.stop()

    assert client.only()["spec"]["suspend"] is True
    assert failures == []


async def test_stop_during_a_start_ends_both_L15(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    client.operators = lambda instance: operators(instance) if instance["spec"]["suspend"] else None
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])

    await spawner.stop()

    with pytest.raises(HTTPError, match="stopped while it was starting"):
        await start
    assert client.only()["spec"]["suspend"] is True


@pytest.mark.parametrize("step", ["list", "create", "patch"])
async def test_stop_at_any_step_of_a_start_leaves_nothing_running_L15(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, step: str
) -> None:
    reached = asyncio.Event()
    client.before = lambda call: reached.set() if call[0] == step else None
    start = asyncio.ensure_future(spawner.start())
    await reached.wait()

    await spawner.stop()
    await asyncio.wait([start])

    assert isinstance(start.exception(), HTTPError)
    assert all(instance["spec"]["suspend"] for instance in client.instances.values())


@pytest.mark.parametrize("rounds", range(0, 40, 3))
async def test_cancelled_start_is_stopped_whatever_it_was_doing_L15(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, rounds: int
) -> None:
    client.operators = lambda instance: operators(instance) if instance["spec"]["suspend"] else None
    start = asyncio.ensure_future(spawner.start())
    for _ in range(rounds):
        await asyncio.sleep(0)

    start.cancel()
    await asyncio.wait([start])
    if await spawner.poll() is None:
        await spawner.stop()

    assert start.cancelled()
    assert all(instance["spec"]["suspend"] for instance in client.instances.values())
    assert await spawner.poll() in (0, None)


@pytest.mark.looptime
async def test_request_that_may_still_take_effect_is_waited_for(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    loop = asyncio.get_running_loop()
    lost_at: list[float] = []

    def lose(call: Call) -> None:
        if call[0] == "patch" and not lost_at:
            lost_at.append(loop.time())
            start.cancel()
            raise UnknownOutcome("timeout", settled_at=loop.time() + 5.0)

    client.before = lose
    start = asyncio.ensure_future(spawner.start())
    await asyncio.wait([start])
    assert await spawner.poll() is None
    loop.call_later(4.0, lambda: client.edit(HOME, NAME, suspend=False))

    await spawner.stop()

    assert loop.time() - lost_at[0] >= 5.0
    assert client.only()["spec"]["suspend"] is True


async def test_stopping_one_server_leaves_the_others_B48(hubs: Hubs, client: FakeClient, operators: Obliging) -> None:
    default, lab = hubs.spawner(), hubs.spawner(server="lab")
    await asyncio.gather(default.start(), lab.start())

    await lab.stop()

    assert await lab.poll() == 0
    assert await default.poll() is None
