"""Volumes that are made for each claim, as the provisioner of a storage vendor does it; nothing is behind them.

The class waits for the first pod, as the default classes of most clusters do. The provisioner does what a real one
does at the API server: it waits until Kubernetes has chosen a node and handed the claim over, then creates the volume,
which Kubernetes binds. See https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
"""

import sys
from pathlib import Path
from typing import Any

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.layout import Layout
from tools.cluster.load import provisioner

NAME = "volume-provisioner"


def component(layout: Layout, server: str) -> Component:
    """The provisioner as a component. It runs by its path, so it does not matter where the cluster was started."""
    pki = layout.pki
    script = Path(provisioner.__file__)
    arguments = ("-P", script, server, pki / "ca.crt", pki / f"{NAME}.crt", pki / f"{NAME}.key")
    return Component(name=NAME, program=Path(sys.executable), arguments=tuple(map(str, arguments)))


def prepare(authority: Authority) -> None:
    """Make the provisioner's certificate."""
    authority.issue_files(NAME, NAME, ["system:masters"])


def manifests() -> list[dict[str, Any]]:
    """The default StorageClass."""
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    return [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "standard", "annotations": annotations},
            "provisioner": provisioner.NAME,
            "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Delete",
        }
    ]
