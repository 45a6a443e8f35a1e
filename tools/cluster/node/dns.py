"""Names of Services in pods: CoreDNS as a process of the machine, behind the Service `kube-dns`.

Names outside the cluster do not exist here, so that nothing depends on the network that the machine happens to be in.
"""

import json

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.control_plane import CLUSTER_DOMAIN
from tools.cluster.files import write_file
from tools.cluster.layout import NODE_ADDRESS, Layout

SERVICE_ADDRESS = "10.96.0.10"
_USER = "coredns"
_READY_ADDRESS = "127.0.0.1:8181"


def component(layout: Layout) -> Component:
    """CoreDNS as a component."""
    arguments = ("-conf", str(layout.configuration("Corefile")))
    return Component(name="coredns", program="coredns", arguments=arguments, health=f"http://{_READY_ADDRESS}/ready")


def prepare(layout: Layout, authority: Authority, server: str) -> None:
    """Write CoreDNS's configuration and kubeconfig."""
    kubeconfig = layout.component_kubeconfig("coredns")
    write_file(kubeconfig, authority.kubeconfig(server, _USER))
    write_file(
        layout.configuration("Corefile"),
        f"""\
{CLUSTER_DOMAIN}:53 in-addr.arpa:53 ip6.arpa:53 {{
    bind {NODE_ADDRESS}
    errors
    ready {_READY_ADDRESS}
    kubernetes {CLUSTER_DOMAIN} in-addr.arpa ip6.arpa {{
        kubeconfig {json.dumps(str(kubeconfig))}
        ttl 5
    }}
}}
.:53 {{
    bind {NODE_ADDRESS}
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
""",
    )


def manifests() -> list[dict[str, object]]:
    """The rights of CoreDNS, and the Service and endpoint by which pods find it."""
    name = {"name": "coredns"}
    read = ["list", "watch"]
    ports = [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]
    return [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": name,
            "rules": [
                {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": read},
                {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": read},
            ],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": name,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "coredns"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": _USER}],
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "kube-dns", "namespace": "kube-system"},
            "spec": {"clusterIP": SERVICE_ADDRESS, "ports": ports},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": "kube-dns",
                "namespace": "kube-system",
                "labels": {"kubernetes.io/service-name": "kube-dns"},
            },
            "addressType": "IPv4",
            "endpoints": [{"addresses": [NODE_ADDRESS]}],
            "ports": ports,
        },
    ]
