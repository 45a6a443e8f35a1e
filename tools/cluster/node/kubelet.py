"""kubelet and kube-proxy, for a machine that does other things as well and has nothing of its own to protect.

See https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ and kube-proxy-config.v1alpha1 beside it.
"""

import json
from pathlib import Path

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.control_plane import CLUSTER_DOMAIN, POD_CIDR
from tools.cluster.files import write_file
from tools.cluster.layout import NODE_ADDRESS, Layout
from tools.cluster.node import mounts
from tools.cluster.node.dns import SERVICE_ADDRESS
from tools.cluster.node.places import CGROUP, CONTAINERD_SOCKET, KUBELET_ROOT, NODE_NAME

_RESOLV_CONF = Path("/etc/resolv.conf")


def components(layout: Layout) -> list[Component]:
    """kubelet and kube-proxy as components."""
    kubelet = (
        f"--config={layout.configuration('kubelet.json')}",
        f"--kubeconfig={layout.component_kubeconfig('kubelet')}",
        f"--root-dir={KUBELET_ROOT}",
        f"--cert-dir={layout.pki}",
        f"--hostname-override={NODE_NAME}",
        f"--node-ip={NODE_ADDRESS}",
    )
    proxy = (f"--config={layout.configuration('kube-proxy.json')}", f"--hostname-override={NODE_NAME}")
    return [
        Component(name="kubelet", program="kubelet", arguments=kubelet, health="http://127.0.0.1:10248/healthz"),
        Component(name="kube-proxy", program="kube-proxy", arguments=proxy, health="http://127.0.0.1:10256/healthz"),
    ]


def prepare(layout: Layout, authority: Authority, server: str) -> None:
    """Write configuration, certificate and kubeconfigs of both, and make kubelet's folder."""
    authority.issue_files(
        "kubelet-serving", f"system:node:{NODE_NAME}", ["system:nodes"], hosts=[NODE_NAME, NODE_ADDRESS]
    )
    mounts.bind(layout.folder / "kubelet", KUBELET_ROOT)
    node = authority.kubeconfig(server, f"system:node:{NODE_NAME}", ["system:nodes"])
    write_file(layout.component_kubeconfig("kubelet"), node)
    write_file(layout.component_kubeconfig("kube-proxy"), authority.kubeconfig(server, "system:kube-proxy"))
    write_file(layout.configuration("kubelet.json"), json.dumps(_kubelet(layout), indent=1))
    write_file(layout.configuration("kube-proxy.json"), json.dumps(_kube_proxy(layout), indent=1))


def _kubelet(layout: Layout) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE_ADDRESS,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(layout.pki / "kubelet-serving.crt"),
        "tlsPrivateKeyFile": str(layout.pki / "kubelet-serving.key"),
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{CGROUP}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "oomScoreAdj": 0,  # lowering it takes CAP_SYS_RESOURCE
        "clusterDNS": [SERVICE_ADDRESS],
        "clusterDomain": CLUSTER_DOMAIN,
        "resolvConf": str(_RESOLV_CONF) if _RESOLV_CONF.exists() else "",
        # The disk is shared with everything else on the machine: only a truly full one is the pods' business.
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "localStorageCapacityIsolation": False,
        "maxPods": 250,
        "podLogsDir": str(layout.folder / "pod-logs"),
        "volumePluginDir": str(layout.folder / "volume-plugins"),
    }


def _kube_proxy(layout: Layout) -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(layout.component_kubeconfig("kube-proxy"))},
        "mode": "iptables",
        "clusterCIDR": POD_CIDR,
        "bindAddress": "127.0.0.1",
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "nodePortAddresses": ["127.0.0.0/8", f"{NODE_ADDRESS}/32"],  # not for the network that the machine is in
        # The kernel's own limits stay: they are the machine's, and may not be ours to set.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
