"""Debian packages are installed only by root with apt; otherwise the message says what to do."""

import os
import shutil
import subprocess

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
