"""The node of tools/cluster: real pods, and a machine that is afterwards as it was before.

Needs root and the machine's one node, so it is not part of every run; the end-to-end tests use the node every time.
"""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import eventually
from tools.cluster import Cluster, ClusterError, Profile, processes
from tools.cluster.node import claims, network
from tools.cluster.node.images import SHELL_IMAGE

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.geteuid() != 0, reason="a node needs root"),
    pytest.mark.skipif(claims.read() is not None, reason="another cluster holds this machine's node"),
]


@pytest.fixture(scope="module")
def machine_before() -> dict[str, object]:
    return traces()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deeper than the path of a socket may be."""
    return tmp_path_factory.mktemp("clusters") / ("d" * 60) / ("e" * 60)


@pytest.fixture(scope="module")
def cluster(machine_before: dict[str, object], directory: Path) -> Iterator[Cluster]:
    cluster = Cluster.up(profile=Profile.NODE, name="tool-node", directory=directory)
    yield cluster
    cluster.down()


def test_pod_of_an_ordinary_user_writes_its_volume_and_is_found_by_name(cluster: Cluster) -> None:
    serve = "echo hello > /home/user/index.html && exec httpd -f -p 8080 -h /home/user"
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    apply(
        cluster,
        manifest("PersistentVolumeClaim", "home", claim),
        manifest(
            "Pod",
            "web",
            {
                "securityContext": {"runAsUser": 1000, "runAsGroup": 100, "runAsNonRoot": True},
                "terminationGracePeriodSeconds": 0,
                "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": "home"}}],
                "containers": [
                    {
                        **shell(serve),
                        "volumeMounts": [{"name": "home", "mountPath": "/home/user"}],
                        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
                    }
                ],
            },
            labels={"app": "web"},
        ),
        manifest("Service", "web", {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}),
        manifest("Pod", "client", {"terminationGracePeriodSeconds": 0, "containers": [shell("exec sleep 1000")]}),
    )

    cluster.kubectl("wait", "--for=condition=Ready", "pod/web", "pod/client", "--timeout=60s")

    fetch = "until wget -q -O- http://web.default.svc.cluster.local; do sleep 0.2; done"
    assert cluster.kubectl("exec", "client", "--", "timeout", "20", "sh", "-c", fetch) == "hello\n"
    assert "1000 100" in cluster.kubectl("exec", "web", "--", "stat", "-c", "%u %g", "/home/user/index.html")


def test_names_outside_the_cluster_do_not_exist(cluster: Cluster) -> None:
    answer = cluster.kubectl("exec", "client", "--", "sh", "-c", "nslookup example.org || true")

    assert "NXDOMAIN" in answer


def test_service_address_that_nobody_serves_is_refused_on_this_machine(cluster: Cluster) -> None:
    rules = subprocess.run(["iptables-save", "-t", "filter"], capture_output=True, text=True, check=True).stdout
    assert "-A FORWARD -j KUBE-CONFINEMENT" in rules  # or the next line would send something out

    nobody = ("10.96.255.254", 80)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(nobody, timeout=5)
    # A connection that nobody refuses would last until timeout ends it with 143.
    ask = "timeout 5 nc {} {} </dev/null; echo $?".format(*nobody)
    assert cluster.kubectl("exec", "client", "--", "sh", "-c", ask).split()[-1] == "1"


def test_memory_limit_ends_a_pod_as_out_of_memory(cluster: Cluster) -> None:
    greedy = {**shell("tail -c 300000000 /dev/zero"), "resources": {"limits": {"memory": "32Mi"}}}
    apply(cluster, manifest("Pod", "greedy", {"restartPolicy": "Never", "containers": [greedy]}))

    cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Failed", "pod/greedy", "--timeout=30s")

    state = "jsonpath={.status.containerStatuses[0].state.terminated.reason}"
    assert cluster.kubectl("get", "pod", "greedy", f"--output={state}") == "OOMKilled"


def test_unknown_image_is_reported_at_once(cluster: Cluster) -> None:
    apply(cluster, manifest("Pod", "unknown", {"containers": [{"name": "main", "image": "localhost/none:1"}]}))

    reason = "{.status.containerStatuses[0].state.waiting.reason}=ErrImagePull"
    cluster.kubectl("wait", f"--for=jsonpath={reason}", "pod/unknown", "--timeout=20s")


def test_usage_of_pods_is_told_once_metrics_are_asked_for(cluster: Cluster) -> None:
    with pytest.raises(ClusterError, match="the server could not find the requested resource"):
        usage_of_pods(cluster)

    cluster.enable_metrics()

    running = eventually(lambda: usage_of_pods(cluster), until=lambda usage: {"web", "client"} <= usage.keys())
    assert running["web"].keys() == {"cpu", "memory"}
    before = cluster.pid("metrics-server")
    cluster.enable_metrics()
    assert cluster.pid("metrics-server") == before


def test_killed_node_is_repaired_and_its_pods_are_still_there(cluster: Cluster, directory: Path) -> None:
    started = "jsonpath={.status.containerStatuses[0].state.running.startedAt}"
    before = cluster.kubectl("get", "pod", "web", f"--output={started}")
    for component in cluster.components:
        cluster.kill(component)

    again = Cluster.up(profile=Profile.NODE, name="tool-node", directory=directory)

    assert again.is_ready()
    assert SHELL_IMAGE in again.images()
    assert again.kubectl("get", "pod", "web", f"--output={started}") == before
    assert "web" in eventually(lambda: usage_of_pods(again), until=lambda usage: "web" in usage)


def test_second_node_is_refused_and_told_of_the_first(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=rf"cluster tool-node in {cluster.folder.parent} holds it"):
        Cluster.up(profile=Profile.NODE, name="second", directory=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_machine_is_as_it_was_after_down(cluster: Cluster, machine_before: dict[str, object]) -> None:
    """The last test of this module: it ends the cluster, with pods running and one volume mounted."""
    cluster.down()

    assert traces() == machine_before
    assert processes.find(cluster.folder) == []
    assert list(cluster.folder.parent.iterdir()) == []


def usage_of_pods(cluster: Cluster) -> dict[str, dict[str, str]]:
    """By pod what its one container uses. Raises ClusterError if the cluster does not serve it."""
    answer = cluster.kubectl("get", "--raw", "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods")
    return {pod["metadata"]["name"]: pod["containers"][0]["usage"] for pod in json.loads(answer)["items"]}


def traces() -> dict[str, object]:
    """What a node could leave on the machine."""
    links = json.loads(subprocess.run(["ip", "-json", "link"], capture_output=True, check=True).stdout)
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    folders = (
        "/run",
        "/var/lib/cni/results",
        "/var/lib/kubelet",
        "/run/containerd",
        "/var/log/containers",
        "/sys/fs/cgroup",
    )
    return {
        "links": sorted(link["ifname"] for link in links),
        "rules": sorted(line for line in rules.splitlines() if "KUBE-" in line or "CNI-" in line),
        "mounts": [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if "/tool-node/" in line],
        "settings": network.read_settings(),
        "groups": sorted(str(path) for path in Path("/sys/fs/cgroup").glob("*/jupyternetes")),
        "files": {
            name: sorted(path.name for path in Path(name).iterdir()) if Path(name).exists() else None
            for name in folders
        },
    }


def manifest(kind: str, name: str, spec: dict[str, object], labels: dict[str, str] | None = None) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "labels": labels or {}}, "spec": spec}


def shell(script: str) -> dict[str, object]:
    return {"name": "main", "image": SHELL_IMAGE, "command": ["sh", "-c", script]}


def apply(cluster: Cluster, *objects: dict[str, object]) -> None:
    cluster.kubectl(
        "apply", "--filename=-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
    )
