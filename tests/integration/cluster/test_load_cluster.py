"""The profile *load*: fake nodes on which pods run at once, and volumes that are made for each claim."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.cluster import Cluster, processes
from tools.cluster.load import nodes

pytestmark = pytest.mark.long  # only benchmarks use this profile, and kwok is built for them alone

LIFTED = ["--kube-api-qps=500", "--kube-api-burst=500"]
PODS = [f"user-{number}" for number in range(5)]


@pytest.fixture(scope="module")
def cluster(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Beside the control plane of the other tests: several clusters run on one machine."""
    folder = tmp_path_factory.mktemp("load")
    arguments = {"kube-controller-manager": LIFTED, "kube-scheduler": LIFTED}
    cluster = Cluster.up(profile="load", name="load", directory=folder, extra_arguments=arguments)
    yield cluster
    cluster.down()
    assert processes.find(cluster.folder) == []


def test_pods_with_claims_run_and_are_ready_on_fake_nodes(cluster: Cluster, control_plane: Cluster) -> None:
    assert len(names(cluster, "nodes")) == nodes.NODES

    cluster.kubectl("create", "--filename=-", stdin=objects([*map(claim, PODS), *map(pod, PODS)]))

    cluster.kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=30s")
    running = json.loads(cluster.kubectl("get", "pods", "--output=json"))["items"]
    assert all(each["status"]["podIP"] for each in running)
    assert len({each["status"]["podIP"] for each in running}) == len(PODS)
    claims = json.loads(cluster.kubectl("get", "persistentvolumeclaims", "--output=json"))["items"]
    assert {each["status"]["phase"] for each in claims} == {"Bound"}
    assert names(control_plane, "nodes") == []


def test_deleted_pods_are_gone_and_deleted_claims_take_their_volumes_along(cluster: Cluster) -> None:
    cluster.kubectl("create", "--filename=-", stdin=objects([claim("leaves"), pod("leaves")]))
    cluster.kubectl("wait", "--for=condition=Ready", "pod/leaves", "--timeout=30s")
    volume = cluster.kubectl("get", "pvc", "leaves", "--output=jsonpath={.spec.volumeName}")

    cluster.kubectl("delete", "pod,pvc", "leaves", "--timeout=30s")

    cluster.kubectl("wait", "--for=delete", f"pv/{volume}", "--timeout=30s")


def test_component_that_is_rearranged_keeps_its_new_arguments(cluster: Cluster) -> None:
    before = cluster.pid("kube-scheduler")

    cluster.rearrange("kube-scheduler", [])

    again = Cluster.find(name=cluster.name, directory=cluster.folder.parent)
    assert again.pid("kube-scheduler") != before
    assert LIFTED[0] not in command_line(again.pid("kube-scheduler"))
    assert LIFTED[0] in command_line(again.pid("kube-controller-manager"))
    again.restart("kube-scheduler")
    assert LIFTED[0] not in command_line(again.pid("kube-scheduler"))


def names(cluster: Cluster, kind: str) -> list[str]:
    return cluster.kubectl("get", kind, "--output=name").split()


def command_line(pid: int | None) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def objects(items: list[dict[str, object]]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def claim(name: str) -> dict[str, object]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def pod(name: str) -> dict[str, object]:
    container = {"name": "main", "image": "none", "volumeMounts": [{"name": "home", "mountPath": "/home"}]}
    volume = {"name": "home", "persistentVolumeClaim": {"claimName": name}}
    spec = {"containers": [container], "volumes": [volume]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
