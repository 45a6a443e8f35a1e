"""The processes of a pod, seen from outside of its containers: the node is this machine."""

from pathlib import Path
from typing import Any

from tools.faults.errors import FaultError


def pids_of(pod: dict[str, Any], program: bytes) -> list[int]:
    """Those of a pod whose command line holds this text. Raises FaultError if there are none."""
    processes = [process for process in Path("/proc").iterdir() if _runs_in(process, pod["metadata"]["uid"])]
    found = [int(process.name) for process in processes if program in _command_line(process)]
    if not found:
        raise FaultError(f"no process {program!r} of pod {pod['metadata']['name']} runs on this machine")
    return sorted(found)


def _runs_in(process: Path, pod_uid: str) -> bool:
    try:
        groups = (process / "cgroup").read_text()
    except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
        return False
    return pod_uid in groups or pod_uid.replace("-", "_") in groups


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
