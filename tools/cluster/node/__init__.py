"""One real node on this machine: containerd, kubelet, kube-proxy, DNS and volumes. Needs root.

The other modules of the tool use this face of the package only.
"""

import json
from collections.abc import Callable

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.layout import Layout, Record
from tools.cluster.node import (
    cgroups,
    claims,
    cleanup,
    containerd,
    dns,
    firewall,
    images,
    kubelet,
    metrics,
    network,
    preflight,
    storage,
)
from tools.cluster.node.kubernetes_objects import Manifest
from tools.cluster.node.places import NODE_NAME
from tools.cluster.packages import ensure_packages, find_program
from tools.cluster.processes import wait_until
from tools.cluster.progress import Steps
from tools.cluster.runner import Runner

__all__ = ["NODE_NAME", "claim", "clean", "components", "images", "is_claimed_by", "metrics", "start", "start_metrics"]

# By program: where it comes from some other way, the package is not forced on anybody.
_PACKAGES = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "ip": "iproute2",
    "iptables": "iptables",
    "conntrack": "conntrack",
}


def claim(layout: Layout, steps: Steps) -> None:
    """Make sure that this machine can run a node and runs no other, and take it.

    Raises ClusterError saying why not.
    """
    preflight.check()
    packages = [package for program, package in _PACKAGES.items() if find_program(program) is None]
    if not containerd.has_cni_plugins():
        packages.append("containernetworking-plugins")
    ensure_packages([*dict.fromkeys(packages), "busybox-static"], steps, purpose="a node")
    while leftover := claims.take(layout):
        with steps.step(f"removing what a deleted cluster left on this machine ({leftover.folder})"):
            cleanup.clean(leftover)
    network.create()
    firewall.confine()


def is_claimed_by(layout: Layout) -> bool:
    """Whether a cluster holds this machine's node, running or not."""
    return claims.is_held_by(layout)


def components(layout: Layout, record: Record) -> list[Component]:
    """What a node adds, in the order in which it starts."""
    return [
        containerd.component(layout),
        *kubelet.components(layout),
        dns.component(layout),
        storage.component(layout),
        *([metrics.component(layout)] if record.metrics else []),
    ]


def start(
    layout: Layout, authority: Authority, server: str, runner: Runner, kubectl: Callable[..., str], steps: Steps
) -> None:
    """Start the node of a running control plane; pods can run when it has registered and is ready."""
    with steps.step("starting the node"):
        cgroups.create()
        containerd.prepare(layout)
        for part in (kubelet, dns, storage):
            part.prepare(layout, authority, server)
        runner.start("containerd")
        wait_until(
            containerd.listens, what="containerd listens", timeout=30, alive=lambda: runner.wait_ready("containerd")
        )
        images.load_own(layout.folder, steps)
        runner.start("kubelet", "kube-proxy")
    with steps.step("starting DNS and storage"):
        _apply(kubectl, [*dns.manifests(), *storage.manifests()])
        runner.start("coredns", "local-path-provisioner")
    if metrics.NAME in runner.names:
        start_metrics(layout, authority, server, runner, kubectl, steps)


def start_metrics(
    layout: Layout, authority: Authority, server: str, runner: Runner, kubectl: Callable[..., str], steps: Steps
) -> None:
    """Start metrics-server beside a running node; there are samples after two of its rounds."""
    with steps.step("starting metrics-server"):
        metrics.prepare(layout, authority, server)
        _apply(kubectl, metrics.manifests(authority))
        runner.start(metrics.NAME)


def _apply(kubectl: Callable[..., str], items: list[Manifest]) -> None:
    objects = {"apiVersion": "v1", "kind": "List", "items": items}
    kubectl("apply", "--server-side", "--filename=-", stdin=json.dumps(objects))


def clean(layout: Layout) -> None:
    """Remove what the node of a cluster left on the machine; a node of another cluster is not touched."""
    present = claims.read()
    if present is not None and present.folder == layout.folder:
        cleanup.clean(present)
