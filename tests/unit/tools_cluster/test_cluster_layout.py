"""Names, ports and the record of a cluster."""

import shlex
import socket
from pathlib import Path

import pytest

from tools.cluster import layout
from tools.cluster.errors import ClusterError
from tools.cluster.layout import Layout, Profile, Record


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a/b", "..", "a" * 33])
def test_name_that_is_no_short_dns_label_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="cluster name"):
        Layout.of(name, tmp_path)


def test_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    there = Layout.of("a", tmp_path)
    record = Record(Profile.NODE, {"etcd": 20000}, {"kube-scheduler": ["--v=4"]})

    there.write_record(record)

    assert there.read_record() == record
    assert Layout.of("b", tmp_path).read_record() is None


def test_record_of_an_earlier_version_has_no_metrics(tmp_path: Path) -> None:
    there = Layout.of("a", tmp_path)
    there.folder.mkdir()
    there.record_file.write_text('{"profile": "node", "ports": {}, "extra_arguments": {}}')

    assert there.read_record() == Record(Profile.NODE, {}, {}, metrics=False)


@pytest.mark.parametrize("content", ["", "{}", '{"profile": "other", "ports": {}, "extra_arguments": {}}'])
def test_damaged_record_names_the_file_and_the_way_out(content: str, tmp_path: Path) -> None:
    there = Layout.of("a", tmp_path)
    there.folder.mkdir()
    there.record_file.write_text(content)

    with pytest.raises(ClusterError, match=r"cluster\.json is damaged .* -m tools\.cluster down --name a"):
        there.read_record()


def test_ports_are_different_and_free() -> None:
    ports = layout.choose_ports()

    assert len(set(ports.values())) == 6
    assert all(layout.is_free(port) for port in ports.values())


def test_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not layout.is_free(server.getsockname()[1])


def test_suggested_command_selects_the_cluster(tmp_path: Path) -> None:
    assert shlex.split(Layout.of("default", None).command("down"))[1:] == ["-m", "tools.cluster", "down"]
    assert Layout.of("a", tmp_path).command("down").endswith(f"down --name a --directory {tmp_path}")


def test_only_a_node_listens_beyond_loopback() -> None:
    assert layout.listen_address(Profile.CONTROL_PLANE) == "127.0.0.1"
    assert layout.listen_address(Profile.NODE) == layout.NODE_ADDRESS
