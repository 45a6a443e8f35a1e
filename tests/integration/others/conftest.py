"""The operators at work, and a namespace for each test, in which it plays the operator of databases."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.audit import AuditLog
from tests.support.installation import make_namespace
from tests.support.kube import Kube
from tests.support.lab import Lab
from tests.support.operators import Operators
from tools.cluster import Cluster


@pytest.fixture(scope="session")
def hub_kube(accounts: dict[str, Path]) -> Iterator[Kube]:
    """The hub."""
    kube = Kube(accounts["hub"])
    yield kube
    kube.close()


@pytest.fixture
def operators(all_operators: Operators) -> Operators:
    """The operators, at work."""
    all_operators.run_all()
    return all_operators


@pytest.fixture
def lab(kube: Kube, hub_kube: Kube, control_plane: Cluster) -> Iterator[Lab]:
    """An empty namespace of the test's own."""
    namespace = make_namespace(kube, f"others-{uuid.uuid4().hex[:8]}")
    yield Lab(kube, hub_kube, AuditLog(control_plane.audit_log, kube), namespace)
    kube.delete("namespaces", "", namespace)
