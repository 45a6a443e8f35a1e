"""A cluster of the profile *load* for one run: fresh, with our kinds, accounts and an empty namespace."""

import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.objects import template
from benchmarks.processes import cpu_seconds
from benchmarks.traffic import Traffic
from jupyternetes.api.rights import Right, Scope
from tests.support.audit import AuditLog
from tests.support.installation import install_accounts, install_kinds, make_namespace
from tests.support.kube import Kube
from tools.cluster import Cluster, Profile, Steps

NAMESPACE: Final = "bench"
LIMITS: Final = {
    "lifted": ("--kube-api-qps=2000", "--kube-api-burst=2000"),
    "default": (),
}
"""Client limits of the scheduler and the controller manager: none to speak of, or those that Kubernetes ships."""

_FORGOTTEN: Final = 30.0
"""Seconds after which an object that nobody deletes is not going to be deleted."""

_LIMITED: Final = ("kube-scheduler", "kube-controller-manager")
_WRITE: Final = ("create", "get", "list", "watch", "delete")
_OTHERS: Final = {
    "floor": (Right("", ("pods", "persistentvolumeclaims", "events"), _WRITE, Scope.INSTANCES, "is the floor"),),
    # https://jupyterhub-kubespawner.readthedocs.io says which rights it needs.
    "kubespawner": (
        Right(
            "", ("pods", "persistentvolumeclaims", "secrets", "services"), _WRITE, Scope.INSTANCES, "is the whole hub"
        ),
        Right("", ("events",), ("get", "list", "watch"), Scope.INSTANCES, "shows progress"),
    ),
}


@dataclass(frozen=True, slots=True)
class Lab:
    """``kube`` is the administrator, ``accounts`` has a kubeconfig for each account."""

    cluster: Cluster
    kube: Kube
    accounts: dict[str, Path]
    folder: Path
    traffic: Traffic

    @staticmethod
    @contextmanager
    def up(*, limits: str = "lifted", volumes: bool = True) -> Iterator["Lab"]:
        """Make it, and remove all of it at the end. ``volumes`` says whether the Template has one."""
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            cluster = Cluster.up(
                profile=Profile.LOAD,
                name=f"load-{uuid.uuid4().hex[:6]}",
                directory=folder,
                extra_arguments=dict.fromkeys(_LIMITED, LIMITS[limits]),
                steps=Steps(Console(quiet=True)),
            )
            kube = Kube(cluster.kubeconfig)
            try:
                install_kinds(kube)
                accounts = install_accounts(kube, cluster) | install_accounts(kube, cluster, _OTHERS)
                make_namespace(kube, NAMESPACE)
                kube.create("jupyternotebooktemplates", NAMESPACE, template(NAMESPACE, volumes=volumes))
                yield Lab(cluster, kube, accounts, folder, _traffic(cluster, kube))
            finally:
                kube.close()
                cluster.down()

    def limit(self, limits: str) -> None:
        """Change the client limits of Kubernetes' own components, which restarts them."""
        for component in _LIMITED:
            self.cluster.rearrange(component, LIMITS[limits])

    def cpu(self) -> dict[str, float]:
        """CPU seconds that each component of the cluster has used so far."""
        pids = {component: self.cluster.pid(component) for component in self.cluster.components}
        return {component: cpu_seconds(pid) for component, pid in pids.items() if pid is not None}

    def forget_events(self) -> None:
        """Delete all Events of the namespace in one request."""
        self.kube.request("DELETE", self.kube.path("events", NAMESPACE))

    def clear(self, kind: str) -> int:
        """Wait until no object of this kind is left in the namespace.

        Those that nobody has begun to delete within half a minute were forgotten: they are deleted, and counted.
        """
        begun, forgotten = time.monotonic(), 0
        while objects := self.kube.all(kind, NAMESPACE):
            if time.monotonic() - begun > _FORGOTTEN:
                names = [each["metadata"]["name"] for each in objects if "deletionTimestamp" not in each["metadata"]]
                forgotten += len(names)
                for name in names:
                    self.kube.delete(kind, NAMESPACE, name)
            time.sleep(0.2)
        return forgotten


def _traffic(cluster: Cluster, kube: Kube) -> Traffic:
    audit = AuditLog(cluster.audit_log, kube)
    return Traffic(cluster.audit_log, audit.mark, lambda: cluster.kubectl("get", "--raw", "/metrics"))
