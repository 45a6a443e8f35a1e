"""Debian packages are installed only by root with apt; otherwise the message says what to do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.cluster import packages
from tools.cluster.errors import ClusterError
from tools.cluster.progress import Steps


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A Debian with only `runc`; the value collects apt's calls."""
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if command[0] == "dpkg-query":
            return subprocess.CompletedProcess(command, 1, "runc installed\nconntrack config-files\n", "")
        calls.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return calls


def test_packages_that_are_there_need_no_apt(installed: list[list[str]]) -> None:
    packages.ensure_packages(["runc"], Steps(), purpose="a node")

    assert installed == []


def test_root_installs_what_is_missing_and_removes_nothing(
    installed: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: "os.PathLike[str]"
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(packages, "_POLICY", packages.Path(tmp_path) / "policy")

    packages.ensure_packages(["runc", "conntrack"], Steps(), purpose="a node")

    update, install = installed
    assert update[1] == "update"
    assert install[1] == "install"
    assert "--no-remove" in install
    assert install[-1] == "conntrack"
    assert not packages._POLICY.exists()


def test_others_are_told_the_command(installed: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(ClusterError, match="a node needs Debian packages; run: sudo apt-get install conntrack"):
        packages.ensure_packages(["runc", "conntrack"], Steps(), purpose="a node")

    assert installed == []


def test_other_systems_are_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(ClusterError, match="no apt: runc"):
        packages.ensure_packages(["runc"], Steps(), purpose="a node")


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A Debian whose archive has these packages in these versions; the rest of its programs do what they are for."""
    versions = {"prometheus": "2.42.0+ds-5"}

    def run(command: tuple[str, ...], cwd: str = "", **_: object) -> subprocess.CompletedProcess[str]:
        if command[0] == "apt-cache":
            known = versions.get(command[-1])
            return subprocess.CompletedProcess(command, 0, f"Package: x\nVersion: {known}\n" if known else "", "")
        if command[1] == "download":
            (Path(cwd) / "fetched.deb").touch()
        elif command[1] == "--extract":
            (Path(command[-1]) / "usr/bin").mkdir(parents=True)
        elif command[1] == "update":
            versions["late"] = "1"
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return versions


def test_a_package_is_unpacked_once_for_each_version(archive: dict[str, str], tmp_path: Path) -> None:
    first = packages.unpack("prometheus", tmp_path, Steps())
    (first / "marked").touch()
    again = packages.unpack("prometheus", tmp_path, Steps())
    archive["prometheus"] = "2.53.3+ds1-2"
    newer = packages.unpack("prometheus", tmp_path, Steps())

    assert (again / "marked").exists()
    assert newer == tmp_path / "debian" / "prometheus-2.53.3+ds1-2"
    assert sorted(path.name for path in (tmp_path / "debian").iterdir()) == sorted({first.name, newer.name})


def test_a_package_that_apt_does_not_know_is_named_with_the_way_out(archive: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="apt knows no package late; run: sudo apt-get update"):
        packages.unpack("late", tmp_path, Steps())


def test_root_reads_the_lists_of_packages_by_itself(
    archive: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert packages.unpack("late", tmp_path, Steps()).is_dir()
