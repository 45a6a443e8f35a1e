"""The demonstration with two hubs, on this machine's node: one at `/`, one under `/jh/` in a namespace of its own."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.hub_session import HubSession
from tools.cluster import Cluster, ClusterError, Steps
from tools.demo.demo import Demo, up_local
from tools.demo.kubectl import Kubectl
from tools.demo.settings import HubSettings

AT_ROOT = HubSettings()
UNDER_A_PATH = HubSettings(namespace="kadense-jh", base_url="/jh/")

LogIn = Callable[..., HubSession]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """A cluster that was there before stays; one that was made for the tests goes."""
    was_there = _cluster_exists()
    running = up_local([AT_ROOT, UNDER_A_PATH], Steps())
    yield running
    if not was_there and running.cluster is not None:
        running.cluster.down()


@pytest.fixture(scope="session")
def kubectl(demo: Demo) -> Kubectl:
    """kubectl on the namespace of the hub at `/`."""
    return demo.kubectl


@pytest.fixture
def log_in(demo: Demo) -> Iterator[LogIn]:
    """Sessions with a hub: `log_in("name")`, `log_in("name", UNDER_A_PATH)`; servers that they leave are stopped."""
    sessions: list[HubSession] = []

    def session(user: str, hub: HubSettings = AT_ROOT) -> HubSession:
        sessions.append(HubSession(demo.addresses[hub], user))
        return sessions[-1]

    yield session
    for each in sessions:
        for server in each.servers():
            each.stop(server)


def _cluster_exists() -> bool:
    try:
        Cluster.find()
    except ClusterError:
        return False
    return True
