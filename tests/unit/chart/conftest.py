"""A rendered release as plain data."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tools.chart.helm import Helm

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]


@pytest.fixture(scope="session")
def helm() -> Helm:
    return Helm()


@pytest.fixture(scope="session")
def render(helm: Helm) -> Render:
    """Manifests of a release with some values set: `render(release="a", namespaces=["x"])`."""

    def rendered(release: str = "one", namespace: str = "kadense", **values: object) -> list[Manifest]:
        text = helm.template(release, namespace, "--include-crds", "--values=-", stdin=json.dumps(values))
        return [manifest for manifest in yaml.safe_load_all(text) if manifest]

    return rendered
