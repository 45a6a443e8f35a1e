"""A start and a stop with just the rights that the chart gives, its policies in force: they are enough."""

from pathlib import Path

from tests.support.deployed import as_deployed, start_and_stop
from tests.support.hub import INSTANCES, Hub
from tests.support.kube import Kube
from tools.chart.helm import Helm
from tools.cluster import Cluster


def test_a_cluster_wide_release_starts_and_stops_a_server(cluster, administrator, hub_of, tmp_path) -> None:
    with as_deployed(cluster, "one", "kadense", tmp_path):
        start_and_stop(hub_of("kadense"), administrator, "kadense", "served-by-one")


def test_a_confined_release_starts_servers_in_its_namespace_and_no_other(
    cluster: Cluster, helm: Helm, administrator: Kube, hub_of, tmp_path: Path
) -> None:
    for namespace in ("confined", "outside"):
        cluster.kubectl("create", "namespace", namespace)
        cluster.kubectl("wait", "--for=create", "serviceaccount/default", f"--namespace={namespace}", "--timeout=30s")
    cluster.kubectl("create", "serviceaccount", "hub", "--namespace=confined")
    helm.install("small", "confined", "--set=namespaces={confined}")
    foreign = {"template": {"name": "default-template", "namespace": "confined"}}
    Hub(administrator, "outside").create("nobodys", foreign)

    with as_deployed(cluster, "small", "confined", tmp_path):
        start_and_stop(hub_of("confined"), administrator, "confined", "served-by-small")

    assert administrator.all("persistentvolumeclaims", "outside") == []
    assert administrator.get(INSTANCES, "outside", "nobodys")["status"].get("conditions", []) == []
