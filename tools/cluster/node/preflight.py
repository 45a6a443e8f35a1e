"""Says why this machine cannot be a node, before anything is touched."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.cluster import processes
from tools.cluster.errors import ClusterError
from tools.cluster.node import cgroups

_CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13, "CAP_SYS_CHROOT": 18, "CAP_SYS_ADMIN": 21, "CAP_MKNOD": 27}


def check() -> None:
    """Raise ClusterError with every reason why a node cannot run here."""
    if reasons := list(_reasons()):
        raise ClusterError(
            f"this machine cannot run a node: {'; '.join(reasons)}. Without a node there is the profile control-plane"
        )


def _reasons() -> Iterator[str]:
    if sys.platform != "linux":
        yield f"a node needs Linux, this is {sys.platform}"
        return
    if os.geteuid() != 0:
        yield "a node needs root (containers, mounts, network)"
        return
    if missing := missing_capabilities(Path("/proc/self/status").read_text()):
        yield f"root lacks {', '.join(missing)} here, as in a container that is not privileged"
    yield from cgroups.obstacles()
    if "overlay" not in Path("/proc/filesystems").read_text() and not _is_module("overlay"):
        yield "the kernel has no overlay file system"
    if pid := _foreign_kubelet():
        yield f"another kubelet runs here (process {pid}); two would take each other's network rules away"


def missing_capabilities(status: str) -> list[str]:
    """What a node needs and the process of this /proc/<pid>/status has not."""
    line = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    effective = int(line.split()[1], 16)
    return [name for name, bit in _CAPABILITIES.items() if not effective >> bit & 1]


def _is_module(name: str) -> bool:
    """Whether mounting will load this kernel module."""
    dependencies = Path("/lib/modules", os.uname().release, "modules.dep")
    return dependencies.exists() and f"/{name}.ko" in dependencies.read_text()


def _foreign_kubelet() -> int | None:
    ours = {process.pid for process in processes.find()}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) not in ours:
            try:
                program = (entry / "cmdline").read_bytes().split(b"\0")[0]  # empty if it has ended
            except OSError:
                continue
            if program.rpartition(b"/")[2] == b"kubelet":
                return int(entry.name)
    return None
