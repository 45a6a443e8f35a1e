"""Limits of the cluster that a start meets: where it may write, how large its writes may be, and how slow."""

import pytest
from tornado.web import HTTPError

from jupyternetes.api import reasons
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.wire import outlasting
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.refusals import message_of
from tests.unit.spawner.fake_cluster import Call, FakeClient, refused
from tests.unit.spawner.obliging_operators import Obliging
from tests.unit.spawner.test_start import FIRST_START


async def refusal_of_start(spawner: JupyternetesSpawner, client: FakeClient, step: int, error: Exception) -> str:
    """What a person is told of a first start of which the API server answers this step with ``error``."""

    def refuse(call: Call) -> None:
        if call[:2] == FIRST_START[step]:
            raise error

    client.before = refuse

    with pytest.raises(HTTPError) as refusal:
        await spawner.start()
    return message_of(refusal.value)


@pytest.mark.parametrize("step", range(3))
@pytest.mark.parametrize(
    ("code", "text"), [(413, "limit is 3145728"), (500, "etcdserver: request is too large")], ids=["413", "etcd"]
)
async def test_start_that_is_too_large_ends_with_the_way_out_C13(
    spawner: JupyternetesSpawner, client: FakeClient, step: int, code: int, text: str
) -> None:
    message = await refusal_of_start(spawner, client, step, refused(code, "", text))

    assert reasons.TOO_LARGE.sentence in message
    assert reasons.TOO_LARGE.advice in message


async def test_start_in_a_namespace_that_is_being_deleted_ends_at_once_C09(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    error = refused(403, "Forbidden", "the namespace is being terminated", cause="NamespaceTerminating")

    message = await refusal_of_start(spawner, client, 0, error)

    assert reasons.NAMESPACE_TERMINATING.sentence in message
    assert reasons.NAMESPACE_TERMINATING.advice in message


async def test_writes_of_the_hub_outlast_the_webhooks_it_is_told_of_C11(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds: list[float] = []

    async def connect(kubeconfig: str | None, *, user_agent: str, write_bound: float) -> FakeClient:
        bounds.append(write_bound)
        return client

    monkeypatch.setattr(Client, "connect", connect)
    spawner.webhook_seconds = 30

    await spawner.start()

    assert bounds == [outlasting(30)]
    assert JupyternetesSpawner.webhook_seconds.default() == 10
