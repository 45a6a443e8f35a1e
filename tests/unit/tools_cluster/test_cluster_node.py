"""What a node needs of a machine, and what of its mounts must go."""

import os
import tomllib
from pathlib import Path

import pytest

from tools.cluster.errors import ClusterError
from tools.cluster.layout import Layout
from tools.cluster.node import claims, containerd, mounts, network, preflight

MOUNTINFO = r"""21 1 254:0 / / rw - ext4 /dev/vda rw
30 21 0:30 / /c/a/kubelet/pods/1 rw - tmpfs tmpfs rw
31 21 0:31 / /c/a/volumes/with\040blank rw - ext4 /dev/vda rw
32 21 0:32 / /c/ab rw - tmpfs tmpfs rw
"""


def test_mounts_in_a_folder_are_those_and_no_others() -> None:
    assert mounts.mounts_below(Path("/c/a"), MOUNTINFO) == ["/c/a/kubelet/pods/1", "/c/a/volumes/with blank"]


def test_missing_capabilities_are_named() -> None:
    everything = "Name:\tsh\nCapEff:\t000001ffffffffff\n"
    docker = "Name:\tsh\nCapEff:\t00000000a80425fb\n"

    assert preflight.missing_capabilities(everything) == []
    assert preflight.missing_capabilities(docker) == ["CAP_NET_ADMIN", "CAP_SYS_ADMIN"]


def test_ordinary_user_is_told_why_there_is_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(ClusterError, match="cannot run a node: a node needs root"):
        preflight.check()


@pytest.mark.parametrize(("before", "after"), [(128, 512), (8192, 8192)])
def test_a_node_finds_watchers_of_files_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, after: int
) -> None:
    limit = tmp_path / "fs/inotify/max_user_instances"
    limit.parent.mkdir(parents=True)
    limit.write_text(f"{before}\n")
    monkeypatch.setattr(network, "_SYSCTL", tmp_path)

    network.raise_limits()

    assert int(limit.read_text()) == after


@pytest.fixture
def claim_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "run" / "claim.json"
    monkeypatch.setattr(claims, "CLAIM", file)
    monkeypatch.setattr(network, "read_settings", lambda: {"net/ipv4/ip_forward": "0\n"})
    return file


def test_second_cluster_is_told_who_holds_the_node_and_how_to_end_it(claim_file: Path, tmp_path: Path) -> None:
    first, second = Layout.of("first", tmp_path), Layout.of("second", tmp_path)

    assert claims.take(first) is None
    assert claims.take(first) is None
    assert claims.is_held_by(first)
    assert not claims.is_held_by(second)
    with pytest.raises(ClusterError, match=f"cluster first in {tmp_path} holds it; .* down --name first"):
        claims.take(second)


def test_claim_of_a_deleted_folder_is_handed_out_for_cleaning(claim_file: Path, tmp_path: Path) -> None:
    gone = Layout.of("gone", tmp_path)
    claims.take(gone)
    gone.folder.rmdir()

    leftover = claims.take(Layout.of("new", tmp_path))

    assert leftover is not None
    assert leftover.folder == gone.folder
    assert leftover.settings == {"net/ipv4/ip_forward": "0\n"}


def test_released_node_can_be_taken_by_another(claim_file: Path, tmp_path: Path) -> None:
    claims.take(Layout.of("first", tmp_path))
    claims.release()

    assert claims.take(Layout.of("second", tmp_path)) is None
    assert claims.is_held_by(Layout.of("second", tmp_path))


def test_paths_in_containerd_configuration_are_quoted(tmp_path: Path) -> None:
    there = Layout.of("a", tmp_path / 'a "quoted" folder')
    containerd.prepare(there)

    configuration = tomllib.loads(there.configuration("containerd.toml").read_text())

    assert configuration["root"] == str(there.folder / "containerd" / "root")
