"""What the dependency graph is drawn of: parts of a deployment, and Instances whose status nobody but us writes."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from benchmarks.lab import NAMESPACE, Lab
from benchmarks.objects import TEMPLATE
from jupyternetes.api import conditions, identity, labels
from jupyternetes.api.fields import OPERATORS
from jupyternetes.graph.discovery.hub.ask_hub import PORT_NAME
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json
from tests.support.waiting import eventually

#: Cluster nodes of the profile *load*, on which servers are said to run.
NODES: Final = 21
#: Writes that are under way at the same time, each with a connection of its own.
AT_ONCE: Final = 8
_SINCE: Final = "2026-01-01T00:00:00Z"


def install_parts(lab: Lab) -> None:
    """A hub, a proxy and the operators as pods with the charts' labels; returns when the fake nodes run them.

    Nothing is behind these pods: the operators at work are processes beside the cluster, and no hub answers.
    """
    hub = {"app": "jupyterhub", "release": "bench"}
    parts: list[tuple[str, Json]] = [(each, hub | {"component": each}) for each in ("hub", "proxy")]
    parts += [
        (f"bench-{each}", {"app.kubernetes.io/name": "jupyternetes", "app.kubernetes.io/component": each})
        for each in OPERATORS
    ]
    # What a hub tells is asked for there, at the address of a pod that may be another one's on this machine.
    container = {"name": "main", "image": "none", "ports": [{"name": PORT_NAME, "containerPort": 1}]}
    for name, its in parts:
        spec = {"containers": [container]}
        lab.kube.create("pods", RELEASE_NAMESPACE, {"metadata": {"name": name, "labels": its}, "spec": spec})
    for name in ("hub", "proxy"):
        spec = {"selector": hub | {"component": name}, "ports": [{"port": 80}]}
        lab.kube.create("services", RELEASE_NAMESPACE, {"metadata": {"name": name}, "spec": spec})

    def run() -> bool:
        pods = lab.kube.all("pods", RELEASE_NAMESPACE)
        return all("podIP" in pod.get("status", {}) for pod in pods)

    eventually(run, until=bool)


def write_instances(lab: Lab, number: int) -> None:
    """Fill the namespace with Instances of running servers, each with a bound claim; there are no pods.

    The controller manager is stopped first: it would look for the claims' volumes.
    """
    lab.cluster.stop("kube-controller-manager")

    def write(index: int) -> None:
        for resource, (body, status) in (
            ("persistentvolumeclaims", claim(index)),
            ("jupyternotebookinstances", instance(index)),
        ):
            lab.kube.create(resource, NAMESPACE, body)
            lab.kube.merge_patch(f"{resource}/status", NAMESPACE, body["metadata"]["name"], {"status": status})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(write, range(number)):
            pass  # raises what a write raised


def claim(index: int) -> tuple[Json, Json]:
    """The claim of a server, and its status."""
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "none"}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": f"home-{index}"}, "spec": spec}
    return body, {"phase": "Bound"}


def instance(index: int) -> tuple[Json, Json]:
    """An Instance as a hub makes it, and its status as the operators write it."""
    user = f"user-{index:05}"
    names = {labels.USERNAME: user, labels.SERVERNAME: "", labels.HUB: ""}
    body = {
        "apiVersion": identity.API_VERSION,
        "kind": identity.INSTANCE_KIND,
        "metadata": {
            "name": identity.instance_name(user),
            "labels": names,
            "annotations": names,
            "finalizers": ["bench.example.org/pods", "bench.example.org/claims"],
        },
        "spec": {
            "template": {"name": TEMPLATE},
            "startId": "1",
            "suspend": False,
            "variables": {"jupyterhub.user.name": user, "jupyterhub.args": "[]"},
        },
    }
    uid = f"00000000-0000-4000-8000-{index:012}"
    pod = {
        "resourceName": f"notebook-{index:05}",
        "state": "Running",
        "uid": uid,
        "observedUid": uid,
        "startId": "1",
        "podAddress": "10.0.0.1",
        "portNumber": 8888,
    }
    status = {
        "observedGeneration": 1,
        "pvcs": {"workspace": {"resourceName": f"home-{index}", "state": "Processed"}},
        "pods": {"notebook": pod},
        "pvcsProvisioned": "Completed",
        "podsProvisioned": "Completed",
        "address": "10.0.0.1:8888",
        "nodeName": cluster_node(index),
        "conditions": [
            {
                "type": kind,
                "status": "True",
                "reason": "Provisioned",
                "message": "Everything is there.",
                "observedGeneration": 1,
                "lastTransitionTime": _SINCE,
            }
            for kind in (conditions.PVCS_PROVISIONED, conditions.PODS_PROVISIONED, conditions.READY)
        ],
    }
    return body, status


def cluster_node(index: int) -> str:
    """The fake node of a server."""
    return f"fake-{index % NODES + 1:02}"
