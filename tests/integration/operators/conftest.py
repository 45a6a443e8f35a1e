"""The operators as processes with their own accounts, on a real control plane, and a namespace for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.audit import AuditLog
from tests.support.installation import (
    RELEASE_NAMESPACE,
    install_accounts,
    install_kinds,
    install_storage_class,
    make_namespace,
)
from tests.support.kube import Kube
from tests.support.lab import Lab
from tests.support.operators import Operator, Operators
from tools.cluster import Cluster


@pytest.fixture(scope="session")
def kube(control_plane: Cluster) -> Iterator[Kube]:
    """The administrator."""
    kube = Kube(control_plane.kubeconfig)
    install_kinds(kube)
    install_storage_class(kube)
    yield kube
    kube.close()


@pytest.fixture(scope="session")
def accounts(control_plane: Cluster, kube: Kube) -> dict[str, Path]:
    """Kubeconfigs of the accounts."""
    return install_accounts(kube, control_plane)


@pytest.fixture(scope="session")
def hub_kube(accounts: dict[str, Path]) -> Iterator[Kube]:
    """The hub."""
    kube = Kube(accounts["hub"])
    yield kube
    kube.close()


@pytest.fixture(scope="session")
def all_operators(accounts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    """The operators, none of which runs yet."""
    logs = tmp_path_factory.mktemp("operators")
    options = [f"--template-namespace={RELEASE_NAMESPACE}"]
    operators = Operators(
        [
            Operator(name, accounts[name], logs / f"{name}.log", options=options)
            for name in ("pvcs", "pods", "pod-status")
        ]
    )
    yield operators
    operators.stop_all()


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
