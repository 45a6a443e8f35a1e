"""A rendered release as plain data."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import yaml

from tools.chart.helm import Helm

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML was built with it
Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]


@pytest.fixture(scope="session")
def helm() -> Helm:
    return Helm()


@pytest.fixture(scope="session")
def render(helm: Helm) -> Render:
    """Manifests of a release with some values set: `render(release="a", namespaces=["x"])`."""

    @cache
    def manifests(release: str, namespace: str, values: str) -> list[Manifest]:
        text = helm.template(release, namespace, "--values=-", stdin=values)
        return [manifest for manifest in yaml.load_all(text, Loader=_Loader) if manifest]

    def rendered(release: str = "one", namespace: str = "kadense", **values: object) -> list[Manifest]:
        return deepcopy(manifests(release, namespace, json.dumps(values)))

    return rendered
