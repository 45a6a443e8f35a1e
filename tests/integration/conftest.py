"""One real control plane for all integration tests, and one set of operators on it; both are gone when they are over.

Operators look after all namespaces, so a second set beside the first would make everything twice.
"""

import uuid
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS
from tests.support import evidence
from tests.support.audit import AuditLog
from tests.support.examples import example
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
from tests.support.others import OPTIONS, RIGHTS_ON_KINDS, install_databases, install_definition
from tools.cluster import Cluster, Steps

NO_NODES = {
    # Tests play the kubelet of a node that does not exist; these would clear its pods away.
    "kube-controller-manager": [
        "--controllers=*,-node-lifecycle-controller,-pod-garbage-collector-controller,-taint-eviction-controller",
        "--resource-quota-sync-period=24h",  # a test writes over what was counted
    ]
}


OPERATORS = ("pvcs", "pods", "pod-status")
ALL_OPERATORS = (*OPERATORS, "other-resources")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What only the operators and the API server can tell of a failure, while they are still there."""
    report = yield
    given: Mapping[str, Any] = item.funcargs if report.failed and isinstance(item, pytest.Function) else {}
    if "all_operators" in given:
        report.sections += evidence.of_operators(given["all_operators"][name] for name in ALL_OPERATORS)
    namespace = getattr(given.get("lab"), "namespace", None) or given.get("namespace")
    if namespace and "control_plane" in given:
        report.sections += evidence.of_requests(given["control_plane"].audit_log, namespace)
    return report


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory, steps: Steps) -> Iterator[Cluster]:
    cluster = Cluster.up(
        profile="control-plane",
        name="integration",
        directory=tmp_path_factory.mktemp("clusters"),
        extra_arguments=NO_NODES,
        steps=steps,
    )
    try:
        yield cluster
    finally:
        cluster.down()


@pytest.fixture(scope="session")
def kube(control_plane: Cluster) -> Iterator[Kube]:
    """The administrator."""
    kube = Kube(control_plane.kubeconfig)
    install_kinds(kube)
    install_storage_class(kube)
    install_databases(kube)
    install_definition(kube, example("other-resources/licence-definition.yaml"))
    install_definition(kube, example("postgres/definition.yaml"))
    yield kube
    kube.close()


@pytest.fixture(scope="session")
def accounts(control_plane: Cluster, kube: Kube) -> dict[str, Path]:
    """Kubeconfigs of the accounts."""
    others = RIGHTS["other-resources"] + RIGHTS_ON_KINDS
    return install_accounts(kube, control_plane, {**RIGHTS, "other-resources": others})


@pytest.fixture(scope="session")
def all_operators(accounts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    """The operators, none of which runs yet."""
    logs = tmp_path_factory.mktemp("operators")
    # Whoever follows one that was killed waits for its Lease to run out.
    options = [f"--template-namespace={RELEASE_NAMESPACE}", "--lease-seconds=6", *OPTIONS]
    operators = Operators(
        [Operator(name, accounts[name], logs / f"{name}.log", options=options) for name in ALL_OPERATORS]
    )
    yield operators
    operators.stop_all()


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
