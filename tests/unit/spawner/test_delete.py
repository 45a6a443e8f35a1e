"""The end of a server for good."""

import asyncio
import logging

import pytest

from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import FakeClient, refused
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging

HOME = "hub-home"


async def test_instance_is_deleted_by_a_fresh_object_that_says_which_volumes_go_B54(
    hubs: Hubs, client: FakeClient, operators: Obliging, caplog: pytest.LogCaptureFixture
) -> None:
    spawner = hubs.spawner()
    await spawner.start()
    await spawner.stop()
    claims = {
        "workspace": {"resourceName": "workspace-1", "reclaimPolicy": "Retain"},
        "scratch": {"resourceName": "scratch-1", "reclaimPolicy": "Delete"},
    }
    client.set_status(HOME, Owner("jovyan").instance_name, {"pvcs": claims})
    caplog.set_level(logging.INFO)

    await hubs.spawner().delete_forever()

    assert client.instances == {}
    assert "workspace-1 (workspace) stays" in caplog.text
    assert "scratch-1 (scratch) is deleted" in caplog.text


async def test_named_server_goes_and_the_others_stay_B54_V07(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    default, lab = hubs.spawner(), hubs.spawner(server="lab")
    await asyncio.gather(default.start(), lab.start())
    await lab.stop()

    await lab.delete_forever()

    assert client.only()["metadata"]["name"] == Owner("jovyan").instance_name
    assert await default.poll() is None


async def test_deleting_what_is_not_there_is_fine_B54(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    await spawner.delete_forever()

    assert client.writes == [("get", "JupyterNotebookInstance")]


async def test_deletion_is_over_when_the_instance_is_gone(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    await spawner.stop()
    name = Owner("jovyan").instance_name
    removed: list[tuple[str, str]] = []
    client.remove, remove = lambda *key: removed.append(key), client.remove
    deletion = asyncio.ensure_future(spawner.delete_forever())
    await eventually(lambda: bool(removed))
    assert not deletion.done()

    remove(HOME, name)

    await deletion


async def test_deletion_waits_out_passing_failures(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    await spawner.stop()
    failures = [refused(500, "InternalError")]
    client.before = lambda call: _raise(failures.pop()) if call[0] == "delete" and failures else None

    await spawner.delete_forever()

    assert client.instances == {}


def _raise(error: Exception) -> None:
    raise error
