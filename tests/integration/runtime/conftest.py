"""A namespace for each test, and clients of the real API server."""

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from jupyternetes.runtime.client import Client
from tests.integration.runtime.gadgets import CRD, GADGETS
from tests.support.operators import Operators
from tools.cluster import Cluster


@pytest.fixture(scope="session")
def cluster(control_plane: Cluster, all_operators: Operators) -> Cluster:
    """The control plane, with the type that the tests are about, and nobody who would suffer from its interruptions."""
    all_operators.stop_all()
    control_plane.kubectl("apply", "-f", "-", stdin=CRD)
    control_plane.kubectl("wait", "--for=condition=Established", f"crd/{GADGETS.full_name}")
    return control_plane


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    name = f"rt-{uuid.uuid4().hex[:8]}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
async def client(cluster: Cluster) -> AsyncIterator[Client]:
    async with await Client.connect(cluster.kubeconfig, user_agent="tester/1") as client:
        yield client
