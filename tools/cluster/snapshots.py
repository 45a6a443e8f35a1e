"""Everything that a cluster stores, set aside and brought back: a restore from a backup, with its older versions.

After a restore the API server counts versions on from the older one, so clients hold versions that do not exist yet.
See https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#restoring-an-etcd-cluster
"""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tools.cluster import processes
from tools.cluster.errors import ClusterError
from tools.cluster.layout import Layout
from tools.cluster.runner import Runner

# Each ends before what it needs.
_STORED_THROUGH = ("kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd")


def save(layout: Layout, runner: Runner, folder: Path) -> None:
    """Copy the store to `folder`, which must not exist; nothing else changes, but the control plane restarts."""
    with _at_rest(runner):
        shutil.copytree(layout.etcd, folder)


def restore(layout: Layout, runner: Runner, folder: Path) -> None:
    """Put what `save` copied in place of the store. Raises ClusterError if there is no such copy."""
    if not (folder / "member").is_dir():
        raise ClusterError(f"{folder} is no copy of a cluster's store; make one with Cluster.save")
    with _at_rest(runner):
        shutil.rmtree(layout.etcd)
        shutil.copytree(folder, layout.etcd)


@contextmanager
def _at_rest(runner: Runner) -> Generator[None]:
    # The store survives that by design, and the API server would wait for its clients to hang up.
    for running in filter(None, map(runner.process, _STORED_THROUGH)):
        processes.kill([running])
    try:
        yield
    finally:
        runner.start("etcd")
        runner.start("kube-apiserver")
        runner.start("kube-controller-manager", "kube-scheduler")
