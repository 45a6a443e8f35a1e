"""Names of what a node puts on the machine outside its cluster's folder; fixed, as a machine holds one node."""

from pathlib import Path

RUN = Path("/run/jupyternetes-node")  # sockets: their paths may have 107 characters, and a checkout lies anywhere
CLAIM = RUN / "claim.json"
CONTAINERD_SOCKET = RUN / "containerd.sock"
KUBELET_ROOT = RUN / "kubelet"  # kubelet puts sockets into it; the folder itself is in the cluster's

NODE_NAME = "local-node"
NODE_BRIDGE = "jnetes-node"  # bears the node's address
POD_BRIDGE = "jnetes-pods"
POD_NETWORK = "jupyternetes-pods"
CGROUP = "jupyternetes"

CONTAINERD_NAMESPACE = "k8s.io"  # the one that kubelet's images and containers are in

# Fixed in kubelet, containerd and the CNI library, whatever one configures.
SHIM_SOCKETS = Path("/run/containerd/s")
RUNC_STATES = Path("/run/containerd/runc") / CONTAINERD_NAMESPACE
DEVICE_PLUGIN_FILES = Path("/var/lib/kubelet/device-plugins")
LEGACY_LOG_LINKS = Path("/var/log/containers")
CNI_RESULTS = Path("/var/lib/cni/results")
FIXED_PATHS = (
    *(SHIM_SOCKETS, RUNC_STATES, RUNC_STATES.parent, Path("/run/containerd")),
    *(DEVICE_PLUGIN_FILES, Path("/var/lib/kubelet")),
    *(CNI_RESULTS, Path("/var/lib/cni")),
    *(LEGACY_LOG_LINKS, Path("/run/netns"), Path("/etc/cni"), Path("/opt/containerd")),
)
