"""Hubs of the demonstration beside each other: none takes images or rights from another."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools.cluster import Cluster, Steps
from tools.demo import demo, images, release
from tools.demo.graph import HUB
from tools.demo.images import published
from tools.demo.kubectl import Kubectl
from tools.demo.settings import NAMESPACE, HubSettings
from tools.images.build import BuiltImage


class RecordingKubectl(Kubectl):
    """kubectl on a cluster with these namespaces of hubs; keeps what it was asked to do."""

    def __init__(self, *namespaces: str) -> None:
        self.kubeconfig = None
        self.namespace = NAMESPACE
        self.ran: list[tuple[str, ...]] = []
        self._namespaces = namespaces

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        self.ran.append(arguments)
        named = [{"metadata": {"name": each}} for each in self._namespaces]
        return json.dumps({"items": named}) if "namespaces" in arguments else ""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The values with which the chart was installed, by one installation after the other."""
    values: list[dict[str, Any]] = []

    def install(*_: str, stdin: str) -> None:
        values.append(json.loads(stdin))

    monkeypatch.setattr(release, "Helm", lambda *_: SimpleNamespace(install=install))
    return values


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The images that were to be built."""
    asked: list[list[str]] = []

    def build_all(names: Sequence[str], **_: object) -> dict[str, BuiltImage]:
        asked.append([*names])
        return {name: BuiltImage(name=name, reference=f"{name}:1", archive=Path(name), names=()) for name in names}

    monkeypatch.setattr(images, "build_all", build_all)
    return asked


class EmptyNode(Cluster):
    """A node without images."""

    def __init__(self) -> None:
        self.loaded: list[str] = []

    def images(self) -> list[str]:
        return []

    def load_image(self, archive: Path) -> list[str]:
        self.loaded.append(archive.name)
        return []


def test_the_demonstration_needs_no_image_of_a_provider(built: list[list[str]]) -> None:
    names = images.loaded(EmptyNode(), [HubSettings()], Steps())

    assert built == [["operators", "hub", "notebook"]]
    assert (names.hub, names.database, names.login) == ("hub:1", "", "")


def test_a_hub_with_providers_brings_their_images_onto_the_node(built: list[list[str]]) -> None:
    node = EmptyNode()
    names = images.loaded(node, [HubSettings(), HUB], Steps())

    assert set(node.loaded) == {"operators", "hub", "notebook", "database", "login"}
    assert (names.database, names.login) == ("database:1", "login:1")


def test_operators_keep_serving_the_hubs_that_are_there(installed: list[dict[str, Any]]) -> None:
    kubectl = RecordingKubectl(NAMESPACE, HUB.namespace)

    release.install(kubectl, published("i", "1"), [HubSettings()], Steps())

    (values,) = installed
    assert values["instanceNamespaces"] == [NAMESPACE, HUB.namespace]


def test_further_values_reach_the_chart_beside_those_of_the_demonstration(installed: list[dict[str, Any]]) -> None:
    more = {"otherResources": {"kinds": [{"apiVersion": "v1", "kind": "Service", "resource": "services"}]}}

    release.install(RecordingKubectl(NAMESPACE), published("i", "1"), [HubSettings()], Steps(), more)

    (values,) = installed
    assert more.items() <= values.items()
    assert values["instanceNamespaces"] == [NAMESPACE]


def test_every_hub_is_removed_and_the_release_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = RecordingKubectl(NAMESPACE, HUB.namespace)
    monkeypatch.setattr(demo, "Kubectl", lambda *_: kubectl)
    removed: list[str] = []
    monkeypatch.setattr(demo.hub, "remove", lambda kubectl, _: removed.append(kubectl.namespace))
    monkeypatch.setattr(demo.release, "uninstall", lambda *_: removed.append("release"))

    demo.down(None, Steps())

    assert ("delete", "namespace", HUB.namespace) in kubectl.ran
    assert ("delete", "namespace", NAMESPACE) not in kubectl.ran
    assert removed == [NAMESPACE, "release"]
