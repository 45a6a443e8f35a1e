"""The spawner driven by JupyterHub's own code, with a web server where the pod would be."""

import asyncio
from typing import Any

import pytest
from jupyterhub import orm
from jupyterhub.user import User
from tornado.web import HTTPError

from jupyternetes.api import labels
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import FakeClient, refused
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging

NAME = Owner("jovyan").instance_name


@pytest.fixture
def user(hubs: Hubs, client: FakeClient, notebook: None) -> User:
    return hubs.user()


async def test_user_starts_and_stops_a_server_L02_L05_L06(user: User, client: FakeClient, operators: Obliging) -> None:
    await user.spawn()
    spawner = user.spawner

    assert spawner.server.url == f"http://127.0.0.1:{operators.port}/jh/user/jovyan/"
    assert spawner.orm_spawner.state["instance"] == NAME
    assert await spawner.poll() is None

    await user.stop()

    assert client.only()["spec"]["suspend"] is True
    assert user.orm_user.orm_spawners[""].state == {
        "version": 1,
        "instance": NAME,
        "namespace": "hub-home",
        "hub_id": "",
        "home": client.only()["metadata"]["annotations"][labels.HOME],
    }

    await user.spawn()
    await user.stop()

    assert client.only()["spec"]["startId"] == "2"


async def test_environment_names_the_place_of_the_server_B43(user: User, client: FakeClient) -> None:
    await user.spawn(server_name="lab")

    environment = client.only()["spec"]["hubEnvironment"]
    assert "JUPYTERHUB_SERVICE_PREFIX" in environment
    assert client.only()["spec"]["variables"]["jupyterhub.server.name"] == "lab"
    await user.stop("lab")


async def test_token_is_revoked_when_the_server_stops(user: User, db: Any) -> None:
    await user.spawn()
    spawner = user.spawner
    token = spawner.api_token
    assert orm.APIToken.find(db, token) is not None

    await user.stop()

    assert orm.APIToken.find(db, token) is None


async def test_refused_start_is_cleaned_up_and_shown_L14(user: User, client: FakeClient) -> None:
    client.before = lambda call: _raise(refused(403, "Forbidden", "exceeded quota")) if call[1] == "Secret" else None

    with pytest.raises(HTTPError, match="quota"):
        await user.spawn()

    assert user.orm_user.orm_spawners[""].server is None
    assert client.only()["spec"]["suspend"] is True


async def test_start_that_takes_too_long_is_cleaned_up_L16(user: User, client: FakeClient, operators: Obliging) -> None:
    client.operators = lambda instance: operators(instance) if instance["spec"]["suspend"] else None
    user.spawner.start_timeout = 1

    with pytest.raises(TimeoutError):
        await user.spawn()

    assert client.only()["spec"]["suspend"] is True
    assert client.only()["metadata"]["generation"] == 3


async def test_server_that_died_is_forgotten_and_can_start_again_P07_L06(user: User, client: FakeClient) -> None:
    await user.spawn()
    spawner = user.spawner
    client.remove("hub-home", NAME)
    await eventually(lambda: client._streams[0].empty())

    assert await spawner.poll_and_notify() == 0
    await user.stop()

    await user.spawn()
    assert await user.spawner.poll() is None
    await user.stop()


async def test_two_servers_of_one_user_at_once_B48(user: User, client: FakeClient) -> None:
    await asyncio.gather(user.spawn(), user.spawn(server_name="lab"))

    assert len(client.instances) == 2
    await asyncio.gather(user.stop(), user.stop("lab"))


def _raise(error: Exception) -> None:
    raise error
