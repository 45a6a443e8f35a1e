"""A hub with what real sites set, on each JupyterHub that we support: servers start, do as they were told, and go."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.hub_session import HubSession
from tests.e2e.servers import Server
from tests.e2e.site_hub import SiteHub
from tests.support.waiting import eventually
from tools.demo.demo import Demo
from tools.demo.settings import CHECKOUT

PYTHONS = {
    "site-jupyterhub-5": CHECKOUT / ".venv/jupyterhub-5/bin/python",
    "site-jupyterhub-6": Path(sys.executable),
}


ServerOf = Callable[..., Server]


@pytest.fixture(scope="module")
def sites(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SiteHub]]:
    """Both hubs: they begin at the same time, and each begins anew, with an empty database."""
    hubs = {
        name: SiteHub(name=name, python=python, folder=tmp_path_factory.mktemp(name), demo=demo)
        for name, python in PYTHONS.items()
    }
    try:
        for hub in hubs.values():
            hub.start_proxy()
        for hub in hubs.values():
            hub.start_hub()
        for hub in hubs.values():
            hub.wait_serving()
        yield hubs
    finally:
        for hub in hubs.values():
            hub.end()


@pytest.fixture(params=PYTHONS)
def site(request: pytest.FixtureRequest, sites: dict[str, SiteHub]) -> SiteHub:
    return sites[request.param]


@pytest.fixture
def server_of(demo: Demo, site: SiteHub) -> Iterator[ServerOf]:
    """Servers of the hub by the names of user and server; nothing of them is left afterwards."""
    servers: list[Server] = []

    def server(user: str, name: str = "") -> Server:
        servers.append(Server(demo.kubectl, user, name, hub_id=site.name))
        return servers[-1]

    yield server
    for each in servers:
        each.forget()


def environment(demo: Demo, server: Server) -> dict[str, str]:
    """What the processes of a server see."""
    pod = server.the_pod()["metadata"]["name"]
    lines = demo.kubectl.run("exec", pod, "--", "env").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def limits_and_guarantees(server: Server) -> dict[str, str]:
    """What the container gets, as JupyterHub's environment says it."""
    (container,) = server.the_pod()["spec"]["containers"]
    limits, requests = container["resources"]["limits"], container["resources"]["requests"]
    return {
        "MEM_LIMIT": limits["memory"],
        "MEM_GUARANTEE": requests["memory"],
        "CPU_GUARANTEE": str(int(requests["cpu"].removesuffix("m")) / 1000),
    }


def test_site_has_the_jupyterhub_that_its_name_says(site: SiteHub) -> None:
    version = site.as_grader("GET", "").json()["version"]
    assert site.name == f"site-jupyterhub-{version.partition('.')[0]}"


def test_people_work_and_go_on_a_hub_as_sites_set_it_up_H01_T09(demo: Demo, site: SiteHub, server_of: ServerOf) -> None:
    user = HubSession(site.address, "ana")
    server = server_of("ana")
    user.choose(size="small")
    ready = user.progress()[-1]
    assert (ready.get("ready"), ready["message"]) == (True, "Welcome, ana")

    opened = urlsplit(user.open_lab(path=""))
    assert (opened.path, parse_qs(opened.query)) == ("/site/user/ana/lab/tree/jovyan", {"of": ["ana"]})
    assert [entry["path"] for entry in user.contents("").json()["content"]] == ["jovyan"]
    assert user.get("api/terminals").status_code == 404, "args say that there are no terminals"

    seen = environment(demo, server)
    assert {name: value for name, value in seen.items() if name.startswith("SITE_")} == {
        "SITE_COURSE": "optics",
        "SITE_SEAT": "seat-of-ana",
        "SITE_NAME": site.name,
        "SITE_SIZE": "small",
        "SITE_TEAM": "team-of-ana",
        "SITE_HOME": "/home of ana below /site/user/ana/",
        "SITE_STAFF": "yes",
    }
    variables = server.instance()["spec"]["variables"]
    assert (variables["course"], variables["seat"]) == ("optics", variables["jupyterhub.user.id"])
    assert limits_and_guarantees(server) == {
        "MEM_LIMIT": seen["MEM_LIMIT"],
        "MEM_GUARANTEE": seen["MEM_GUARANTEE"],
        "CPU_GUARANTEE": seen["CPU_GUARANTEE"],
    }

    user.stop()
    assert server.pods() == []
    eventually(lambda: "after ana " in site.events)
    assert [event for event in site.events if " ana " in event] == ["before ana ", "after ana "]


def test_services_start_servers_by_token_and_end_idle_ones_H01(site: SiteHub, server_of: ServerOf) -> None:
    server = server_of("idler", "lab")
    assert site.as_grader("POST", "users/idler").status_code == 201
    started = site.as_grader("POST", "users/idler/servers/lab", {"size": "large"})
    assert started.status_code in (201, 202), started.text
    progress = site.as_grader("GET", "users/idler/servers/lab/progress").text
    assert "Welcome, idler" in progress

    eventually(lambda: "after idler lab" in site.events, seconds=120)
    eventually(lambda: site.as_grader("GET", "users/idler").json()["servers"] == {})
    eventually(lambda: not server.exists())
    assert server.pods() == []
    server.the_claim()  # the files of a removed server stay
    assert site.events.count("before idler lab") == 1
