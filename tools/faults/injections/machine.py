"""What every cluster has fails: the API server, DNS, the kubelet. All three are processes that the suite started."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from tools.cluster.node import NODE_NAME
from tools.faults.site import Site, is_ready, until

_NODE_SECONDS = 180
_PROBE = "faults-probe"


@contextmanager
def api_server_stopped(site: Site) -> Generator[float]:
    """The API server is killed."""
    made = time.monotonic()
    site.cluster.kill("kube-apiserver")
    try:
        yield made
    finally:
        site.cluster.start("kube-apiserver")
        # Some end while the API server is away, and are started by nobody.
        for component in ("kube-controller-manager", "kube-scheduler", "local-path-provisioner", "metrics-server"):
            site.cluster.start(component)
        _wait_for_node(site)
        _wait_for_controllers(site)


@contextmanager
def dns_stopped(site: Site) -> Generator[float]:
    """The cluster's DNS server is gone."""
    made = time.monotonic()
    site.cluster.stop("coredns")
    try:
        yield made
    finally:
        site.cluster.start("coredns")


@contextmanager
def kubelet_stopped(site: Site) -> Generator[float]:
    """The kubelet stands still, as on a machine that hangs; its pods run on."""
    made = time.monotonic()
    site.cluster.freeze("kubelet")
    try:
        yield made
    finally:
        site.cluster.thaw("kubelet")
        _wait_for_node(site)


def _wait_for_node(site: Site) -> None:
    """Until it is as before the fault: until then the next fault would show late, or beside an effect of this one."""
    healed = datetime.now(UTC)
    until(lambda: _reported(site) > healed, "the node reports again", seconds=_NODE_SECONDS)
    until(lambda: all(map(is_ready, site.hub.items("nodes"))), "the node is ready again", seconds=_NODE_SECONDS)
    pods = partial(site.hub.items, "pods", "--selector=app=jupyterhub")
    until(lambda: all(map(is_ready, pods())), "the pods are ready again", seconds=_NODE_SECONDS)


def _reported(site: Site) -> datetime:
    """When the kubelet said last that it is there. https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats"""
    lease = site.hub.elsewhere("kube-node-lease").get("lease", NODE_NAME)
    return datetime.fromisoformat(lease["spec"]["renewTime"])


def _wait_for_controllers(site: Site) -> None:
    """Until the controller manager works again; it waits ever longer before it asks a server that was away."""
    labels = {"app": _PROBE}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "none", "image": "none"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": _PROBE, "namespace": site.hub.namespace}
    site.hub.apply([{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}])
    sets = partial(site.hub.items, "replicasets", f"--selector=app={_PROBE}")
    try:
        until(
            lambda: any("observedGeneration" in each.get("status", {}) for each in sets()),
            "the controllers of Deployments and ReplicaSets work again",
            seconds=_NODE_SECONDS,
        )
    finally:  # what is left of it would answer at once the next time
        site.hub.run("delete", "deployment", _PROBE)
