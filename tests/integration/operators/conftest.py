"""The operators as processes with their own accounts, on a real control plane, and a namespace for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.audit import AuditLog
from tests.support.installation import make_namespace
from tests.support.kube import Kube
from tests.support.lab import Lab
from tests.support.operators import Operators
from tests.support.webhook import Webhook
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


@pytest.fixture(scope="session")
def audit(control_plane: Cluster, kube: Kube) -> AuditLog:
    return AuditLog(control_plane.audit_log, kube)


@pytest.fixture
def lab(kube: Kube, hub_kube: Kube, audit: AuditLog) -> Iterator[Lab]:
    """An empty namespace of the test's own."""
    namespace = make_namespace(kube, f"test-{uuid.uuid4().hex[:8]}")
    yield Lab(kube, hub_kube, audit, namespace)
    kube.delete("namespaces", "", namespace)


@pytest.fixture(scope="session")
def webhook(kube: Kube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webhook]:
    with Webhook(kube, tmp_path_factory.mktemp("webhook")) as webhook:
        yield webhook
