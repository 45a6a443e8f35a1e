"""Removes what a node left on the machine, whatever state it was in. Every step may find its work done already."""

import os
from contextlib import suppress
from pathlib import Path

from tools.cluster import processes
from tools.cluster.node import cgroups, claims, firewall, network
from tools.cluster.node.claims import Claim
from tools.cluster.node.mounts import unmount_below
from tools.cluster.node.places import (
    CLAIM,
    CNI_RESULTS,
    CONTAINERD_NAMESPACE,
    DEVICE_PLUGIN_FILES,
    LEGACY_LOG_LINKS,
    POD_NETWORK,
    RUN,
    RUNC_STATES,
    SHIM_SOCKETS,
)


def clean(present: Claim) -> None:
    """Undo a claim: processes, containers, mounts, network, settings. Raises ClusterError naming what does not go."""
    files_elsewhere = _files_elsewhere(present.folder)
    # kubelet and containerd first, or they would replace what ends; then the shims, which bear the same mark.
    processes.kill(processes.find(present.folder))
    cgroups.kill_all()
    unmount_below(present.folder)
    unmount_below(RUN)
    cgroups.remove()
    firewall.clean()
    network.remove()
    network.restore_settings(present.settings)
    _remove_files(present, files_elsewhere)
    claims.release()


def _files_elsewhere(folder: Path) -> list[Path]:
    """Files of our containers that lie among everybody's, to be asked for while containerd's folder tells of them."""
    tasks = folder / "containerd" / "state" / "io.containerd.runtime.v2.task" / CONTAINERD_NAMESPACE
    containers = [task.name for task in tasks.iterdir()] if tasks.exists() else []
    files = [RUNC_STATES / container / "state.json" for container in containers]
    files += [path for container in containers for path in CNI_RESULTS.glob(f"*-{container}-*")]
    for address in tasks.glob("*/address"):  # only a shim knows the name of its socket
        path = Path(address.read_text().strip().removeprefix("unix://"))
        if path.parent == SHIM_SOCKETS:
            files.append(path)
    return files


def _remove_files(present: Claim, files_elsewhere: list[Path]) -> None:
    for path in files_elsewhere:
        path.unlink(missing_ok=True)
        if path.parent.parent == RUNC_STATES:
            _prune(path.parent)
    for link in LEGACY_LOG_LINKS.glob("*.log"):
        if link.is_symlink() and link.readlink().is_relative_to(present.folder):
            link.unlink()
    for path in [*CNI_RESULTS.glob(f"{POD_NETWORK}-*"), *DEVICE_PLUGIN_FILES.glob("kubelet*")]:
        path.unlink()
    for folder in present.absent:
        _prune(folder)
    for path in RUN.iterdir() if RUN.exists() else ():
        if path.is_dir():
            path.rmdir()
        elif path != CLAIM:
            path.unlink()


def _prune(folder: Path) -> None:
    """Remove a folder and those in it, if there is no file: somebody else may have begun to use it meanwhile."""
    for path, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            Path(path).rmdir()
