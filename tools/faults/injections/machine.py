"""What every cluster has fails: the API server, DNS, the kubelet. All three are processes that the suite started."""

import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from tools.cluster.node import NODE_NAME
from tools.faults.site import Site, is_ready, until

_NODE_SECONDS = 180
#: By which the node, and who ends and makes pods, say that they are there: namespace and name of a Lease.
_LEASES = (("kube-node-lease", NODE_NAME), ("kube-system", "kube-controller-manager"))


@contextmanager
def api_server_stopped(site: Site) -> Generator[float]:
    """The API server is killed."""
    made = time.monotonic()
    site.cluster.kill("kube-apiserver")
    try:
        yield made
    finally:
        site.cluster.start("kube-apiserver")
        # They give up their leases while the API server is away, end, and are started by nobody.
        for component in ("kube-controller-manager", "kube-scheduler", "local-path-provisioner", "metrics-server"):
            site.cluster.start(component)
        _wait_for_node(site)


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
    for namespace, name in _LEASES:
        until(
            lambda namespace=namespace, name=name: _renewed(site, namespace, name) > healed,
            f"the Lease {namespace}/{name} is renewed again",
            seconds=_NODE_SECONDS,
        )
    until(lambda: all(map(is_ready, site.hub.items("nodes"))), "the node is ready again", seconds=_NODE_SECONDS)
    pods = partial(site.hub.items, "pods", "--selector=app=jupyterhub")
    until(lambda: all(map(is_ready, pods())), "the pods are ready again", seconds=_NODE_SECONDS)


def _renewed(site: Site, namespace: str, name: str) -> datetime:
    """When the holder of a Lease said last that it is there."""
    lease = json.loads(site.cluster.kubectl("get", "lease", name, f"--namespace={namespace}", "--output=json"))
    return datetime.fromisoformat(lease["spec"]["renewTime"])
