"""Mounts that a node makes, and that must be gone before its folder is deleted."""

import subprocess
from pathlib import Path

from tools.cluster.errors import ClusterError

_MOUNTINFO = Path("/proc/self/mountinfo")


def bind(source: Path, target: Path) -> None:
    """Show the folder `source` at `target` too, unless it is there already. Raises ClusterError if that is refused."""
    for folder in (source, target):
        folder.mkdir(parents=True, exist_ok=True)
    if str(target) in mounts_below(target, _MOUNTINFO.read_text()):
        return
    result = subprocess.run(["mount", "--bind", source, target], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ClusterError(f"cannot mount {source} at {target}: {result.stderr.strip()}")


def unmount_below(folder: Path) -> None:
    """Unmount a folder and everything in it.

    Raises ClusterError if a mount stays: deleting through it would delete what belongs to others.
    """
    for mount in reversed(mounts_below(folder, _MOUNTINFO.read_text())):
        # Lazily: the processes are gone, and what a dying kernel thread still holds must not keep us here.
        subprocess.run(["umount", "--lazy", mount], capture_output=True, check=False)
    if left := mounts_below(folder, _MOUNTINFO.read_text()):
        raise ClusterError(f"cannot unmount {', '.join(left)}")


def mounts_below(folder: Path, mountinfo: str) -> list[str]:
    """The mount points at and in a folder, as /proc/self/mountinfo lists them, oldest first."""
    paths = [_unescape(line.split()[4]) for line in mountinfo.splitlines()]
    return [path for path in paths if Path(path).is_relative_to(folder)]


def _unescape(path: str) -> str:
    """The kernel writes blanks, tabs, newlines and backslashes as three octal digits."""
    for code in ("040", "011", "012", "134"):
        path = path.replace(f"\\{code}", chr(int(code, 8)))
    return path
