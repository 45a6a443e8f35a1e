"""Where servers are when users are renamed: JupyterHub keeps the path of a name that a user had before."""

import pytest
from jupyterhub import orm

from tests.unit.spawner.hubs import HubProcess

pytestmark = pytest.mark.usefixtures("notebook")


def path(process: HubProcess, name: str, server: str = "") -> str:
    """The path of a running server; route and database agree on it."""
    spawner = process.user(name).spawners[server]
    assert spawner.server.base_url == spawner.proxy_spec
    assert spawner.server.base_url == spawner.orm_spawner.server.base_url
    return spawner.proxy_spec


@pytest.mark.parametrize("server", ["", "lab"])
async def test_running_server_stays_where_it_serves_and_the_next_start_follows_the_name_H02(
    hub_process: HubProcess, server: str
) -> None:
    await hub_process.user("ana").spawn(server)
    before = path(hub_process, "ana", server)
    hub_process.rename("ana", "ana.silva")

    for process in (hub_process, hub_process.restarted()):
        assert path(process, "ana.silva", server) == before
        assert process.user("ana.silva").server_url(server) == before
        assert await process.user("ana.silva").spawners[server].get_url() == (
            process.user("ana.silva").spawners[server].server.url
        )

    process = hub_process.restarted()
    await process.user("ana.silva").stop(server)
    await process.user("ana.silva").spawn(server)
    spawner = process.user("ana.silva").spawners[server]

    assert path(process, "ana.silva", server) == before.replace("/ana/", "/ana.silva/")
    assert spawner.oauth_client_id == "jupyterhub-user-ana.silva" + ("-lab" if server else "")
    await process.user("ana.silva").stop(server)


async def test_spawner_that_was_there_before_the_rename_starts_under_the_new_name_H02(hub_process: HubProcess) -> None:
    assert await hub_process.user("ana").spawner.poll() == 0
    hub_process.rename("ana", "ana.silva")

    await hub_process.user("ana.silva").spawn()

    assert path(hub_process, "ana.silva") == "/jh/user/ana.silva/"
    assert hub_process.user("ana.silva").spawner.oauth_client_id == "jupyterhub-user-ana.silva"
    await hub_process.user("ana.silva").stop()


@pytest.mark.parametrize("restart", [False, True])
async def test_two_users_never_share_a_path_H02(hub_process: HubProcess, restart: bool) -> None:
    await hub_process.user("ana").spawn()
    await hub_process.user("ana").spawn("lab")
    hub_process.rename("ana", "ana.silva")
    process = hub_process.restarted() if restart else hub_process

    process.user("ana").spawner  # noqa: B018 - as JupyterHub's home page does

    assert path(process, "ana.silva") == "/jh/user/ana.silva/"
    assert path(process, "ana.silva", "lab") == "/jh/user/ana.silva/lab/"
    await process.user("ana").spawn()
    assert path(process, "ana") == "/jh/user/ana/"
    await process.user("ana.silva").stop()
    clients = {client.identifier for client in process.hubs.db.query(orm.OAuthClient)}
    assert "jupyterhub-user-ana.silva" not in clients


async def test_path_of_a_server_that_no_spawner_is_there_for_yet_is_freed_H02(hub_process: HubProcess) -> None:
    await hub_process.user("ana").spawn()
    hub_process.rename("ana", "ana.silva")
    process = HubProcess(hub_process.hubs)

    process.user("ana").spawner  # noqa: B018 - as JupyterHub's home page does

    assert path(process, "ana.silva") == "/jh/user/ana.silva/"
