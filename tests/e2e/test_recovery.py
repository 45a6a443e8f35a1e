"""What happens to servers when pods, operators or the hub go away under them."""

import os
import signal
import time
from typing import Any

import pytest

from tests.e2e.servers import Server, is_ready, uid
from tests.support.waiting import eventually
from tools.demo.kubectl import Kubectl
from tools.demo.settings import RELEASE
from tools.faults.pod_processes import pids_of

OPERATORS = ("pvcs", "pods", "pod-status")
HUB = "--selector=app=jupyterhub,component=hub"


def replicas(kubectl: Kubectl, name: str) -> list[dict[str, Any]]:
    selector = f"--selector=app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component={name}"
    return kubectl.items("pods", selector)


def holder(kubectl: Kubectl, name: str) -> str:
    """The process that works, as the Lease names it: its pod and a mark of its own."""
    return kubectl.get("lease", f"{RELEASE}-{name}")["spec"]["holderIdentity"]


def leader(kubectl: Kubectl, name: str) -> dict[str, Any] | None:
    """The pod that works, if the Lease is not just being handed over; the other one stands by."""
    works = holder(kubectl, name).rpartition("_")[0]
    alive = [pod for pod in replicas(kubectl, name) if "deletionTimestamp" not in pod["metadata"]]
    return next((pod for pod in alive if name_of(pod) == works), None)


def restarts(pod: dict[str, Any]) -> int:
    return pod["status"]["containerStatuses"][0]["restartCount"]


def never_killed(kubectl: Kubectl, name: str) -> None:
    """New pods for an operator that was killed before: the kubelet lets a container wait that dies often."""
    if any(restarts(pod) for pod in replicas(kubectl, name)):
        kubectl.run("rollout", "restart", f"deployment/{RELEASE}-{name}")
        kubectl.run("rollout", "status", f"deployment/{RELEASE}-{name}", "--timeout=120s")


def kill_leader(kubectl: Kubectl, name: str) -> str:
    """SIGKILL to the process of the replica that works, from outside of its container; the answer is its pod's name."""
    pod = eventually(lambda: leader(kubectl, name))
    assert pod is not None
    for process in pids_of(pod, b"jupyternetes"):
        os.kill(process, signal.SIGKILL)
    return name_of(pod)


def name_of(pod: dict[str, Any]) -> str:
    return pod["metadata"]["name"]


def test_a_deleted_pod_is_reported_and_the_next_start_has_the_same_volume_P07_V02(log_in, kubectl) -> None:
    user = log_in("loses-a-pod")
    user.run()
    server = Server(kubectl, user.user)
    lost, claim = server.the_pod(), server.the_claim()
    user.open_lab()
    user.write("kept.txt", "still here")

    kubectl.run("delete", "pod", lost["metadata"]["name"])
    eventually(lambda: user.servers() == {}, seconds=10)
    (state,) = server.instance()["status"]["pods"].values()
    assert state["state"] == "Stopped"
    assert server.pods() == []

    user.run()
    assert uid(server.the_pod()) != uid(lost)
    assert server.the_claim() == claim
    user.open_lab()
    assert user.contents("kept.txt").json()["content"] == "still here"


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_start_survives_the_death_of_an_operator_R04(log_in, kubectl, operator: str) -> None:
    user = log_in(f"while-{operator}-dies")
    server = Server(kubectl, user.user)
    never_killed(kubectl, operator)
    user.start()
    before = holder(kubectl, operator)
    killed = kill_leader(kubectl, operator)

    eventually(lambda: is_ready(server.instance()))
    eventually(lambda: restarts(kubectl.get("pod", killed)) == 1)
    # The other replica, or the same one if it was started again very quickly.
    eventually(lambda: leader(kubectl, operator) and holder(kubectl, operator) != before)
    assert user.progress()[-1].get("ready")
    user.open_lab()
    assert server.the_pod()["status"]["phase"] == "Running"
    server.the_claim()


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_stop_survives_the_death_of_an_operator_R04(log_in, kubectl, operator: str) -> None:
    user = log_in("stops-meanwhile")
    user.run()
    server = Server(kubectl, user.user)
    claim = server.the_claim()
    never_killed(kubectl, operator)
    kill_leader(kubectl, operator)
    user.stop()
    assert server.pods() == []
    assert server.the_claim() == claim


def test_a_server_survives_a_restart_of_the_hub_S06(log_in, kubectl) -> None:
    user = log_in("while-the-hub-restarts")
    user.run()
    server = Server(kubectl, user.user)
    pod, claim = server.the_pod(), server.the_claim()
    user.open_lab()

    (old,) = kubectl.items("pods", HUB)
    kubectl.run("delete", "pod", HUB, "--force", "--grace-period=0")
    eventually(lambda: [pod for pod in kubectl.items("pods", HUB) if uid(pod) != uid(old) and is_ready(pod)])
    back = time.monotonic()
    again = log_in("while-the-hub-restarts", back=True)
    eventually(lambda: again.servers().get("", {}).get("ready"), seconds=30)
    again.open_lab()
    assert time.monotonic() - back < 30
    assert uid(server.the_pod()) == uid(pod)
    assert server.the_claim() == claim

    again.stop()
    assert server.pods() == []
