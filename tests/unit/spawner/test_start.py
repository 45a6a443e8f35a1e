"""Starting: which requests are sent, what they meet, and what comes of it."""

import asyncio
import logging
from typing import Any

import pytest
from tornado.web import HTTPError

from jupyternetes.api import labels
from jupyternetes.runtime.errors import Unreachable
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.hub.refusals import message_of
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import Call, FakeClient, refused
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging, condition, running_status, stopped_status

FIRST_START = [("create", "JupyterNotebookInstance"), ("create", "Secret"), ("patch", "JupyterNotebookInstance")]
NAME = Owner("jovyan").instance_name
HOME = "hub-home"


def instance(**metadata: Any) -> dict[str, Any]:
    """An Instance of jovyan's that is there before the start."""
    return {
        "metadata": {"name": NAME, "namespace": HOME, "labels": Owner("jovyan").labels} | metadata,
        "spec": {"template": {"name": "default-template"}, "suspend": True},
    }


async def test_first_start_is_three_requests_and_gives_the_url_L02_B42(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    assert await spawner.start() == "http://10.1.2.3:8888"
    assert client.writes == FIRST_START


async def test_later_start_is_two_requests_under_the_next_number_L06(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    await spawner.stop()
    client.calls.clear()

    await spawner.start()

    assert client.writes == FIRST_START[1:]
    assert client.only()["spec"]["startId"] == "2"
    assert (HOME, f"jni-{NAME}-2") in client.secrets


async def test_pod_may_start_only_after_its_secret_exists(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    suspended: list[bool] = []
    client.after = lambda call: suspended.append(client.only()["spec"]["suspend"])

    await spawner.start()

    assert suspended == [True, True, False]


async def test_environment_is_in_the_secret_and_its_names_in_the_instance_B43_B44(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spawner.environment = {"SITE": "private-value", "CALLED": lambda spawner: spawner.user.name}

    await spawner.start()

    secret = client.secrets[HOME, f"jni-{NAME}-1"]["data"]
    environment = client.only()["spec"]["hubEnvironment"]
    assert environment == sorted(spawner.get_env())
    assert environment == sorted(secret)
    everywhere_else = [str(client.only()), str(spawner.get_state()), caplog.text, str(client.calls)]
    assert all("private-value" not in text for text in everywhere_else)
    assert all(spawner.api_token not in text for text in everywhere_else)


async def test_variables_name_user_server_and_what_is_configured(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    spawner = hubs.spawner(server="lab")
    spawner.cmd = ["start-here"]
    spawner.args = ["--debug"]
    spawner.variables = {"size": lambda spawner: {"cpu": 2}}

    await spawner.start()

    assert client.only()["spec"]["variables"] == {
        "size": '{"cpu":2}',
        "jupyterhub.user.id": "1",
        "jupyterhub.user.name": "jovyan",
        "jupyterhub.server.name": "lab",
        "jupyterhub.oauth_client_id": "jupyterhub-user-jovyan-lab",
        "jupyterhub.namespace": HOME,
        "jupyterhub.args": '["start-here","--debug"]',
    }


async def test_image_runs_its_own_command_when_none_is_configured_T12(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    spawner.args = ["--debug"]

    await spawner.start()

    assert client.only()["spec"]["variables"]["jupyterhub.args"] == "[]"


async def test_traits_that_hooks_set_are_read_at_the_start_F17(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    spawner.template_name, spawner.template_namespace = "big", "templates"
    spawner.instance_namespace, spawner.instance_protocol = "elsewhere", "https"

    url = await spawner.start()

    assert url == "https://10.1.2.3:8888"
    assert client.only()["spec"]["template"] == {"name": "big", "namespace": "templates"}
    assert client.only()["metadata"]["namespace"] == "elsewhere"
    assert await spawner.poll() is None
    await spawner.stop()
    assert client.only()["spec"]["suspend"] is True


async def test_instance_that_a_dead_hub_left_is_taken_up_under_the_next_number(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    left = instance(annotations=Owner("jovyan").annotations)
    client.add(left | {"spec": left["spec"] | {"startId": "1"}})
    client.secrets[HOME, f"jni-{NAME}-2"] = {}  # and a start Secret of a start that went no further

    await spawner.start()

    assert client.writes == [*FIRST_START[1:2], *FIRST_START[1:]]
    assert client.only()["spec"]["startId"] == "3"


async def test_instance_of_an_older_client_is_adopted(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    old = instance(labels={"theirs": "kept"})
    client.add(old | {"spec": {"template": {"name": "t"}, "variables": {"jupyterhub.user.name": "jovyan", "x": "y"}}})

    assert await spawner.start() == "http://10.1.2.3:8888"

    assert client.writes == [*FIRST_START[:1], ("get", "JupyterNotebookInstance"), *FIRST_START[1:]]
    assert client.only()["metadata"]["labels"] == {"theirs": "kept", **Owner("jovyan").labels}
    annotations = client.only()["metadata"]["annotations"]
    assert annotations == {**Owner("jovyan").annotations, labels.PERSON: annotations[labels.PERSON]}
    assert client.only()["spec"]["startId"] == "1"
    assert "x" not in client.only()["spec"]["variables"]


async def test_instance_of_somebody_else_is_left_alone(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    client.add(instance(annotations={labels.USERNAME: "somebody"}, labels={}))

    with pytest.raises(HTTPError) as refusal:
        await spawner.start()

    assert NAME in message_of(refusal.value)
    assert "hub_id" in message_of(refusal.value)
    assert refusal.value.status_code < 500
    assert "patch" not in [verb for verb, _ in client.writes]
    assert await spawner.poll() == 0


async def test_instance_that_is_being_deleted_is_waited_out(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyternetes.spawner.start.launcher._DELETION_PAUSE", 0.01)
    going = instance(annotations=Owner("jovyan").annotations, deletionTimestamp="2026-01-01T00:00:00Z")
    client.add(going)
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: ("get", "JupyterNotebookInstance", NAME) in client.calls)

    client.remove(HOME, NAME)

    assert await start == "http://10.1.2.3:8888"
    assert client.only()["metadata"]["uid"] != "uid-old"


@pytest.mark.parametrize("step", [0, 1, 2])
@pytest.mark.parametrize(("code", "reason"), [(500, "InternalError"), (429, "TooManyRequests")])
async def test_request_that_was_refused_for_a_moment_is_sent_again_R01(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, step: int, code: int, reason: str
) -> None:
    failures = [refused(code, reason)]

    def fail_once(call: Call) -> None:
        if call[:2] == FIRST_START[step] and failures:
            raise failures.pop()

    client.before = fail_once

    assert await spawner.start() == "http://10.1.2.3:8888"
    assert len(client.instances) == 1


@pytest.mark.parametrize("step", [0, 1, 2])
async def test_request_whose_answer_was_lost_does_not_start_twice(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, step: int
) -> None:
    lost = [Unreachable("the connection broke")]

    def lose(call: Call) -> None:
        if call[:2] == FIRST_START[step] and lost:
            raise lost.pop()

    client.after = lose

    assert await spawner.start() == "http://10.1.2.3:8888"
    started = [instance["spec"]["startId"] for instance in client.instances.values()]
    assert started == [{0: "2", 1: "2", 2: "1"}[step]]
    assert client.only()["metadata"]["generation"] == 2


async def test_answer_that_was_lost_is_found_when_the_patch_is_sent_again(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    await spawner.stop()
    lost = [Unreachable("the connection broke")]

    def lose(call: Call) -> None:
        if call[0] == "patch" and lost:
            raise lost.pop()

    client.after = lose

    await spawner.start()

    assert client.only()["spec"]["startId"] == "2"
    assert sum(call[1] == "Secret" for call in client.calls) == 2


@pytest.mark.parametrize(
    ("step", "code", "reason", "text", "says"),
    [
        *((step, 403, "Forbidden", "exceeded quota: small", "quota") for step in range(3)),
        *((step, 403, "Forbidden", "hub may not create", "role") for step in range(3)),
        *((step, 422, "Invalid", "spec.variables: too long", "too long") for step in range(3)),
        *((step, 404, "NotFound", "namespace users not found", "instance_namespace") for step in range(2)),
    ],
)
async def test_refusal_by_the_API_server_ends_the_start_at_once_B52(
    spawner: JupyternetesSpawner, client: FakeClient, step: int, code: int, reason: str, text: str, says: str
) -> None:
    def refuse(call: Call) -> None:
        if call[:2] == FIRST_START[step]:
            raise refused(code, reason, text)

    client.before = refuse

    with pytest.raises(HTTPError) as refusal:
        await spawner.start()

    assert says in message_of(refusal.value)
    assert text in message_of(refusal.value)
    assert refusal.value.status_code < 500


async def test_hub_without_rights_fails_the_start_at_once(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    def refuse(call: Call) -> None:
        raise refused(403, "Forbidden", "hub may not list")

    client.before = refuse

    with pytest.raises(HTTPError, match="may not list"):
        await spawner.start()
    assert await spawner.poll() is None
    await spawner.stop()


@pytest.mark.parametrize("name", ["token", "1BAD"])
async def test_bad_environment_name_is_refused_before_anything_is_made(
    spawner: JupyternetesSpawner, client: FakeClient, name: str
) -> None:
    spawner.environment = {name: "private-value"}

    with pytest.raises(HTTPError) as refusal:
        await spawner.start()

    assert repr(name) in message_of(refusal.value)
    assert client.writes == []


async def test_internal_ssl_is_refused(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    spawner.internal_ssl = True

    with pytest.raises(HTTPError, match="internal_ssl"):
        await spawner.start()
    with pytest.raises(HTTPError, match="internal_ssl"):
        await spawner.create_certs()


async def test_failure_that_waiting_cannot_cure_ends_the_start_with_its_cause_L14_B52(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    def report(instance: dict[str, Any]) -> None:
        generation = instance["metadata"]["generation"]
        message = "Template kadense/none does not exist"
        condition_of = condition("PvcsProvisioned", generation, reason="TemplateNotFound", message=message)
        if generation == 2 and "status" not in instance:
            client.set_status(HOME, NAME, {"conditions": [condition_of]})

    client.operators = report

    with pytest.raises(HTTPError) as refusal:
        await spawner.start()

    assert "The server's template does not exist. Template kadense/none does not exist Create" in str(refusal.value)
    assert refusal.value.status_code < 500
    assert getattr(refusal.value, "reason", "") in ("TemplateNotFound", None)


async def test_server_that_ends_while_it_starts_ends_the_start_with_its_exit_code(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    def report(instance: dict[str, Any]) -> None:
        if instance["metadata"]["generation"] == 2 and "status" not in instance:
            client.set_status(HOME, NAME, stopped_status(instance, reason="OOMKilled", exit_code=137))

    client.operators = report

    with pytest.raises(HTTPError, match=r"more memory.*137.*memory limit"):
        await spawner.start()


async def test_status_of_the_last_start_is_not_taken_for_this_one(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    running = instance(annotations=Owner("jovyan").annotations)
    running["spec"] |= {"startId": "1", "suspend": False}
    client.add(running)
    client.set_status(HOME, NAME, running_status(client.only(), host="10.9.9.9"))
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: client.only()["spec"]["startId"] == "2")
    client.set_status(HOME, NAME, {"nodeName": "some-write"})
    await eventually(lambda: client._streams[0].empty())
    assert not start.done()

    client.set_status(HOME, NAME, running_status(client.only()))

    assert await start == "http://10.1.2.3:8888"


async def test_instance_that_vanishes_ends_the_start(spawner: JupyternetesSpawner, client: FakeClient) -> None:
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.instances) and client.only()["spec"]["suspend"] is False)

    client.remove(HOME, NAME)

    with pytest.raises(HTTPError, match="was deleted while it was starting"):
        await start


async def test_unknown_server_polls_as_alive_while_it_starts_P01(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.secrets))

    assert await spawner.poll() is None

    start.cancel()
    await asyncio.wait([start])
