"""The node's own address, kernel settings, and what is left of both networks when the node goes."""

import json
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools.cluster.errors import ClusterError
from tools.cluster.layout import NODE_ADDRESS
from tools.cluster.node.places import NODE_BRIDGE, POD_BRIDGE
from tools.cluster.packages import find_program

_SYSCTL = Path("/proc/sys")
_FORWARDING = "net/ipv4/ip_forward"
_WATCHERS = "fs/inotify/max_user_instances"
#: So many watchers of files one user may have, at least. Kernels give 128, of which control planes beside the node
#: need 13 each; without one kubelet ends. https://kind.sigs.k8s.io/docs/user/known-issues has the same number.
_ENOUGH_WATCHERS = 512
# What kubelet, kube-proxy and the CNI plugins set, and we.
_CHANGED_SETTINGS = (
    _WATCHERS,
    _FORWARDING,
    "net/ipv4/conf/all/route_localnet",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)


def read_settings() -> dict[str, str]:
    """The kernel settings that a node changes, as they are now."""
    return {name: (_SYSCTL / name).read_text() for name in _CHANGED_SETTINGS if (_SYSCTL / name).exists()}


def restore_settings(settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        if (_SYSCTL / name).read_text() != value:
            (_SYSCTL / name).write_text(value)


def raise_limits() -> None:
    """Let this machine have the watchers of files that a node and control planes beside it need."""
    if int((_SYSCTL / _WATCHERS).read_text()) < _ENOUGH_WATCHERS:
        (_SYSCTL / _WATCHERS).write_text(str(_ENOUGH_WATCHERS))


def create() -> None:
    """Give the machine the node's address, on a bridge of its own.

    kubelet refuses a loopback address, and not every kernel has dummy devices. Raises ClusterError if the address is
    somebody else's.
    """
    for link in _json("address", "show"):
        if NODE_ADDRESS in [address["local"] for address in link["addr_info"]]:
            if link["ifname"] == NODE_BRIDGE:
                return
            raise ClusterError(f"this machine cannot run a node: {NODE_ADDRESS} is an address of {link['ifname']}")
    if NODE_BRIDGE not in _links():
        _ip("link", "add", NODE_BRIDGE, "type", "bridge")
    _ip("address", "add", f"{NODE_ADDRESS}/32", "dev", NODE_BRIDGE)
    _ip("link", "set", NODE_BRIDGE, "up")
    (_SYSCTL / _FORWARDING).write_text("1")
    raise_limits()


def remove() -> None:
    """Remove both bridges and the pods' ends of their cables."""
    links = _links()
    ours = [name for name, link in links.items() if link.get("master") == POD_BRIDGE]
    for name in [*ours, *({POD_BRIDGE, NODE_BRIDGE} & links.keys())]:
        with suppress(ClusterError):  # a cable goes by itself when its pod's network namespace goes
            _ip("link", "delete", name)
    if left := {POD_BRIDGE, NODE_BRIDGE} & _links().keys():
        raise ClusterError(f"cannot remove network devices {', '.join(sorted(left))}")


def _links() -> dict[str, dict[str, Any]]:
    return {link["ifname"]: link for link in _json("link", "show")}


def _json(*arguments: str) -> list[dict[str, Any]]:
    return json.loads(_ip("-json", *arguments) or "[]")


def _ip(*arguments: str) -> str:
    program = find_program("ip")
    if program is None:
        raise ClusterError("the program `ip` is missing; install the package iproute2")
    result = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ClusterError(f"ip {' '.join(arguments)}: {result.stderr.strip()}")
    return result.stdout
