"""The part of a kubelet, played by the test: where there is no node, a pod's status is what somebody writes into it."""

from datetime import UTC, datetime

from tests.support.kube import Json, Kube
from tests.support.waiting import eventually

NODE = "node-1"
ADDRESS = "10.1.2.3"
_SCHEDULER = "default-scheduler"


class Kubelet:
    """Reports on the pods of one namespace; ``kube`` is the administrator."""

    def __init__(self, kube: Kube, namespace: str) -> None:
        self._kube = kube
        self._namespace = namespace

    def bind(self, pod: str, *, at_once: bool = False) -> None:
        """Give the pod to the node: from now on, who deletes it has to wait for ``finish``.

        Not before the scheduler has found no node, unless ``at_once``: it would say so over what the kubelet reports.
        """
        if not at_once:
            eventually(lambda: self._is_given_up(pod))
        target = {"apiVersion": "v1", "kind": "Node", "name": NODE}
        body = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": pod}, "target": target}
        self._kube.request("POST", self._kube.path("pods/binding", self._namespace, pod), body)

    def serve(self, pod: str, *, address: str = ADDRESS) -> None:
        """The pod runs and is Ready."""
        self._report(pod, phase="Running", ready=True, address=address, state={"running": {"startedAt": _now()}})

    def run(self, pod: str) -> None:
        """The pod runs and is not Ready."""
        self._report(pod, phase="Running", ready=False, state={"running": {"startedAt": _now()}})

    def wait(self, pod: str, reason: str, message: str = "") -> None:
        """The container waits, for instance for its image."""
        self._report(pod, phase="Pending", ready=False, state={"waiting": {"reason": reason, "message": message}})

    def end(self, pod: str, exit_code: int, *, reason: str = "Error", message: str = "") -> None:
        """All containers ended for good."""
        terminated = {"exitCode": exit_code, "reason": reason, "message": message, "finishedAt": _now()}
        phase = "Failed" if exit_code else "Succeeded"
        self._report(pod, phase=phase, ready=False, state={"terminated": terminated})

    def report(self, pod: str, *containers: Json, phase: str = "Running") -> None:
        """What the kubelet says of a pod of several containers, the pod's own Ready being as it makes it."""
        ready = all(each["ready"] for each in containers)
        condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": _now()}
        condition |= {} if ready else {"reason": "ContainersNotReady"}
        conditions = [{"type": "PodScheduled", "status": "True", "lastTransitionTime": _now()}, condition]
        status: Json = {"phase": phase, "conditions": conditions, "containerStatuses": [*containers]}
        status |= {"podIP": ADDRESS, "podIPs": [{"ip": ADDRESS}]}
        self._kube.merge_patch("pods/status", self._namespace, pod, {"status": status}, manager="kubelet")

    def _is_given_up(self, pod: str) -> bool:
        found = self._kube.get("pods", self._namespace, pod)
        said = {condition["type"] for condition in found["status"].get("conditions", [])}
        return "PodScheduled" in said or found["spec"]["schedulerName"] != _SCHEDULER

    def announce(self, pod: str, reason: str, message: str) -> None:
        """The pod is to go, for this reason; without a recent time Kubernetes would take the condition for stale."""
        condition = {"type": "DisruptionTarget", "status": "True", "reason": reason, "message": message}
        conditions = self._kube.get("pods", self._namespace, pod)["status"]["conditions"]
        status = {"conditions": [*conditions, condition | {"lastTransitionTime": _now()}]}
        self._kube.merge_patch("pods/status", self._namespace, pod, {"status": status}, manager="kubelet")

    def finish(self, pod: str) -> None:
        """The pod that was told to go is gone."""
        self._kube.delete("pods", self._namespace, pod, grace_seconds=0)

    def _report(self, pod: str, *, phase: str, ready: bool, state: Json, address: str = ADDRESS) -> None:
        conditions = [
            {"type": "PodScheduled", "status": "True", "lastTransitionTime": _now()},
            {"type": "Ready", "status": str(ready), "lastTransitionTime": _now()},
        ]
        container = {"name": "notebook", "ready": ready, "restartCount": 0, "state": state, "image": "", "imageID": ""}
        status: Json = {"phase": phase, "conditions": conditions, "containerStatuses": [container]}
        if phase == "Running":
            status |= {"podIP": address, "podIPs": [{"ip": address}]}
        self._kube.merge_patch("pods/status", self._namespace, pod, {"status": status}, manager="kubelet")


def running(name: str, *, ready: bool = True) -> Json:
    """The status of a container that runs."""
    return _container(name, {"running": {"startedAt": _now()}}, ready=ready)


def waiting(name: str, reason: str, message: str = "") -> Json:
    """The status of a container that does not run yet."""
    return _container(name, {"waiting": {"reason": reason, "message": message}})


def terminated(name: str, exit_code: int, reason: str) -> Json:
    """The status of a container that ended."""
    ended = {"exitCode": exit_code, "reason": reason, "startedAt": _now(), "finishedAt": _now()}
    return _container(name, {"terminated": ended})


def _container(name: str, state: Json, *, ready: bool = False) -> Json:
    return {"name": name, "ready": ready, "restartCount": 0, "state": state, "image": "", "imageID": ""}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
