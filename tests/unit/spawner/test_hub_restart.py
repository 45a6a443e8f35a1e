"""What a new hub process finds of servers that outlived the old one."""

import asyncio
import json
from typing import Any

import pytest
from jupyterhub import orm

from jupyternetes.runtime.errors import Unreachable
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import Call, FakeClient
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging, crashed_status, running_status, stopped_status

NAME = Owner("jovyan").instance_name
HOME = "hub-home"


def restarted(hubs: Hubs, state: dict[str, Any], server: str = "") -> JupyternetesSpawner:
    """The spawner of a new hub process that has loaded ``state`` from its database."""
    hubs.hub = type(hubs.hub)(ip="10.0.0.1", port=8081, base_url="/jh/hub/")
    spawner = hubs.spawner(server=server)
    spawner.api_token = ""
    spawner.load_state(json.loads(json.dumps(state)))
    return spawner


async def test_running_server_is_found_again_under_changed_configuration_S01_B46(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    before = hubs.spawner()
    await before.start()
    hubs.config.JupyternetesSpawner.hub_id = "renamed"
    hubs.config.JupyternetesSpawner.template_name = "another"

    after = restarted(hubs, before.get_state())

    assert await after.poll() is None
    assert await after.get_url() == "http://10.1.2.3:8888/jh/user/jovyan/"
    assert after.get_state()["instance"] == NAME
    await after.stop()
    assert client.only()["spec"]["suspend"] is True


async def test_server_that_ended_meanwhile_gives_its_exit_code_B46(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    before = hubs.spawner()
    await before.start()
    client.set_status(HOME, NAME, stopped_status(client.only(), reason="Error", exit_code=5))

    assert await restarted(hubs, before.get_state()).poll() == 5


async def test_stopped_server_keeps_its_instance_when_the_configuration_changes_S02_S04(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    before = hubs.spawner()
    await before.start()
    await before.stop()
    before.clear_state()
    hubs.config.JupyternetesSpawner.hub_id = "renamed"
    hubs.config.JupyternetesSpawner.template_name = "another"

    after = restarted(hubs, before.get_state())
    after.clear_state()
    await after.start()

    assert client.only()["metadata"]["name"] == NAME
    assert client.only()["spec"]["template"]["name"] == "another"


async def test_server_stays_in_the_namespace_where_its_volume_is_S03(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    hubs.config.JupyternetesSpawner.instance_namespace = "a"
    before = hubs.spawner()
    await before.start()
    await before.stop()
    hubs.config.JupyternetesSpawner.instance_namespace = "b"

    await restarted(hubs, before.get_state()).start()

    assert client.only()["metadata"]["namespace"] == "a"


async def test_state_is_json_without_secrets_S05_B44(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    spawner.environment = {"SITE": "private-value"}

    await spawner.start()

    state = json.dumps(spawner.get_state())
    assert spawner.api_token not in state
    assert "private-value" not in state


async def test_restarted_hub_finds_all_running_servers_at_once_S06(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    names = [f"user-{number}" for number in range(20)]
    await asyncio.gather(*(hubs.spawner(name).start() for name in names))
    client.calls.clear()
    hubs.hub = type(hubs.hub)(ip="10.0.0.1", port=8081, base_url="/jh/hub/")

    assert await asyncio.gather(*(hubs.spawner(name).poll() for name in names)) == [None] * 20
    assert [verb for verb, _, _ in client.calls] == ["list", "watch"]


async def test_hub_that_died_during_a_start_finds_the_server_by_its_names_B47(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    await hubs.spawner(server="lab").start()

    after = restarted(hubs, {}, server="lab")

    assert await after.poll() is None
    assert await after.get_url() == "http://10.1.2.3:8888/jh/user/jovyan/lab/"
    await after.stop()
    assert await after.poll() == 0


async def test_url_of_a_server_that_is_still_starting_is_waited_for(hubs: Hubs, client: FakeClient) -> None:
    start = asyncio.ensure_future(hubs.spawner().start())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])
    start.cancel()
    await asyncio.wait([start])
    asked = asyncio.ensure_future(restarted(hubs, {}).get_url())
    await eventually(lambda: len(client._streams) == 2)
    assert not asked.done()

    client.set_status(HOME, NAME, running_status(client.only(), host="fd00::5"))

    assert await asked == "http://[fd00::5]:8888/jh/user/jovyan/"


@pytest.mark.looptime
async def test_url_is_the_stored_one_when_no_address_can_be_had(hubs: Hubs, client: FakeClient, db: Any) -> None:
    def fail(call: Call) -> None:
        raise Unreachable("no")

    client.before = fail
    spawner = restarted(hubs, {})
    row = orm.Server(base_url="/jh/user/jovyan/", ip="10.9.9.9", port=1234, proto="http")
    spawner.orm_spawner.server = row
    db.commit()

    assert await spawner.get_url() == "http://10.9.9.9:1234/jh/user/jovyan/"


@pytest.mark.looptime
async def test_stored_url_is_good_enough_while_the_server_is_not_ready_H03(
    hubs: Hubs, client: FakeClient, operators: Obliging, db: Any
) -> None:
    before = hubs.spawner()
    await before.start()
    client.set_status(HOME, NAME, crashed_status(client.only()))
    after = restarted(hubs, before.get_state())
    after.orm_spawner.server = orm.Server(base_url="/jh/user/jovyan/", ip="10.1.2.3", port=8888, proto="http")
    db.commit()
    began = asyncio.get_running_loop().time()

    assert await after.poll() is None
    assert await after.get_url() == "http://10.1.2.3:8888/jh/user/jovyan/"
    assert asyncio.get_running_loop().time() - began < 1

    client.set_status(HOME, NAME, running_status(client.only(), host="10.1.2.4"))
    await eventually(lambda: client._streams[-1].empty())
    assert await after.poll() is None
    assert after.server.ip == "10.1.2.4"


@pytest.mark.looptime
async def test_server_that_is_not_ready_after_a_restart_of_the_hub_is_stopped_at_once_H03(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    before = hubs.spawner()
    await before.start()
    client.set_status(HOME, NAME, crashed_status(client.only()))
    after = restarted(hubs, before.get_state())
    began = asyncio.get_running_loop().time()

    await after.stop()

    assert client.only()["spec"]["suspend"] is True
    assert await after.poll() == 0
    assert asyncio.get_running_loop().time() - began < 1


@pytest.mark.looptime
async def test_unfinished_start_of_the_old_hub_has_no_stored_url_to_go_by_H03(
    hubs: Hubs, client: FakeClient, db: Any
) -> None:
    start = asyncio.ensure_future(hubs.spawner().start())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])
    start.cancel()
    await asyncio.wait([start])
    after = restarted(hubs, {})
    after.orm_spawner.server = orm.Server(base_url="/jh/user/jovyan/")  # as JupyterHub makes it before a start
    db.commit()

    asked = asyncio.ensure_future(after.get_url())
    await eventually(lambda: len(client._streams) == 2)
    client.set_status(HOME, NAME, running_status(client.only()))

    assert await asked == "http://10.1.2.3:8888/jh/user/jovyan/"


@pytest.mark.parametrize(
    "state", [{}, {"pod_name": "jupyter-jovyan"}, {"version": 99, "instance": 3}, {"namespace": None}]
)
def test_any_old_state_can_be_loaded(hubs: Hubs, client: FakeClient, state: dict[str, Any]) -> None:
    spawner = restarted(hubs, state)

    spawner.clear_state()
    assert "start_id" not in spawner.get_state()


def make_token(hubs: Hubs, note: str) -> str:
    return hubs.user().new_api_token(note=note)


async def test_token_of_a_server_that_outlived_its_hub_is_revoked_with_it(
    hubs: Hubs, client: FakeClient, operators: Obliging, db: Any
) -> None:
    before = hubs.spawner()
    token = before.api_token = make_token(hubs, "Server at /jh/user/jovyan/")
    await before.start()
    after = restarted(hubs, before.get_state())
    await after.stop()

    after.clear_state()
    db.commit()

    assert orm.APIToken.find(db, token) is None


async def test_row_that_belongs_to_another_token_by_now_is_left_alone(
    hubs: Hubs, client: FakeClient, operators: Obliging, db: Any
) -> None:
    before = hubs.spawner()
    before.api_token = make_token(hubs, "Server at /jh/user/jovyan/")
    await before.start()
    state = before.get_state()
    db.delete(orm.APIToken.find(db, before.api_token))
    db.commit()
    others = make_token(hubs, "my own token")
    assert orm.APIToken.find(db, others).id == state["token_id"]

    restarted(hubs, state).clear_state()
    db.commit()

    assert orm.APIToken.find(db, others) is not None
