"""One real control plane for all integration tests; it is gone, with all its processes, when they are over."""

from collections.abc import Iterator

import pytest

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
