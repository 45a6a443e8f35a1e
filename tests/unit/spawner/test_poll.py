"""Polling: an integer only on positive evidence, and never an exception."""

import asyncio
from typing import Any

import pytest
from jupyterhub import orm
from jupyterhub.objects import Server

from jupyternetes.runtime.errors import ConfigurationError, UnknownOutcome, Unreachable
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.cluster.connection import Cluster
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import Call, FakeClient, refused
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging, running_status, stopped_status

NAME = Owner("jovyan").instance_name
HOME = "hub-home"


async def test_fresh_spawner_is_not_running_L01(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    assert await spawner.poll() == 0


async def test_running_server_is_alive_and_costs_no_request_L03_P14(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    spawners = [hubs.spawner(f"user-{number}") for number in range(20)]
    await asyncio.gather(*(spawner.start() for spawner in spawners))
    client.calls.clear()

    assert await asyncio.gather(*(spawner.poll() for spawner in spawners)) == [None] * 20
    assert client.calls == []


@pytest.mark.parametrize(
    ("reason", "exit_code", "answer"),
    [("Completed", 0, 0), ("Error", 3, 3), ("OOMKilled", 137, 137), ("PodGone", None, 0)],
)
async def test_ended_server_gives_its_exit_code_P02_P03_P04_P07_B46(
    spawner: JupyternetesSpawner,
    client: FakeClient,
    operators: Obliging,
    reason: str,
    exit_code: int | None,
    answer: int,
) -> None:
    await spawner.start()

    client.set_status(HOME, NAME, stopped_status(client.only(), reason=reason, exit_code=exit_code))
    await eventually(lambda: client._streams[0].empty())

    assert await spawner.poll() == answer


async def test_pod_that_restarts_or_is_not_ready_is_alive_P08(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    pods = client.only()["status"]["pods"]

    client.set_status(HOME, NAME, {"address": "", "pods": {"notebook": pods["notebook"] | {"state": "Processed"}}})
    await eventually(lambda: client._streams[0].empty())

    assert await spawner.poll() is None


async def test_instance_that_is_gone_is_believed_only_to_the_API_server_P07(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    client.remove(HOME, NAME)
    await eventually(lambda: client._streams[0].empty())
    client.calls.clear()

    assert await spawner.poll() == 0
    assert client.writes == [("get", "JupyterNotebookInstance")]


async def test_running_server_of_an_older_client_is_alive(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    metadata = {"name": NAME, "namespace": HOME}
    old = client.add({"metadata": metadata, "spec": {"variables": {"jupyterhub.user.name": "jovyan"}}})
    client.set_status(HOME, NAME, running_status(old))

    assert await spawner.poll() is None


@pytest.mark.parametrize("failure", [Unreachable("no"), refused(500, "InternalError"), RuntimeError("a mistake")])
async def test_nobody_knows_means_alive(
    spawner: JupyternetesSpawner,
    client: FakeClient,
    operators: Obliging,
    failure: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await spawner.start()

    async def fail(hub: object, kubeconfig: str) -> Cluster:
        raise failure

    monkeypatch.setattr(Cluster, "of", fail)

    assert await spawner.poll() is None


async def test_hub_without_a_cluster_takes_nothing_for_dead(
    spawner: JupyternetesSpawner, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(hub: object, *settings: object) -> Cluster:
        raise ConfigurationError("no kubeconfig")

    monkeypatch.setattr(Cluster, "of", connect)

    assert await spawner.poll() is None


@pytest.mark.looptime
async def test_first_poll_of_a_hub_waits_until_it_knows_S06(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    await hubs.spawner().start()
    hubs.hub = type(hubs.hub)(ip="10.0.0.2", port=8081, base_url="/jh/hub/")
    down = True

    def fail(call: Call) -> None:
        if down:
            raise Unreachable("the API server is restarting")

    client.before = fail
    polls = [asyncio.ensure_future(hubs.spawner().poll()) for _ in range(3)]
    await asyncio.sleep(30)
    assert not any(poll.done() for poll in polls)

    down = False

    assert await asyncio.gather(*polls) == [None, None, None]


async def test_watch_that_lags_behind_makes_no_running_server_dead(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    lost = [UnknownOutcome("lost", settled_at=0.0)]

    def lag(call: Call) -> None:
        client.silent = client.silent or call[0] == "patch"

    def lose_the_answer(call: Call) -> None:
        if call[0] == "patch" and lost:
            raise lost.pop()

    client.before, client.after = lag, lose_the_answer
    await spawner.start()

    assert await spawner.poll() is None


async def test_failed_start_is_alive_until_it_was_stopped_L14(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])
    client.operators = Obliging(client)

    start.cancel()
    await asyncio.wait([start])

    assert await spawner.poll() is None
    await spawner.stop()
    assert await spawner.poll() == 0


async def test_stored_address_follows_the_server_and_is_committed_once_P11_P12(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, db: Any
) -> None:
    await spawner.start()
    spawner.server = _server_row(spawner, db, ip="10.9.9.9", port=1234)
    path = spawner.server.base_url
    commits: list[str] = []
    db.commit, commit = lambda: commits.append("x") or commit(), db.commit

    assert await spawner.poll() is None
    spawner.port = 4321
    assert await spawner.poll() is None

    db.commit = commit
    db.expire_all()
    assert commits == ["x"]
    assert spawner.server.url == f"http://10.1.2.3:8888{path}"


def _server_row(spawner: JupyternetesSpawner, db: Any, *, ip: str, port: int) -> Any:
    row = orm.Server(base_url="/jh/user/jovyan/", ip=ip, port=port, proto="http")
    db.add(row)
    db.commit()
    return Server(orm_server=row)
