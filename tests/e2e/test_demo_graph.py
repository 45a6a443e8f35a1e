"""The demonstration of the dependency graph: a hub with PostgreSQL, an OAuth provider and users; PostgreSQL fails."""

import os
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from jupyternetes.api.hub_dependencies import PATH, PORT
from jupyternetes.graph.model.kinds import State
from tests.e2e.graph_command import found, graph
from tests.support.waiting import eventually
from tests.unit.graph.discovery.recordings import arrows, names, node
from tools.cluster import Steps
from tools.demo import graph as demonstration
from tools.demo.demo import Demo
from tools.faults.pod_processes import pids_of

#: The hub asks every 5 seconds and waits 3 for an answer; the rest is for a busy machine.
TOLD_WITHIN = 30
#: What a connection to a Service without pods ends with depends on how the node does it, and on the moment.
NOBODY_THERE = ("Refused", "Unreachable", "NoConnection", "Broken")


@pytest.fixture(scope="module")
def with_providers(demo: Demo, steps: Steps) -> Iterator[Demo]:
    """The hub with its providers, beside those of the other tests; its namespace goes."""
    running = demonstration.up(steps)
    yield running
    running.kubectl.run("delete", "namespace", demonstration.HUB.namespace)


def told(demo: Demo) -> dict[str, Any]:
    """What the hub says of its database."""
    (pod,) = demo.kubectl.items("pods", "--selector=app=jupyterhub,component=hub")
    answer = requests.get(f"http://{pod['status']['podIP']}:{PORT}{PATH}", timeout=5).json()
    (database,) = [each for each in answer["dependencies"] if each["kind"] == "database"]
    return database


def until_told(demo: Demo, *, up: bool) -> dict[str, Any]:
    return eventually(lambda: told(demo), until=lambda database: database["up"] is up, seconds=TOLD_WITHIN)


def says_that_it_is_well(demo: Demo) -> bool:
    """The hub's page of health; it waits while the hub tries to reach a database whose pod has just gone."""
    try:
        return requests.get(f"{demo.address}hub/health", timeout=5).status_code == requests.codes.ok
    except requests.Timeout:
        return False


def check_trouble_is_shown(demo: Demo, reasons: Collection[str]) -> None:
    """The graph says why no answer comes from the database, and who notices; the hub counts as well."""
    seen = found(demo)
    database, hub = node(seen, "database", "postgres"), node(seen, "hub", "hub")
    (stores,) = [each for each in seen.out_of[database.id] if each.target == hub.id]
    assert stores.state is State.FAILING
    assert stores.reason in reasons
    assert stores.message.startswith("The hub says: ")
    assert hub.state is State.OK
    running = len(demonstration.USERS)
    assert f"log in fails for all; new starts fail; {running} running servers go on" in graph(demo, "node", "postgres")


@contextmanager
def database_gone(demo: Demo) -> Iterator[None]:
    """No pod of PostgreSQL; afterwards there is one again."""
    demo.kubectl.run("scale", "deployment/postgres", "--replicas=0")
    try:
        demo.kubectl.run("wait", "--for=delete", "pod", "--selector=component=postgres", "--timeout=60s")
        yield
    finally:
        demo.kubectl.run("scale", "deployment/postgres", "--replicas=1")
        demo.kubectl.run("rollout", "status", "deployment/postgres", "--timeout=120s")


@contextmanager
def database_stopped(demo: Demo) -> Iterator[None]:
    """All processes of PostgreSQL stand still, and their connections stay."""
    (pod,) = demo.kubectl.items("pods", "--selector=component=postgres")
    processes = pids_of(pod, b"postgres")
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def test_arrows_lead_from_database_and_login_to_the_hub_and_everything_can_be_observed(with_providers: Demo) -> None:
    seen = found(with_providers)

    assert names(seen, "database") == {"postgres"}
    assert "login" in names(seen, "oauth")
    assert {each.user for each in seen.nodes if each.kind == "server"} == set(demonstration.USERS)
    assert {("postgres", "hub"), ("login", "hub"), ("hub", "proxy")} <= arrows(seen)
    pods = [each for each in seen.nodes if each.kind in ("database", "hub", "proxy", "server") or each.name == "login"]
    assert {each.name: each.state for each in pods if each.state is not State.OK} == {}
    quiet = "logs: no data (the log is empty)"  # a notebook server writes nothing as long as all is well
    missing = {
        each.name: [why for why in each.observability.missing if (each.kind, why) != ("server", quiet)] for each in pods
    }
    assert {name: why for name, why in missing.items() if why} == {}


def test_a_database_that_is_gone_is_told_and_shown_though_the_hub_counts_as_healthy(with_providers: Demo) -> None:
    with database_gone(with_providers):
        refused = until_told(with_providers, up=False)
        assert refused["seconds"] is None
        assert refused["message"]
        eventually(lambda: says_that_it_is_well(with_providers))
        check_trouble_is_shown(with_providers, NOBODY_THERE)
        assert graph(with_providers, "causes").startswith("The cause is the hub's database postgres.\n")

    until_told(with_providers, up=True)
    eventually(lambda: graph(with_providers, "causes").startswith("Nothing is wrong."))


def test_a_database_that_hangs_is_told_with_the_seconds_and_heals(with_providers: Demo) -> None:
    with database_stopped(with_providers):
        until_told(with_providers, up=False)
        check_trouble_is_shown(with_providers, ("NoAnswerInTime",))
        assert graph(with_providers, "causes").startswith("The cause is probably the hub's database postgres.\n")

    until_told(with_providers, up=True)
    eventually(lambda: node(found(with_providers), "database", "postgres").state is State.OK, seconds=TOLD_WITHIN)
