"""The demonstration with two hubs, on this machine's node: one at `/`, one under `/jh/` in a namespace of its own."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.case import Case
from tests.e2e.hub_session import HubSession
from tools.cluster import Cluster, ClusterError, Steps
from tools.demo import release
from tools.demo.browser import chromium
from tools.demo.demo import Demo, up_local
from tools.demo.kubectl import Kubectl
from tools.demo.settings import HubSettings

AT_ROOT = HubSettings()
UNDER_A_PATH = HubSettings(namespace="kadense-jh", base_url="/jh/")

LogIn = Callable[..., HubSession]


@pytest.fixture(scope="session")
def demo(steps: Steps) -> Iterator[Demo]:
    """A cluster that was there before stays, with the one hub of `make demo`; one that was made for the tests goes."""
    was_there = _cluster_exists()
    running = up_local([AT_ROOT, UNDER_A_PATH], steps)
    yield running
    if was_there:
        running.kubectl.run("delete", "namespace", UNDER_A_PATH.namespace)
        release.install(running.kubectl, running.images, [AT_ROOT], running.steps)
    elif running.cluster is not None:
        running.cluster.down()


@pytest.fixture(scope="session")
def kubectl(demo: Demo) -> Kubectl:
    """kubectl on the namespace of the hub at `/`."""
    return demo.kubectl


@pytest.fixture(scope="module")
def browser(steps: Steps) -> Iterator[Browser]:
    with chromium(steps) as browser:
        yield browser


@pytest.fixture
def log_in(demo: Demo) -> Iterator[LogIn]:
    """Sessions with a hub: `log_in("name")`, `log_in("name", UNDER_A_PATH)`; the user's servers are stopped at the end.

    They are stopped at the beginning too, unless the user comes `back`: an interrupted test may have left some.
    """
    sessions: list[HubSession] = []

    def session(user: str, hub: HubSettings = AT_ROOT, *, back: bool = False) -> HubSession:
        sessions.append(HubSession(demo.addresses[hub], user))
        if not back:
            sessions[-1].stop_all()
        return sessions[-1]

    yield session
    for each in sessions:
        each.stop_all()


@pytest.fixture
def case(demo: Demo) -> Iterator[Case]:
    case = Case(demo)
    yield case
    case.remove()


def _cluster_exists() -> bool:
    try:
        Cluster.find()
    except ClusterError:
        return False
    return True
