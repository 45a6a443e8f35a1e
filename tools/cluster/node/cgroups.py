"""The control groups of the node: one root of our own in every hierarchy, so that all of it can be found and removed.

Version 1 has one tree per controller, version 2 a single one.
See https://kubernetes.io/docs/concepts/architecture/cgroups/
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tools.cluster.errors import ClusterError
from tools.cluster.node.places import CGROUP
from tools.cluster.processes import wait_until

_MOUNT = Path("/sys/fs/cgroup")
_NEEDED = ("cpu", "cpuset", "memory", "pids")
_ALSO_IN_VERSION_1 = (
    "cpuacct",
    "blkio",
    "devices",
    "freezer",
    "hugetlb",
    "net_cls",
    "net_prio",
    "perf_event",
    "systemd",
)


def is_version_2() -> bool:
    """Whether the machine has the single tree."""
    return (_MOUNT / "cgroup.controllers").exists()


def obstacles() -> Iterator[str]:
    """Why control groups keep a node from running here."""
    if is_version_2():
        there = set((_MOUNT / "cgroup.controllers").read_text().split())
    else:
        there = {name for name in _NEEDED if (_MOUNT / name / "tasks").exists()}
    if absent := [name for name in _NEEDED if name not in there]:
        yield f"{_MOUNT} has no cgroup controllers {', '.join(absent)}"
    elif not all(os.access(tree, os.W_OK) and not _is_read_only(tree) for tree in _trees()):
        yield f"{_MOUNT} is read-only"


def create() -> None:
    """Make the root group. Raises ClusterError if the single tree does not hand its controllers down."""
    if is_version_2():
        _hand_down(_MOUNT)
    for tree in _trees():
        group = tree / CGROUP
        group.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):  # version 1 starts with none, and then nothing can run in it
            if not is_version_2() and (group / name).exists() and not (group / name).read_text().strip():
                (group / name).write_text((tree / name).read_text())
    if is_version_2():
        _hand_down(_MOUNT / CGROUP)


def kill_all() -> None:
    """End every process of every container. Raises ClusterError if one stays."""

    def is_empty() -> bool:
        pids = list(_processes())
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not pids

    wait_until(is_empty, what="the node's containers end", timeout=20, alive=lambda: None)


def remove() -> None:
    """Remove all groups. Raises ClusterError naming one that is still in use."""
    # runc also makes groups in the tree of version 2 that stands, without controllers, beside those of version 1.
    for tree in (*_trees(), _MOUNT / "unified"):
        groups = [Path(folder) for folder, _, _ in os.walk(tree / CGROUP, topdown=False)]
        for group in groups:
            try:
                group.rmdir()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ClusterError(f"cannot remove control group {group}: {error.strerror}") from error


def _trees() -> list[Path]:
    if is_version_2():
        return [_MOUNT]
    # cpu and cpuacct may be one tree with two names.
    found = [_MOUNT / name for name in (*_NEEDED, *_ALSO_IN_VERSION_1) if (_MOUNT / name / "tasks").exists()]
    return list({tree.resolve(): tree for tree in found}.values())


def _processes() -> Iterator[int]:
    """The processes whose group lies below ours, in any hierarchy.

    Not those that have ended and that nobody has collected: in a container without an init they stay for ever.
    """
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            groups = (entry / "cgroup").read_text()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z" and f":/{CGROUP}/" in groups:  # a line is hierarchy:controllers:path
            yield int(entry.name)


def _hand_down(group: Path) -> None:
    wanted = [
        name for name in (group / "cgroup.controllers").read_text().split() if name in (*_NEEDED, "io", "hugetlb")
    ]
    try:
        (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in wanted))
    except OSError as error:
        raise ClusterError(
            f"cannot run a node: {group}/cgroup.subtree_control takes no controllers ({error.strerror}); "
            "in a container, its processes must first move from the root group into one of their own"
        ) from error


def _is_read_only(tree: Path) -> bool:
    return bool(os.statvfs(tree).f_flag & os.ST_RDONLY)
