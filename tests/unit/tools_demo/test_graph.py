"""The demonstration of the graph brings up what is missing, and draws one recording in several forms."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyternetes.api.identity import instance_name
from tools.cluster import Steps
from tools.demo import graph
from tools.demo.demo import Demo
from tools.demo.errors import DemoError
from tools.demo.graph import HUB, USERS
from tools.demo.images import published
from tools.demo.kubectl import Kubectl


class ClusterOfServers(Kubectl):
    """kubectl on a cluster in which these users have servers; some pods have no metrics yet."""

    def __init__(self, *users: str) -> None:
        self.kubeconfig = Path("kubeconfig")
        self.namespace = HUB.namespace
        self.users = list(users)
        self.measured: set[str] = set()

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        match arguments:
            case ("jupyternotebookinstances",):
                ready = [{"type": "Accepted", "status": "True"}, {"type": "Ready", "status": "True"}]
                started = [_named(instance_name(user), status={"conditions": ready}) for user in self.users]
                return [*started, _named("has-no-status-yet")]
            case ("pods",):
                return [_named(user) for user in self.users]
            case ("pods.metrics.k8s.io",):
                return [_named(user) for user in self.users if user in self.measured]
            case _:
                raise AssertionError(arguments)


def _named(name: str, **fields: object) -> dict[str, Any]:
    return {"metadata": {"name": name}, **fields}


def on(kubectl: Kubectl) -> Demo:
    return Demo(kubectl=kubectl, addresses={HUB: "http://x/"}, images=published("i", "1"), cluster=None, steps=Steps())


@pytest.fixture
def bring_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[ClusterOfServers], list[str]]:
    """Brings the demonstration up on a cluster whose servers and metrics come when they are waited for.

    The answer is who logged in.
    """
    logged_in: list[str] = []

    def up(kubectl: ClusterOfServers) -> list[str]:
        demo = Demo(
            kubectl=kubectl, addresses={HUB: "http://x/"}, images=published("i", "1"), cluster=None, steps=Steps()
        )

        def wait(condition: Callable[[], bool], **_: object) -> None:
            kubectl.users += [user for user in logged_in if user not in kubectl.users]
            condition()
            kubectl.measured.update(kubectl.users)
            assert condition()

        monkeypatch.setattr(graph, "up_local", lambda hubs, _: demo if hubs == [HUB] else None)
        monkeypatch.setattr(graph, "Cluster", SimpleNamespace(find=lambda **_: SimpleNamespace(enable_metrics=list)))
        monkeypatch.setattr(graph, "wait_until", wait)
        graph.up(Steps())
        return logged_in

    def log_in(_: str, users: Iterable[str], __: Steps) -> None:
        logged_in.extend(users)

    monkeypatch.setattr(graph, "start_servers", log_in)
    return up


def test_first_run_logs_everybody_in(bring_up: Callable[[ClusterOfServers], list[str]]) -> None:
    assert bring_up(ClusterOfServers()) == [*USERS]


def test_second_run_logs_nobody_in(bring_up: Callable[[ClusterOfServers], list[str]]) -> None:
    assert bring_up(ClusterOfServers(*USERS)) == []


def test_only_those_without_a_server_are_logged_in(bring_up: Callable[[ClusterOfServers], list[str]]) -> None:
    assert bring_up(ClusterOfServers(USERS[0])) == [*USERS[1:]]


@pytest.fixture
def demo() -> Demo:
    return on(ClusterOfServers())


def test_pictures_and_tree_are_of_the_one_recording(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(graph, "PICTURES", tmp_path / "graph")
    monkeypatch.setattr(
        graph.subprocess, "run", lambda command, **_: commands.append(command) or SimpleNamespace(returncode=0)
    )

    graph.draw(demo)

    looked, *drawn = commands
    assert {"--kubeconfig=kubeconfig", f"--namespace={HUB.namespace}", "--namespace=kadense"} <= {*looked}
    assert f"--file={tmp_path}/graph/graph.json" in looked
    assert all(f"--snapshot={tmp_path}/graph/graph.json" in each for each in drawn)
    files = [argument for each in drawn for argument in each if argument.startswith("--file=")]
    assert files == [f"--file={tmp_path}/graph/graph.svg", f"--file={tmp_path}/graph/graph.html"]


def test_command_that_fails_ends_the_demonstration(demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(graph, "PICTURES", tmp_path)
    failed = subprocess.CompletedProcess([], returncode=1)
    monkeypatch.setattr(graph.subprocess, "run", lambda *_, **__: failed)

    with pytest.raises(DemoError, match="jupyternetes graph"):
        graph.draw(demo)


def test_directions_say_where_pictures_are_and_how_to_break_it(demo: Demo) -> None:
    text = graph.directions(demo, 12.3)

    assert "build/demo/graph/graph.html" in text
    assert "scale deployment postgres --replicas=0" in text
    assert "make demo-down" in text
