"""One real control plane for all integration tests, and one set of operators on it; both are gone when they are over.

Operators look after all namespaces, so a second set beside the first would make everything twice.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import RELEASE_NAMESPACE, install_accounts, install_kinds, install_storage_class
from tests.support.kube import Kube
from tests.support.operators import Operator, Operators
from tools.cluster import Cluster, Steps

NO_NODES = {
    # Tests play the kubelet of a node that does not exist; these would clear its pods away.
    "kube-controller-manager": [
        "--controllers=*,-node-lifecycle-controller,-pod-garbage-collector-controller,-taint-eviction-controller"
    ]
}


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
    yield kube
    kube.close()


@pytest.fixture(scope="session")
def accounts(control_plane: Cluster, kube: Kube) -> dict[str, Path]:
    """Kubeconfigs of the accounts."""
    return install_accounts(kube, control_plane)


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
