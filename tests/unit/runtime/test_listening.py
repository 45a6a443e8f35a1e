"""Operators and servers are reached on clusters of IPv4, of IPv6 and of both: each tried on a host of that kind."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from jupyternetes.cli.operator import app
from jupyternetes.operators.assembly.assembly import Settings
from tests.support.listening import V4, V6, answering_health

HOSTS: dict[str, tuple[str, Sequence[str]]] = {
    "IPv4 only": ("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6", [V4]),
    "IPv6 only": ("ip -4 address flush dev lo", [V6]),
    "both": ("true", [V4, V6]),
}


def on_host(preparation: str) -> dict[str, list[str]]:
    """What tests/support/listening.py finds in a network namespace of its own."""
    shell = f"ip link set lo up && {preparation} && exec {sys.executable} -m tests.support.listening"
    done = subprocess.run(["unshare", "--net", "sh", "-c", shell], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def _network_namespaces() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may make a network namespace")
    if not any(Path(folder, "ip").exists() for folder in os.environ["PATH"].split(os.pathsep)):
        pytest.skip("the program `ip` is not installed")
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody make a network namespace")


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("_network_namespaces")
@pytest.mark.parametrize("host", HOSTS)
def test_operators_and_notebook_servers_are_reached_at_every_address_C23(host: str) -> None:
    preparation, addresses = HOSTS[host]
    assert on_host(preparation) == {"operator": addresses, "notebook": addresses}


async def test_a_kernel_without_ipv6_is_listened_on_by_ipv4_C23(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)

    assert await answering_health() == [V4]


def test_all_addresses_are_what_an_operator_listens_on_unless_told_otherwise_C23() -> None:
    assert Settings().health_host is None
    for command in app.registered_commands:
        assert command.callback is not None
        assert command.callback.__defaults__[-4] is None
