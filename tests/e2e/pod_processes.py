"""The processes of a pod, seen from outside of its containers: the node is this machine."""

from pathlib import Path
from typing import Any

from tests.e2e.servers import uid


def pids_of(pod: dict[str, Any], program: bytes) -> list[int]:
    """Those of a pod whose command line holds this text; fails if there are none."""
    processes = [process for process in Path("/proc").iterdir() if _runs_in(process, uid(pod))]
    found = [int(process.name) for process in processes if program in (process / "cmdline").read_bytes()]
    assert found, f"no process {program!r} of pod {pod['metadata']['name']} on this machine"
    return found


def _runs_in(process: Path, pod_uid: str) -> bool:
    try:
        groups = (process / "cgroup").read_text()
    except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
        return False
    return pod_uid in groups or pod_uid.replace("-", "_") in groups
