"""Where programs are looked for, and that only the right version counts."""

from pathlib import Path

import pytest

from tools.cluster import binaries, packages, versions, wheels
from tools.cluster.programs import PROGRAMS
from tools.cluster.progress import Steps

ETCD = PROGRAMS["etcd"]


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH (but for a shell) and an empty cache."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    return tmp_path


def place(folder: Path, name: str, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return program


def test_program_that_is_nowhere_is_not_found() -> None:
    assert binaries.find(ETCD) is None


def test_program_of_envtest_comes_before_path_and_path_before_cache(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = f"etcd Version: {versions.ETCD}"
    cached = place(binaries.cache_folder() / "bin" / f"etcd-{versions.ETCD}", "etcd", says)
    assert binaries.find(ETCD) == cached

    on_path = place(machine / "path", "etcd", says)
    assert binaries.find(ETCD) == on_path

    assets = place(machine / "assets", "etcd", says)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(machine / "assets"))
    assert binaries.find(ETCD) == assets


def test_program_of_another_version_is_passed_over(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(machine / "path", "etcd", "etcd Version: 3.4.1")
    place(machine / "assets", "etcd", "broken")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(machine / "assets"))

    assert binaries.find(ETCD) is None


def test_cache_of_another_version_is_not_used() -> None:
    place(binaries.cache_folder() / "bin" / "etcd-3.4.1", "etcd", "")

    assert binaries.find(ETCD) is None


@pytest.mark.parametrize(("minor", "fits"), [(32, False), (34, True), (35, True), (36, True), (37, False)])
def test_kubectl_may_be_one_minor_off(machine: Path, monkeypatch: pytest.MonkeyPatch, minor: int, fits: bool) -> None:
    def install(requirement: str, cache: Path, steps: Steps) -> Path:
        return cache / requirement

    monkeypatch.setattr(wheels, "install", install)
    on_path = place(machine / "path", "kubectl", f"Client Version: v1.{minor}.4-dispatcher")

    assert (binaries.find_kubectl(Steps()) == on_path) is fits


@pytest.mark.parametrize(("version", "fits"), [("2.41.9", False), ("2.42.0", True), ("3.5.0", True)])
def test_prometheus_of_the_machine_may_be_newer(
    machine: Path, monkeypatch: pytest.MonkeyPatch, version: str, fits: bool
) -> None:
    def unpack(package: str, cache: Path, steps: Steps) -> Path:
        return cache / package

    monkeypatch.setattr(packages, "unpack", unpack)
    on_path = place(machine / "path", "promtool", f"promtool, version {version}+ds (branch: debian/sid)")

    found = binaries.find_or_build("promtool", Steps())

    assert found == (on_path if fits else binaries.cache_folder() / "prometheus/usr/bin/promtool")
