"""A name is no identity: users are renamed, and names are given to other people, while JupyterHub's own code runs."""

import asyncio
from typing import Any

import pytest
from jupyterhub import orm

from jupyternetes.api import labels
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.hubs import HubProcess
from tests.unit.spawner.obliging_operators import Obliging

pytestmark = pytest.mark.usefixtures("notebook")

ANA = Owner("ana").instance_name
PLACE = "hub-home"


def annotations(client: FakeClient, name: str) -> dict[str, str]:
    return client.instances[PLACE, name]["metadata"]["annotations"]


def homes(client: FakeClient) -> set[str]:
    return {found["metadata"]["annotations"].get(labels.HOME, "") for found in client.instances.values()}


def uses(client: FakeClient, process: HubProcess, name: str, server: str = "") -> dict[str, Any]:
    """The Instance of a user's running server."""
    state = process.users[name].spawners[server].get_state()
    return client.instances[PLACE, state["instance"]]


async def work(process: HubProcess, name: str, server: str = "") -> dict[str, Any]:
    """Start a server and stop it; the saved state."""
    await process.user(name).spawn(server)
    await process.user(name).stop(server)
    return process.user(name).orm_user.orm_spawners[server].state


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("server", ["", "lab"])
async def test_running_server_of_a_renamed_user_stays_hers_H02(
    hub_process: HubProcess, client: FakeClient, server: str, restart: bool
) -> None:
    await hub_process.user("ana").spawn(server)
    name, made = client.only()["metadata"]["name"], client.only()["metadata"]["uid"]

    hub_process.rename("ana", "ana.silva")
    process = hub_process.restarted() if restart else hub_process

    user = process.user("ana.silva")
    assert await user.spawners[server].poll() is None
    assert user.spawners[server].ready

    await user.stop(server)
    assert client.only()["spec"]["suspend"] is True
    await user.spawn(server)

    assert client.only()["metadata"]["uid"] == made
    assert annotations(client, name)[labels.USERNAME] == "ana.silva"
    assert client.only()["metadata"]["labels"][labels.USERNAME] == "ana.silva"
    assert client.only()["spec"]["variables"]["jupyterhub.user.name"] == "ana.silva"
    await user.stop(server)
    await process.delete("ana.silva")
    assert client.instances == {}


@pytest.mark.parametrize("running", [False, True])
async def test_name_that_comes_back_is_as_good_as_before_H02(
    hub_process: HubProcess, client: FakeClient, running: bool
) -> None:
    await hub_process.user("ana").spawn()
    if not running:
        await hub_process.user("ana").stop()

    hub_process.rename("ana", "ana.silva")
    await work(hub_process, "ana.silva")
    hub_process.rename("ana.silva", "ana")

    assert (await work(hub_process, "ana"))["instance"] == ANA
    assert len(client.instances) == 1


@pytest.mark.parametrize("first", ["running", "stopped", "started again"])
@pytest.mark.parametrize("restart", [False, True])
async def test_next_user_of_a_name_gets_nothing_of_the_first_H02(
    hub_process: HubProcess, client: FakeClient, first: str, restart: bool
) -> None:
    await hub_process.user("ana").spawn()
    if first != "running":
        await hub_process.user("ana").stop()
    hub_process.rename("ana", "ana.silva")
    if first == "started again":
        await hub_process.user("ana.silva").spawn()
    process = hub_process.restarted() if restart else hub_process
    hers = client.only()["metadata"]

    await process.user("ana").spawn()

    state = process.user("ana").spawner.get_state()
    assert state["instance"] != hers["name"] == ANA
    assert len(client.instances) == len(homes(client)) == 2
    await process.user("ana").stop()
    await process.delete("ana")
    assert client.only()["metadata"]["uid"] == hers["uid"]
    assert client.only()["spec"]["suspend"] is (first == "stopped")
    assert (await process.user("ana.silva").spawner.poll() is None) is (first != "stopped")


async def test_next_user_of_a_name_finds_the_own_server_again_H02(hub_process: HubProcess, client: FakeClient) -> None:
    await work(hub_process, "ana")
    hub_process.rename("ana", "ana.silva")
    await hub_process.user("ana").spawn()
    own = hub_process.user("ana").spawner.get_state()["instance"]

    process = hub_process.restarted()

    assert await process.user("ana").spawner.poll() is None
    await process.user("ana").stop()
    assert (await work(process, "ana"))["instance"] == own
    assert (await work(process, "ana.silva"))["instance"] == ANA
    assert len(client.instances) == 2


async def test_user_who_is_made_anew_gets_another_home_H02(hub_process: HubProcess, client: FakeClient) -> None:
    before = await work(hub_process, "ana")
    await hub_process.delete("ana")
    assert client.instances == {}

    after = await work(hub_process, "ana")

    assert after["instance"] == before["instance"]
    assert "" != after["home"] != before["home"]


async def test_instance_that_outlived_its_user_is_not_the_next_ones_H02(
    hub_process: HubProcess, client: FakeClient
) -> None:
    hub_process.user("admin")
    await work(hub_process, "ana")
    hub_process.users.delete("ana")  # as when the hub was not allowed to delete the Instance

    assert (await work(hub_process, "ana"))["instance"] != ANA
    assert len(client.instances) == 2


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("restart", [False, True])
async def test_two_users_may_swap_their_names_H02(
    hub_process: HubProcess, client: FakeClient, running: bool, restart: bool
) -> None:
    for name in ("ana", "bob"):
        await hub_process.user(name).spawn()
        if not running:
            await hub_process.user(name).stop()
    hub_process.rename("ana", "x")
    hub_process.rename("bob", "ana")
    hub_process.rename("x", "bob")
    process = hub_process.restarted() if restart else hub_process

    if running:
        assert await process.user("bob").spawner.poll() is None
        await process.user("bob").stop()
        assert client.instances[PLACE, ANA]["spec"]["suspend"] is True
        assert await process.user("ana").spawner.poll() is None
        await process.user("ana").stop()

    assert (await work(process, "bob"))["instance"] == ANA
    assert (await work(process, "ana"))["instance"] == Owner("bob").instance_name
    assert annotations(client, ANA)[labels.USERNAME] == "bob"


async def test_rename_during_a_start_H02(hub_process: HubProcess, client: FakeClient, operators: Obliging) -> None:
    client.operators = lambda instance: None
    start = asyncio.ensure_future(hub_process.user("ana").spawn())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])

    hub_process.rename("ana", "ana.silva")
    client.operators = operators
    operators(client.only())
    await start

    assert await hub_process.restarted().user("ana.silva").spawner.poll() is None
    await work(hub_process, "ana")
    await hub_process.user("ana.silva").stop()
    assert (await work(hub_process, "ana.silva"))["instance"] == ANA
    assert len(homes(client)) == 2


async def test_rename_during_a_stop_H02(hub_process: HubProcess, client: FakeClient, operators: Obliging) -> None:
    await hub_process.user("ana").spawn()
    operators.stopping = False
    stop = asyncio.ensure_future(hub_process.user("ana").stop())
    await eventually(lambda: client.only()["spec"]["suspend"])

    hub_process.rename("ana", "ana.silva")
    operators.stopping = True
    operators(client.only())
    await stop

    assert (await work(hub_process, "ana"))["instance"] != ANA
    assert (await work(hub_process, "ana.silva"))["instance"] == ANA


@pytest.mark.parametrize("server", ["", "lab"])
async def test_hub_that_died_before_it_saved_a_start_knows_the_person_H02(
    hub_process: HubProcess, client: FakeClient, server: str
) -> None:
    await hub_process.user("ana").spawn(server)
    name = client.only()["metadata"]["name"]
    hub_process.user("ana").orm_user.orm_spawners[server].state = None
    hub_process.hubs.db.commit()
    hub_process.rename("ana", "ana.silva")
    process = hub_process.restarted()

    assert (await work(process, "ana", server))["instance"] != name
    assert await process.user("ana.silva").spawners[server].poll() is None
    await process.user("ana.silva").stop(server)
    assert (await work(process, "ana.silva", server))["instance"] == name


async def test_hub_without_its_database_finds_what_bears_the_new_name_H02_B47(
    hub_process: HubProcess, client: FakeClient
) -> None:
    await work(hub_process, "ana")
    hub_process.rename("ana", "ana.silva")
    await work(hub_process, "ana.silva")
    own = (await work(hub_process, "ana"))["instance"]
    for kind in (orm.Spawner, orm.User):
        hub_process.hubs.db.query(kind).delete()
    hub_process.hubs.db.commit()
    process = hub_process.restarted()

    assert (await work(process, "ana"))["instance"] == own
    assert (await work(process, "ana.silva"))["instance"] == ANA
    assert len(client.instances) == 2


async def test_next_user_of_the_name_of_a_lost_user_gets_the_own_instance_H02_B47(
    hub_process: HubProcess, client: FakeClient
) -> None:
    await hub_process.user("ana").spawn()
    hub_process.rename("ana", "ana.silva")
    own = (await work(hub_process, "ana"))["instance"]
    for kind in (orm.Spawner, orm.User):
        hub_process.hubs.db.query(kind).delete()
    hub_process.hubs.db.commit()

    assert annotations(client, ANA)[labels.USERNAME] == "ana"
    assert (await work(hub_process.restarted(), "ana"))["instance"] == own


async def test_hubs_that_share_a_namespace_rename_for_themselves_H02_W08(
    hub_process: HubProcess, client: FakeClient
) -> None:
    await work(hub_process, "ana")
    hub_process.hubs.config.JupyternetesSpawner.hub_id = "second"
    other = hub_process.restarted()
    theirs = (await work(other, "bob"))["instance"]
    other.rename("bob", "ana.b")

    assert (await work(other, "ana.b"))["instance"] == theirs
    assert annotations(client, ANA)[labels.USERNAME] == "ana"


async def test_instance_that_somebody_removed_is_made_again_with_its_home_H02(
    hub_process: HubProcess, client: FakeClient
) -> None:
    before = await work(hub_process, "ana")
    hub_process.rename("ana", "ana.silva")
    client.remove(PLACE, ANA)
    await work(hub_process, "ana")

    assert await work(hub_process, "ana.silva") == before
    assert annotations(client, ANA)[labels.HOME] == before["home"]


async def test_renamed_server_keeps_its_instance_H02(hub_process: HubProcess, client: FakeClient) -> None:
    user = hub_process.user("ana")
    lab = (await work(hub_process, "ana", "lab"))["instance"]
    for saved in (True, False):
        row = user.orm_user.orm_spawners["lab"]
        if not saved:
            row.state = None
        await user.spawners["lab"].rename("lab", "laboratory")
        row.name = "laboratory"
        hub_process.hubs.db.commit()
        user.spawners.pop("lab")

        assert row.state["instance"] == lab
        row.name = "lab"
        hub_process.hubs.db.commit()
    user.orm_user.orm_spawners["lab"].name = "laboratory"
    hub_process.hubs.db.commit()

    assert (await work(hub_process, "ana", "lab"))["instance"] != lab
    assert (await work(hub_process, "ana", "laboratory"))["instance"] == lab


async def test_token_of_a_renamed_user_goes_with_the_server_H02(hub_process: HubProcess) -> None:
    await hub_process.user("ana").spawn()
    token = hub_process.user("ana").spawner.api_token
    hub_process.rename("ana", "ana.silva")

    await hub_process.restarted().user("ana.silva").stop()

    assert orm.APIToken.find(hub_process.hubs.db, token) is None
