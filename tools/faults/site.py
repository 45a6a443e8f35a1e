"""The deployment that faults are made in: that of `make demo-graph`, with the database's volume in memory."""

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.cluster import Cluster, Profile, Steps
from tools.cluster.node import NODE_NAME
from tools.cluster.node.mounts import mounts_below
from tools.demo import graph as demonstration
from tools.demo.demo import Demo
from tools.demo.kubectl import Kubectl
from tools.demo.settings import NAMESPACE
from tools.faults.errors import FaultError

Json = dict[str, Any]

#: A fault may fill this volume, so it lies in the machine's memory and not on its disk.
_VOLUME: Final = "postgres-in-memory"
_CLAIM: Final = "postgres-data"
_MEGABYTES: Final = 256
_PAUSE: Final = 0.1


@dataclass(frozen=True)
class Site:
    """The deployment. ``hub``: kubectl on the hub's namespace; ``release``: on that of the operators."""

    cluster: Cluster
    hub: Kubectl
    release: Kubectl
    demo: Demo

    @property
    def kubeconfig(self) -> Path:
        """Of the administrator."""
        return self.cluster.kubeconfig

    @property
    def namespaces(self) -> tuple[str, str]:
        """Those that the graph is made of."""
        return self.hub.namespace, self.release.namespace

    @property
    def database_volume(self) -> Path:
        """Where the files of the database are. Raises FaultError if they are not in memory."""
        folder = _folder(self.cluster)
        if self.hub.get("persistentvolumeclaim", _CLAIM)["spec"].get("volumeName") != _VOLUME:
            raise FaultError(f"the claim {_CLAIM} was there before the fault suite; run: make clean-cluster")
        return folder

    def pod(self, component: str) -> Json:
        """The one pod of a component of the hub. Raises FaultError if there is another number of them."""
        pods = [
            pod
            for pod in self.hub.items("pods", f"--selector=app=jupyterhub,component={component}")
            if "deletionTimestamp" not in pod["metadata"]
        ]
        if len(pods) != 1:
            raise FaultError(f"there are {len(pods)} pods of {component}, and not one")
        return pods[0]


def up(steps: Steps) -> Site:
    """The deployment on this machine's own cluster; what is there and unchanged is left alone."""
    cluster = Cluster.up(profile=Profile.NODE, steps=steps)
    hub = Kubectl(cluster.kubeconfig, demonstration.HUB.namespace, steps)
    hub.ensure_namespace()
    folder = _folder(cluster)
    _mount(folder)
    if not hub.exists("persistentvolumeclaim", _CLAIM):
        # What an earlier deployment left: a volume that still belongs to its claim, and files with its password.
        hub.run("delete", "persistentvolume", _VOLUME, "--ignore-not-found")
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        # The demonstration applies the same claim, and does not say where it is to lie.
        hub.apply(_volume(folder, hub.namespace), manager="jupyternetes-faults")
    demo = demonstration.up(steps)
    with_metrics = Cluster.find(steps=steps)  # which the deployment has added
    return Site(with_metrics, hub, Kubectl(cluster.kubeconfig, NAMESPACE, steps), demo)


def roll(kubectl: Kubectl, name: str) -> None:
    """Wait until a Deployment is as it should be."""
    kubectl.run("rollout", "status", f"deployment/{name}", "--timeout=180s")


def is_ready(manifest: Json) -> bool:
    """Whether the condition Ready of an object is true."""
    conditions = manifest.get("status", {}).get("conditions", ())
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)


def until(condition: Callable[[], object], what: str, *, seconds: float = 120) -> None:
    """Wait for it. Raises FaultError that says ``what`` did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise FaultError(f"{what}: not within {seconds:.0f} s")
        time.sleep(_PAUSE)  # between two looks at something that has no way to call us


def _folder(cluster: Cluster) -> Path:
    """Inside of the cluster's own folder: when the cluster goes, mounts below it go too."""
    return cluster.folder / "in-memory" / "postgres"


def _mount(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if str(folder) in mounts_below(folder, Path("/proc/self/mountinfo").read_text()):
        return
    options = f"size={_MEGABYTES}m,mode=0777"
    command = ["mount", "-t", "tmpfs", "-o", options, "jupyternetes-faults", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise FaultError(f"cannot mount a file system in memory at {folder}: {result.stderr.strip()}")


def _volume(folder: Path, namespace: str) -> list[Json]:
    """The volume, and the claim of the demonstration bound to it."""
    same = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE_NAME]}
    volume = {
        "capacity": {"storage": "1Gi"},
        "local": {"path": str(folder)},
        "claimRef": {"namespace": namespace, "name": _CLAIM},
        "persistentVolumeReclaimPolicy": "Retain",
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [node]}]}},
    }
    claim = {"resources": {"requests": {"storage": "1Gi"}}, "volumeName": _VOLUME}
    return [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": _VOLUME}, "spec": same | volume},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": _CLAIM, "namespace": namespace},
            "spec": same | claim,
        },
    ]
