"""The proxy before the real API server, and clients that reach it through there."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from jupyternetes.runtime.client import Client
from tests.integration.faults.following import Follow, Follower
from tests.integration.faults.site import Site
from tests.integration.runtime.gadgets import CRD, GADGETS
from tests.support.audit import AuditLog
from tests.support.faultproxy import FaultProxy, Line
from tests.support.forked import forking
from tests.support.installation import make_namespace
from tests.support.kube import Kube
from tests.support.lab import Lab
from tests.support.operators import Launch, Operators
from tools.cluster import Cluster


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultProxy]:
    with FaultProxy(tmp_path) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def gadget_cluster(control_plane: Cluster) -> Cluster:
    """The control plane, with the type of object that informers are tested on."""
    add_gadgets(control_plane)
    return control_plane


def add_gadgets(cluster: Cluster) -> None:
    cluster.kubectl("apply", "-f", "-", stdin=CRD)
    cluster.kubectl("wait", "--for=condition=Established", f"crd/{GADGETS.full_name}")


@pytest.fixture
def gadget_namespace(gadget_cluster: Cluster, kube: Kube) -> Iterator[str]:
    name = make_namespace(kube, f"faults-{uuid.uuid4().hex[:8]}")
    yield name
    kube.delete("namespaces", "", name)


@pytest.fixture
def line(proxy: FaultProxy, gadget_cluster: Cluster) -> Line:
    """The way of the informer."""
    return proxy.line("informer", gadget_cluster.kubeconfig)


@pytest.fixture
async def direct(gadget_cluster: Cluster) -> AsyncIterator[Client]:
    """A client that no fault reaches."""
    async with await Client.connect(gadget_cluster.kubeconfig, user_agent="direct/1") as client:
        yield client


@pytest.fixture
async def follow(line: Line, direct: Client, gadget_namespace: str) -> AsyncIterator[Follow]:
    """Starts an informer behind the proxy."""
    followers: list[Follower] = []
    async with await Client.connect(line.kubeconfig, user_agent="informer/1") as client:

        async def start(inactivity: float = 90) -> Follower:
            followers.append(Follower(client, direct, gadget_namespace, inactivity))
            await followers[-1].informer.wait_synced()
            return followers[-1]

        yield start
        for follower in followers:
            await follower.stop()


@pytest.fixture(scope="session")
def launch() -> Launch:
    """Starts operators without the time that their imports take."""
    return forking()


@pytest.fixture(scope="module")
def site(
    kube: Kube,
    control_plane: Cluster,
    accounts: dict[str, Path],
    all_operators: Operators,
    launch: Launch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The operators behind a proxy; a test that ends one may leave the rest to the next test."""
    all_operators.stop_all()  # a second set would take turns with ours
    folder = tmp_path_factory.mktemp("site")
    hub, audit, labs = Kube(accounts["hub"]), AuditLog(control_plane.audit_log, kube), list[str]()

    def make_lab(name: str) -> Lab:
        labs.append(make_namespace(kube, name))
        return Lab(kube, hub, audit, name)

    with FaultProxy(folder) as proxy:
        site = Site(proxy, accounts, folder, make_lab, launch)
        try:
            site.run_all()
            yield site
        finally:
            site.stop_all()
    for name in labs:
        kube.delete("namespaces", "", name)
    hub.close()
