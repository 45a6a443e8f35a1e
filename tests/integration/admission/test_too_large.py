"""What a real API server and etcd will not take because of its size: a clean refusal, whoever gives it."""

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.api.resources import PODS, SECRETS
from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from tests.support.installation import make_namespace
from tests.support.kube import Json, Kube
from tools.cluster import Cluster

# aiohttp warns of bodies of more than one mebibyte, which nobody sends on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")

MIB = 2**20


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    name = make_namespace(kube, f"large-{uuid.uuid4().hex[:8]}")
    yield name
    kube.delete("namespaces", "", name)


@pytest.fixture
async def client(control_plane: Cluster) -> AsyncIterator[Client]:
    async with await Client.connect(control_plane.kubeconfig, user_agent="large/1") as client:
        yield client


def pod(size: float) -> Json:
    variable = {"name": "A", "value": "x" * int(size * MIB)}
    return {
        "metadata": {"generateName": "a-"},
        "spec": {"containers": [{"name": "a", "image": "a", "env": [variable]}]},
    }


@pytest.mark.parametrize("size", [1.8, 2.5, 4])
async def test_pod_that_is_too_large_is_refused_and_not_made_C13(client: Client, namespace: str, size: float) -> None:
    """By etcd, by the API server's client of etcd, and by the API server."""
    with pytest.raises(errors.TooLarge):
        await client.create(PODS, namespace, pod(size))

    listing = await client.list(PODS, namespace)
    assert listing.items == list[Pod]()


async def test_secret_of_more_than_one_mebibyte_is_refused_C13(client: Client, namespace: str) -> None:
    body = {"metadata": {"name": "a"}, "stringData": {"a": "x" * int(1.1 * MIB)}}

    with pytest.raises(errors.TooLarge, match="1048576"):
        await client.create(SECRETS, namespace, body)
