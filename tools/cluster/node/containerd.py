"""The container runtime: Debian's containerd under a configuration, root and socket of our own.

See https://github.com/containerd/containerd/blob/main/docs/cri/config.md
"""

import json
import socket
from pathlib import Path

from tools.cluster.component import Component
from tools.cluster.files import write_file
from tools.cluster.layout import Layout
from tools.cluster.node.images import PAUSE_IMAGE
from tools.cluster.node.places import CONTAINERD_SOCKET, POD_BRIDGE, POD_NETWORK
from tools.cluster.packages import find_program

POD_SUBNET = "10.244.0.0/24"  # what the controller manager gives to the first node
_CNI_FOLDERS = (Path("/usr/lib/cni"), Path("/opt/cni/bin"))  # Debian's, and the upstream default


def component(layout: Layout) -> Component:
    """containerd as a component."""
    program = find_program("containerd") or Path("/usr/bin/containerd")
    return Component(
        name="containerd", program=program, arguments=("--config", str(layout.configuration("containerd.toml")))
    )


def listens() -> bool:
    """Whether containerd takes connections."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(CONTAINERD_SOCKET)) == 0


def prepare(layout: Layout) -> None:
    """Write containerd's and the pod network's configuration."""
    write_file(layout.configuration("cni/10-pods.conflist"), json.dumps(_pod_network(layout), indent=1))
    write_file(layout.configuration("containerd.toml"), _configuration(layout))


def _configuration(layout: Layout) -> str:
    def quoted(path: Path | str) -> str:
        return json.dumps(str(path))  # TOML's basic strings are JSON's

    return f"""\
version = 2
root = {quoted(layout.folder / "containerd" / "root")}
state = {quoted(layout.folder / "containerd" / "state")}
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = {quoted(CONTAINERD_SOCKET)}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = {quoted(PAUSE_IMAGE)}
  # Lowering a score takes CAP_SYS_RESOURCE, which root of a virtual machine or container may lack.
  restrict_oom_score_adj = true
  # Network namespaces lie in our folder instead of among everybody's in /run/netns.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = {quoted(_cni_plugins() or _CNI_FOLDERS[0])}
    conf_dir = {quoted(layout.configuration("cni"))}
"""


def has_cni_plugins() -> bool:
    """Whether the plugins of the pod network are installed."""
    return _cni_plugins() is not None


def _cni_plugins() -> Path | None:
    return next((folder for folder in _CNI_FOLDERS if (folder / "bridge").exists()), None)


def _pod_network(layout: Layout) -> dict[str, object]:
    return {
        "cniVersion": "0.4.0",
        "name": POD_NETWORK,
        "plugins": [
            {
                "type": "bridge",
                "bridge": POD_BRIDGE,
                "isGateway": True,
                "ipMasq": True,
                "hairpinMode": True,  # a pod may reach itself through its own Service
                "ipam": {
                    "type": "host-local",
                    "dataDir": str(layout.folder / "cni-addresses"),
                    "ranges": [[{"subnet": POD_SUBNET}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }
