"""Servers that are reached through a Service of their own: which URL follows, when, and what is said if none does."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from jupyterhub import orm
from jupyterhub.objects import Server
from tornado.web import HTTPError

from jupyternetes.api import conditions, reasons
from jupyternetes.api.instance import Instance
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.refusals import message_of
from jupyternetes.spawner.status.instance_status import Failed, Running, ServerState, Starting, Stopped, server_state
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging, condition, running_status, stopped_status
from tests.unit.spawner.test_hub_restart import HOME, NAME, restarted

ENTRY = "web"
SERVICE = "web-0123456789"
ADDRESS = f"{SERVICE}.{HOME}.svc"


def service_status(instance: Mapping[str, Any], *, how: str = "Completed", **fields: Any) -> dict[str, Any]:
    """What the other-resources operator says of the Service of an Instance's present start."""
    entry = {"resourceName": SERVICE, "state": "Processed", "startId": instance["spec"].get("startId", "")}
    return {"otherResources": {ENTRY: entry | fields}, "otherResourcesProvisioned": {ENTRY: how}}


class WithService(Obliging):
    """Operators that make a Service for each server too."""

    def __init__(self, client: FakeClient, **fields: Any) -> None:
        super().__init__(client)
        self.fields = fields

    def __call__(self, instance: dict[str, Any]) -> None:
        meta = instance["metadata"]
        if not instance["spec"].get("suspend") and (meta["namespace"], meta["name"]) in self.client.instances:
            status = instance.get("status", {}) | service_status(instance, **self.fields)
            if status != instance.get("status"):
                self.client.set_status(meta["namespace"], meta["name"], status)
                return
        super().__call__(instance)


@pytest.fixture
def services(hubs: Hubs, client: FakeClient) -> WithService:
    """A hub that reaches servers by their Services, and operators that make these."""
    hubs.config.JupyternetesSpawner.service_entry = ENTRY
    client.operators = WithService(client)
    return client.operators


def state_of(status: Mapping[str, Any], entry: str = ENTRY, **spec: Any) -> ServerState:
    """What follows from the status of a server whose pod runs."""
    body: dict[str, Any] = {
        "metadata": {"name": "i", "namespace": HOME, "uid": "u", "generation": 4},
        "spec": {"startId": "2", "suspend": False} | spec,
    }
    body["status"] = running_status(body) | dict(status)
    return server_state(msgspec.convert(body, Instance), entry)


STARTED = {"spec": {"startId": "2"}}


def test_running_server_is_at_the_name_of_its_service_and_at_the_pods_port_W01() -> None:
    seen = state_of(service_status(STARTED))

    assert seen == Running(ADDRESS, 8888)
    assert seen.url("https") == f"https://{ADDRESS}:8888"


def test_without_a_setting_the_services_of_a_template_change_nothing() -> None:
    assert state_of(service_status(STARTED), "") == Running("10.1.2.3", 8888)


def test_a_port_that_the_entry_reads_of_its_service_counts_W01() -> None:
    assert state_of(service_status(STARTED, outputs={"port": "80"})) == Running(ADDRESS, 80)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 ", "٣x"])
def test_what_is_no_port_is_said(port: str) -> None:
    seen = state_of(service_status(STARTED, outputs={"port": port}))

    assert seen == Failed(reasons.NO_SERVICE, "Output port of entry 'web' of spec.otherResources is no port.")


@pytest.mark.parametrize(
    "status",
    [
        {},
        service_status({"spec": {"startId": "1"}}),  # of another start
        {"otherResources": {"other": {"resourceName": "other-1", "startId": "2"}}},
    ],
)
def test_a_template_without_such_an_entry_is_refused_by_its_name(status: dict[str, Any]) -> None:
    seen = state_of(status)

    assert seen == Failed(reasons.NO_SERVICE, "Nothing was made of an entry 'web' of spec.otherResources.")


@pytest.mark.parametrize("fields", [{"how": "Pending"}, {"resourceName": ""}, {"how": "Error", "state": "Error"}])
def test_a_service_that_is_not_there_yet_is_waited_for(fields: dict[str, Any]) -> None:
    assert isinstance(state_of(service_status(STARTED, **fields)), Starting)


def test_a_service_that_nobody_makes_ends_the_start_with_the_operators_words() -> None:
    kind, late = conditions.OTHER_RESOURCES_PROVISIONED, reasons.OTHER_RESOURCE_NOT_READY
    said = {"conditions": [condition(kind, 4, reason=late.name, message="entry web of spec.otherResources: late")]}

    seen = state_of(service_status(STARTED, how="Error", state="Error", errorMessage="late") | said)

    assert seen == Failed(late, "late")


@pytest.mark.parametrize("server", ["", "lab"])
async def test_start_gives_the_url_of_the_service_W01_B42(hubs: Hubs, services: WithService, server: str) -> None:
    spawner = hubs.spawner(server=server)

    assert await spawner.start() == f"http://{ADDRESS}:8888"
    assert await spawner.poll() is None


async def test_start_from_a_template_without_the_entry_says_what_to_do(
    spawner: JupyternetesSpawner, operators: Obliging
) -> None:
    spawner.service_entry = ENTRY

    with pytest.raises(HTTPError) as refused:
        await spawner.start()

    assert refused.value.status_code == 400
    text = message_of(refused.value)
    assert "no Service by which the hub can reach it" in text
    assert "'web' of spec.otherResources" in text
    assert "c.JupyternetesSpawner.service_entry" in text


async def test_hook_may_say_for_one_start_that_there_is_a_service_F17(hubs: Hubs, services: WithService) -> None:
    hubs.config.JupyternetesSpawner.service_entry = ""
    spawner = hubs.spawner()
    spawner.service_entry = ENTRY

    assert await spawner.start() == f"http://{ADDRESS}:8888"


async def test_poll_puts_the_address_of_the_service_into_the_database_and_leaves_it_there_P11(
    hubs: Hubs, client: FakeClient, services: WithService, db: Any
) -> None:
    spawner = hubs.spawner()
    await spawner.start()
    row = orm.Server(base_url="/jh/user/jovyan/", ip="10.9.9.9", port=1234, proto="http")
    db.add(row)
    db.commit()
    spawner.server = Server(orm_server=row)

    assert await spawner.poll() is None
    assert spawner.server.url == f"http://{ADDRESS}:8888/jh/user/jovyan/"

    client.operators = lambda instance: None
    for status in (service_status(client.only(), how="Pending"), {"otherResources": {}}):
        client.set_status(HOME, NAME, status)
        await eventually(lambda: client._streams[0].empty())
        assert await spawner.poll() is None, "what happens to the Service does not end the server"
        assert (spawner.server.ip, spawner.server.port) == (ADDRESS, 8888)


async def test_server_that_ended_is_reported_whatever_became_of_its_service_P04(
    hubs: Hubs, client: FakeClient, services: WithService
) -> None:
    spawner = hubs.spawner()
    await spawner.start()
    client.operators = lambda instance: None

    ended = stopped_status(client.only(), reason="OOMKilled", exit_code=137)
    client.set_status(HOME, NAME, ended | {"otherResources": {}, "otherResourcesProvisioned": {}})
    await eventually(lambda: client._streams[0].empty())

    assert await spawner.poll() == 137


@pytest.mark.parametrize("setting", [ENTRY, "", "another"])
async def test_running_server_is_reached_as_before_after_a_restart_of_the_hub_S01(
    hubs: Hubs, services: WithService, setting: str
) -> None:
    before = hubs.spawner()
    await before.start()
    hubs.config.JupyternetesSpawner.service_entry = setting

    after = restarted(hubs, before.get_state())

    assert await after.poll() is None
    assert await after.get_url() == f"http://{ADDRESS}:8888/jh/user/jovyan/"


async def test_server_from_before_the_setting_is_reached_at_its_pod_until_it_is_started_again_S01(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    before = hubs.spawner()
    await before.start()
    state = before.get_state()
    assert "service" not in state
    hubs.config.JupyternetesSpawner.service_entry = ENTRY
    client.operators = WithService(client)

    after = restarted(hubs, state)

    assert await after.get_url() == "http://10.1.2.3:8888/jh/user/jovyan/"
    await after.stop()
    after.clear_state()
    assert await after.start() == f"http://{ADDRESS}:8888"


async def test_start_that_a_dead_hub_left_is_found_by_the_setting_H03(
    hubs: Hubs, client: FakeClient, services: WithService
) -> None:
    await hubs.spawner().start()

    assert await restarted(hubs, {}).get_url() == f"http://{ADDRESS}:8888/jh/user/jovyan/"


async def test_stopped_server_forgets_its_service(hubs: Hubs, services: WithService) -> None:
    spawner = hubs.spawner()
    await spawner.start()
    assert spawner.get_state()["service"] == ENTRY

    await spawner.stop()
    spawner.clear_state()

    assert "service" not in spawner.get_state()
    assert state_of({}, suspend=True) == Stopped()
