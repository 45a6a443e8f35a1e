"""A real Kubernetes on this machine, for tests, demonstrations and the curious: `python -m tools.cluster up`.

Three profiles: `control-plane` is etcd, API server, controller manager and scheduler, needs no root and is ready in
seconds; `node` adds one real node with containerd and kubelet; `load` adds fake nodes for thousands of pods.
"""

from tools.cluster.cluster import Cluster
from tools.cluster.errors import ClusterError
from tools.cluster.layout import Profile
from tools.cluster.progress import Steps

__all__ = ["Cluster", "ClusterError", "Profile", "Steps"]
