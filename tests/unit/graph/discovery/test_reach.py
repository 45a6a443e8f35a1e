"""What hubs told of is tried from here, and nothing else; what follows from it is little."""

import socket
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.hub import reach
from jupyternetes.graph.discovery.hub.reach import Reach
from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.discovery.objects.services import Service
from jupyternetes.graph.discovery.observed import Observed, Place
from jupyternetes.runtime.objects import ObjectKey
from tests.unit.hub_dependencies.services import closed_port, full_service, silent_service

HUB = ObjectKey("lab", "hub-1")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_LIMIT", 0.2)
    monkeypatch.setattr(reach, "_YES_FOR", 0.0)
    monkeypatch.setattr(reach, "_NO_FOR", 0.0)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The addresses that are connected to, none of which answers."""
    found: list[tuple[str, int]] = []

    async def connect(host: str, port: int) -> None:
        found.append((host, port))
        raise ConnectionRefusedError

    monkeypatch.setattr(reach.asyncio, "open_connection", connect)
    return found


def service(name: str, namespace: str = "lab", **spec: Any) -> Service:
    return msgspec.convert({"metadata": {"name": name, "namespace": namespace}, "spec": spec}, Service)


def observed(*hosts: str, port: int = 5432, services: Iterable[Service] = (), pods: Iterable[Pod] = ()) -> Observed:
    dependencies = tuple(HubDependency(kind="database", host=host, port=port) for host in hosts)
    return Observed(told={HUB: dependencies}, services=tuple(services), pods=tuple(pods), namespaces=("lab", "data"))


def behind(address: int | str, port: int) -> Observed:
    """A database whose Service has an address on this machine."""
    return observed("db", port=port, services=[service("db", clusterIP=str(address))])


async def test_what_takes_a_connection_is_reached() -> None:
    with silent_service() as address:
        found = await Reach().tried(behind(*address))

    assert found.reached == {Place("lab", "db", address.port): True}


@pytest.mark.parametrize("service_of_kind", [closed_port, full_service])
async def test_nothing_follows_from_what_was_never_reached(service_of_kind: Any) -> None:
    with service_of_kind() as address:
        found = await Reach().tried(behind(*address))

    assert found.reached == {}


async def test_what_was_reached_before_and_is_no_longer_is_said() -> None:
    trying = Reach()
    with silent_service() as address:
        await trying.tried(behind(*address))

    found = await trying.tried(behind(*address))

    assert found.reached == {Place("lab", "db", address.port): False}


async def test_an_answer_counts_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_YES_FOR", 60.0)
    trying = Reach()
    with silent_service() as address:
        await trying.tried(behind(*address))

    found = await trying.tried(behind(*address))

    assert found.reached == {Place("lab", "db", address.port): True}


@pytest.mark.parametrize(
    ("host", "services", "expected"),
    [
        ("db", [service("db", clusterIP="10.96.0.7")], ["10.96.0.7"]),
        ("db.data", [service("db", "data", clusterIP="10.96.0.8")], ["10.96.0.8"]),
        ("db.data.svc.cluster.local", [service("db", "data", clusterIP="10.96.0.8")], ["10.96.0.8"]),
        ("db", [service("db", type="ExternalName", externalName="db.example.org")], ["db.example.org"]),
        ("login.example.org", [], ["login.example.org"]),
        ("10.1.2.3", [], ["10.1.2.3"]),
        ("fd00::7", [], ["fd00::7"]),
        ("db", [], []),  # a short name of the cluster, which may be another machine's name here
        ("localhost", [], []),
        ("127.0.0.1", [], []),
        ("", [], []),
    ],
)
async def test_where_a_connection_is_tried(
    host: str, services: list[Service], expected: list[str], tried: list[tuple[str, int]]
) -> None:
    await Reach().tried(observed(host, services=services))

    assert tried == [(each, 5432) for each in expected]


async def test_pods_behind_a_service_without_an_address_are_tried(tried: list[tuple[str, int]]) -> None:
    labels = {"app": "db"}
    pod = msgspec.convert(
        {"metadata": {"name": "db-0", "namespace": "lab", "labels": labels}, "status": {"podIP": "10.1.0.9"}}, Pod
    )
    headless = service("db", clusterIP="None", selector=labels)

    await Reach().tried(observed("db", services=[headless], pods=[pod]))

    assert tried == [("10.1.0.9", 5432)]


async def test_what_has_no_port_is_not_tried(tried: list[tuple[str, int]]) -> None:
    await Reach().tried(observed("login.example.org", port=0))

    assert tried == []


async def test_a_name_that_means_nothing_here_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    found = await Reach().tried(observed("db.data.svc"))

    assert found.reached == {}
