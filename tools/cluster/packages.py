"""Debian packages that the machine lacks: installed where we may, named where we may not, or unpacked into a cache.

Knows no cluster.
"""

import os
import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.cluster.errors import ClusterError
from tools.cluster.locks import file_lock
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
        _run("apt-get", "update", "--quiet=2")
        _run("apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", "--no-remove", *missing)


def unpack(package: str, cache: Path, steps: Steps) -> Path:
    """The folder into which a package of the machine's own release is unpacked, at the first call; anybody may do that.

    Nothing is installed, and what the package depends on does not come with it. Raises ClusterError where there is no
    apt, or where it does not know the package.
    """
    if not shutil.which("apt-get"):
        raise ClusterError(f"the Debian package {package} is needed, and this machine has no apt")
    version = _version_of_release(package) or (_update() and _version_of_release(package))
    if not version:
        raise ClusterError(f"apt knows no package {package}; run: sudo apt-get update")
    folder = cache / "debian" / f"{package}-{version}"
    with file_lock(folder.with_name(f"{folder.name}.lock")):
        if folder.is_dir():
            return folder
        with steps.step(f"fetching the Debian package {package} {version}"), TemporaryDirectory() as fetched:
            Path(fetched).chmod(0o755)  # apt fetches as a user of its own where it is called by root
            _run("apt-get", "download", "--quiet=2", f"{package}={version}", cwd=fetched)
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            _run("dpkg-deb", "--extract", *map(str, Path(fetched).glob("*.deb")), str(unfinished))
            unfinished.rename(folder)
    return folder


def _version_of_release(package: str) -> str:
    """What apt would install; empty if it knows no such package."""
    command = ["apt-cache", "show", "--no-all-versions", package]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    lines = (line.partition(": ") for line in answer.splitlines())
    return next((value for name, _, value in lines if name == "Version"), "")


def _update() -> bool:
    """Read the lists of packages, if this is root."""
    if os.geteuid() != 0:
        return False
    _run("apt-get", "update", "--quiet=2")
    return True


def _run(*command: str, cwd: str | None = None) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=environment, stdin=subprocess.DEVNULL
    )
    if result.returncode != 0:
        raise ClusterError(f"{' '.join(command)} failed: {(result.stderr or result.stdout).strip()}")


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
