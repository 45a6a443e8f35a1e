"""What a cluster stores is only replaced by a copy of such a store."""

from pathlib import Path

import pytest

from tools.cluster import Cluster, ClusterError, Steps
from tools.cluster.layout import Layout, Profile, Record, choose_ports


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """One that was made and does not run."""
    layout = Layout.of("stored", tmp_path)
    (layout.etcd / "member").mkdir(parents=True)
    return Cluster(layout, Record(Profile.CONTROL_PLANE, choose_ports(), {}), Steps())


def test_folder_that_is_no_copy_of_a_store_is_refused_and_nothing_lost(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"is no copy of a cluster's store; make one with Cluster\.save"):
        cluster.restore(tmp_path / "nothing")

    assert (cluster.folder / "etcd" / "member").is_dir()
