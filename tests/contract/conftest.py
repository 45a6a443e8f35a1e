"""One real control plane and the fake: each test of the contract runs against both, unless it says why not."""

import json
from collections.abc import AsyncIterator, Iterator

import pytest

from jupyternetes.runtime.client import Client
from tests.contract.gizmos import DEFINITION, GIZMOS, gizmo
from tests.contract.http import Http
from tests.contract.servers import FakeServer, RealServer, Server
from tools.cluster import Cluster, Steps


@pytest.fixture(scope="package")
def contract_plane(tmp_path_factory: pytest.TempPathFactory, steps: Steps) -> Iterator[Cluster]:
    cluster = Cluster.up(
        profile="control-plane", name="contract", directory=tmp_path_factory.mktemp("clusters"), steps=steps
    )
    try:
        cluster.kubectl("apply", "-f", "-", stdin=json.dumps(DEFINITION))
        cluster.kubectl("wait", "--for=condition=Established", f"crd/{GIZMOS.full_name}")
        # For two seconds the API server delays creations of a new kind by two seconds.
        cluster.kubectl("create", "-f", "-", stdin=json.dumps(gizmo("first")))
        yield cluster
    finally:
        cluster.down()


@pytest.fixture(params=["real", "fake"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    is_real = request.param == "real"
    server = await (RealServer.open(request.getfixturevalue("contract_plane")) if is_real else FakeServer.open())
    yield server
    await server.close()


@pytest.fixture
async def namespace(server: Server) -> str:
    """Of this test alone."""
    return await server.add_namespace()


@pytest.fixture
def client(server: Server) -> Client:
    return server.client


@pytest.fixture
def http(server: Server) -> Http:
    return server.http
