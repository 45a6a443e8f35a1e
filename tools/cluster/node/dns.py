"""Names of Services in pods: CoreDNS as a process of the machine, behind the Service `kube-dns`.

Names outside the cluster do not exist here, so that nothing depends on the network that the machine happens to be in.
"""

import json

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.control_plane import CLUSTER_DOMAIN
from tools.cluster.files import write_file
from tools.cluster.layout import NODE_ADDRESS, Layout
from tools.cluster.node.kubernetes_objects import Manifest, cluster_role, cluster_role_binding, service

SERVICE_ADDRESS = "10.96.0.10"
_NAME = "coredns"
_READY_ADDRESS = "127.0.0.1:8181"


def component(layout: Layout) -> Component:
    """CoreDNS as a component."""
    arguments = ("-conf", str(layout.configuration("Corefile")))
    return Component(name=_NAME, program=_NAME, arguments=arguments, health=f"http://{_READY_ADDRESS}/ready")


def prepare(layout: Layout, authority: Authority, server: str) -> None:
    """Write CoreDNS's configuration and kubeconfig."""
    kubeconfig = layout.component_kubeconfig(_NAME)
    write_file(kubeconfig, authority.kubeconfig(server, _NAME))
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


def manifests() -> list[Manifest]:
    """The rights of CoreDNS, and the Service and endpoint by which pods find it."""
    read = ["list", "watch"]
    rules = [
        {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": read},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": read},
    ]
    ports = [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]
    return [
        cluster_role(_NAME, rules),
        cluster_role_binding(_NAME, _NAME, _NAME),
        *service("kube-dns", ports, cluster_ip=SERVICE_ADDRESS),
    ]
