"""The control plane of tools/cluster: a real API server, made and ended as the tool promises."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import eventually
from tools.cluster import Cluster, ClusterError, processes
from tools.cluster.layout import CHECKOUT
from tools.cluster.processes import wait_until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One control plane for the tests that leave it as it was."""
    cluster = Cluster.up(name="tool", directory=tmp_path_factory.mktemp("clusters"))
    yield cluster
    cluster.down()


def test_cluster_serves_when_up_returns(cluster: Cluster) -> None:
    assert cluster.is_ready()
    cluster.kubectl("create", "--dry-run=server", "--filename=-", stdin=pod("works"))


def test_second_up_finds_the_running_cluster(cluster: Cluster) -> None:
    before = {name: cluster.pid(name) for name in cluster.components}

    again = Cluster.up(name="tool", directory=cluster.folder.parent)

    assert {name: again.pid(name) for name in again.components} == before
    assert again.server == cluster.server


def test_up_in_another_form_is_refused(cluster: Cluster) -> None:
    with pytest.raises(ClusterError, match="exists with other arguments"):
        Cluster.up(name="tool", directory=cluster.folder.parent, extra_arguments={"kube-scheduler": ["--v=4"]})


def test_kubeconfig_of_a_user_acts_as_that_user_with_its_groups_and_rights(cluster: Cluster) -> None:
    alice = cluster.kubeconfig_for("alice", ["staff"])

    review = json.loads(cluster.kubectl("auth", "whoami", "--output=json", kubeconfig=alice))["status"]["userInfo"]

    assert review["username"] == "alice"
    assert "staff" in review["groups"]
    with pytest.raises(ClusterError, match="forbidden"):
        cluster.kubectl("get", "pods", kubeconfig=alice)


def test_kubeconfig_of_a_service_account_acts_as_that_account(cluster: Cluster) -> None:
    kubeconfig = cluster.service_account_kubeconfig("default", "default")

    review = json.loads(cluster.kubectl("auth", "whoami", "--output=json", kubeconfig=kubeconfig))

    assert review["status"]["userInfo"]["username"] == "system:serviceaccount:default:default"


def test_extension_servers_learn_how_to_know_the_api_server_from_a_client(cluster: Cluster) -> None:
    name = ["configmap", "extension-apiserver-authentication"]
    told = json.loads(cluster.kubectl("get", *name, "--namespace=kube-system", "--output=json"))["data"]

    assert told["client-ca-file"] not in told["requestheader-client-ca-file"]
    assert json.loads(told["requestheader-allowed-names"]) == ["front-proxy-client"]
    assert json.loads(told["requestheader-username-headers"]) == ["X-Remote-User"]


def test_audit_log_counts_each_request_once(cluster: Cluster) -> None:
    cluster.kubectl("create", "configmap", "counted")
    cluster.kubectl("delete", "configmap", "counted", "--wait=false")

    def counted() -> list[dict[str, Any]]:
        calls = [json.loads(line) for line in cluster.audit_log.read_bytes().splitlines() if line.endswith(b"}")]
        return [call for call in calls if call.get("objectRef", {}).get("name") == "counted"]

    ours = eventually(counted, until=lambda calls: len(calls) >= 2)  # a line may be written after the answer is out
    assert [call["verb"] for call in ours] == ["create", "delete"]
    assert ours[0]["user"]["username"] == "admin"
    assert ours[0]["objectRef"]["resource"] == "configmaps"
    assert ours[0]["requestReceivedTimestamp"] < ours[1]["requestReceivedTimestamp"]
    assert "requestObject" not in ours[0]


def test_frozen_api_server_answers_nobody_until_thawed(cluster: Cluster) -> None:
    cluster.freeze("kube-apiserver")
    with pytest.raises(ClusterError, match=r"imeout|deadline"):
        cluster.kubectl("get", "namespaces", "--request-timeout=1s")

    cluster.thaw("kube-apiserver")

    assert "default" in cluster.kubectl("get", "namespaces")


def test_killed_component_is_told_and_comes_back_with_its_data(cluster: Cluster) -> None:
    cluster.kubectl("create", "namespace", "kept")
    cluster.kill("kube-apiserver")
    assert cluster.pid("kube-apiserver") is None
    assert not cluster.is_ready()

    cluster.start("kube-apiserver")

    assert cluster.kubectl("get", "namespace", "kept", "--output=name") == "namespace/kept\n"


def test_unknown_component_names_those_that_there_are(cluster: Cluster) -> None:
    with pytest.raises(ClusterError, match=r"no component 'kubelet'.* etcd, kube-apiserver"):
        cluster.restart("kubelet")


def test_component_that_ends_while_starting_shows_the_end_of_its_log(tmp_path: Path) -> None:
    try:
        with pytest.raises(ClusterError, match=r"(?s)kube-scheduler ended while starting.*unknown flag: --nonsense"):
            Cluster.up(name="bad", directory=tmp_path, extra_arguments={"kube-scheduler": ["--nonsense"]})
    finally:
        Cluster.find(name="bad", directory=tmp_path).down()


def test_clusters_run_side_by_side_and_leave_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """In a folder whose path is longer than a socket's may be."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    other = Cluster.up(name="other", directory=deep)

    other.kubectl("create", "namespace", "only-here")

    assert "only-here" not in cluster.kubectl("get", "namespaces")
    other.down()
    assert processes.find(other.folder) == []
    assert list(deep.iterdir()) == []
    assert cluster.is_ready()


@pytest.mark.parametrize(("component", "then"), [("etcd", "up"), ("kube-apiserver", "down"), ("kube-scheduler", "up")])
def test_up_that_was_killed_half_way_is_repaired_by_up_and_removed_by_down(
    component: str, then: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tools.cluster"]
    options = ["--name", "half", "--directory", str(tmp_path)]
    folder = tmp_path / "half"
    with subprocess.Popen([*command, "up", *options], cwd=CHECKOUT, stdout=subprocess.DEVNULL) as up:
        wait_until(
            lambda: processes.find_component(folder, component) is not None,
            what=f"{component} runs",
            timeout=60,
            alive=lambda: None,
        )
        os.kill(up.pid, signal.SIGKILL)

    if then == "up":
        repaired = Cluster.up(name="half", directory=tmp_path)
        assert repaired.is_ready()
        repaired.kubectl("create", "--dry-run=server", "--filename=-", stdin=pod("works"))
    subprocess.run([*command, "down", *options], cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)

    assert processes.find(folder) == []
    assert list(tmp_path.iterdir()) == []


def pod(name: str) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name},
            "spec": {"containers": [{"name": "main", "image": "localhost/none:1"}]},
        }
    )
