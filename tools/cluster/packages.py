"""Debian packages that the machine lacks: installed where we may, named where we may not. Knows no cluster."""

import os
import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.cluster.errors import ClusterError
from tools.cluster.progress import Steps

_POLICY = Path("/usr/sbin/policy-rc.d")


def find_program(name: str) -> Path | None:
    """A program on PATH or in the folders of system programs, which PATH of an ordinary shell may lack."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    return Path(found) if found else None


def missing_packages(packages: Sequence[str]) -> list[str]:
    """Those of the packages that are not installed, in the same order; all of them where there is no dpkg."""
    if not shutil.which("dpkg-query"):
        return list(packages)
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *packages]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]


def ensure_packages(packages: Sequence[str], steps: Steps, *, purpose: str) -> None:
    """Install what is missing of `packages` with apt, if this is root on Debian or Ubuntu.

    Services of the packages are not started, and no other package is removed. Raises ClusterError that names what is
    missing, and for what, where nothing may be installed or apt fails.
    """
    missing = missing_packages(packages)
    if not missing:
        return
    names = " ".join(missing)
    if not shutil.which("apt-get"):
        raise ClusterError(
            f"{purpose} needs the programs of these Debian packages, and this machine has no apt: {names}"
        )
    if os.geteuid() != 0:
        raise ClusterError(f"{purpose} needs Debian packages; run: sudo apt-get install {names}")
    with steps.step(f"installing Debian packages for {purpose}: {names}"), _services_stay_off():
        _apt("update", "--quiet=2")
        _apt("install", "--yes", "--quiet=2", "--no-install-recommends", "--no-remove", *missing)


def _apt(*arguments: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        ["apt-get", *arguments], capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL
    )
    if result.returncode != 0:
        raise ClusterError(f"apt-get {' '.join(arguments)} failed: {(result.stderr or result.stdout).strip()}")


@contextmanager
def _services_stay_off() -> Generator[None]:
    """Debian's switch for installing a service without starting it, unless the machine has its own policy.

    See https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
    """
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            _POLICY.unlink()
