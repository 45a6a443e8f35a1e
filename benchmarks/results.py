"""Where figures are kept: a file for each piece, so that one that fails loses no other."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from tools.cluster import versions

FOLDER: Final = Path("build/bench")
_CHECKOUT: Final = Path(__file__).parents[1]
_PACKAGES: Final = ("aiohttp", "jupyterhub", "jupyterhub-kubespawner", "msgspec", "uvloop")


def write(part: str, name: str, figures: dict[str, Any]) -> Path:
    """Keep the figures of one piece, with the machine that they were measured on, and what and when was measured."""
    path = FOLDER / part / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), "measured": measured(), "figures": figures}, indent=1))
    return path


def read(part: str) -> dict[str, dict[str, Any]]:
    """The pieces of a part by name."""
    files = sorted((FOLDER / part).glob("*.json"))
    return {file.stem: json.loads(file.read_text()) for file in files}


def has(part: str, *names: str) -> bool:
    """Whether all these pieces were measured."""
    return all((FOLDER / part / f"{name}.json").exists() for name in names)


def machine() -> dict[str, object]:
    """What the figures depend on."""
    packages = {package: metadata.version(package) for package in _PACKAGES}
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_GB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "Kubernetes": versions.KUBERNETES,
        "etcd": versions.ETCD,
        "kwok": versions.KWOK,
        **packages,
    }


def measured() -> dict[str, str]:
    """Which version of ours, and on which day (UTC)."""
    return {"commit": commit(_CHECKOUT), "date": datetime.now(UTC).date().isoformat()}


def commit(checkout: Path) -> str:
    """The commit in short, with "-dirty" if files differ from it; empty if this is no checkout of git.

    The documentation does not count: the figures themselves are written into it.
    """
    head = _git(checkout, "rev-parse", "--short", "HEAD")
    changed = head and _git(checkout, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    return f"{head}-dirty" if changed else head


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so many of all are not above."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered)) - 1))]


def _git(checkout: Path, *arguments: str) -> str:
    try:
        ended = subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return ended.stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
