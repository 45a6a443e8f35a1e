"""What pods and the node use: metrics-server as a process of the machine, behind the API group metrics.k8s.io.

It is added to a running node by those who want it. Rights and registration are those of its own manifest, which has
the API server reach it through a Service and check its certificate.
See https://github.com/kubernetes-sigs/metrics-server and
https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/
"""

import base64
import json
from collections.abc import Callable

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.errors import ClusterError
from tools.cluster.files import write_file
from tools.cluster.layout import NODE_ADDRESS, Layout
from tools.cluster.node.kubernetes_objects import (
    SYSTEM_NAMESPACE,
    Manifest,
    cluster_role,
    cluster_role_binding,
    role_binding,
    service,
)
from tools.cluster.node.places import NODE_NAME

NAME = "metrics-server"
API_SERVICE = "v1beta1.metrics.k8s.io"

_PORT = 4443
_RESOLUTION = "10s"  # the shortest that metrics-server allows
_KUBELET_TIMEOUT = "5s"  # must be shorter than the resolution


def component(layout: Layout) -> Component:
    """metrics-server as a component."""
    pki, kubeconfig = layout.pki, layout.component_kubeconfig(NAME)
    arguments = (
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--bind-address={NODE_ADDRESS}",
        f"--secure-port={_PORT}",
        f"--tls-cert-file={pki / f'{NAME}.crt'}",
        f"--tls-private-key-file={pki / f'{NAME}.key'}",
        f"--kubelet-certificate-authority={pki / 'ca.crt'}",
        "--kubelet-preferred-address-types=InternalIP",
        f"--kubelet-request-timeout={_KUBELET_TIMEOUT}",
        f"--metric-resolution={_RESOLUTION}",
    )
    # /readyz fails until a pod runs, and a new node has none.
    return Component(name=NAME, program=NAME, arguments=arguments, health=f"https://{NODE_ADDRESS}:{_PORT}/livez")


def prepare(layout: Layout, authority: Authority, server: str) -> None:
    """Write metrics-server's certificate and kubeconfig."""
    authority.issue_files(NAME, NAME, hosts=[f"{NAME}.{SYSTEM_NAMESPACE}.svc", NODE_ADDRESS])
    write_file(layout.component_kubeconfig(NAME), authority.kubeconfig(server, NAME))


def manifests(authority: Authority) -> list[Manifest]:
    """The rights of metrics-server, those that its API adds to view, edit and admin, and its place in the API."""
    aggregated = {f"rbac.authorization.k8s.io/aggregate-to-{role}": "true" for role in ("view", "edit", "admin")}
    read = ["get", "list", "watch"]
    return [
        cluster_role(
            NAME,
            [
                {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
                {"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": read},
            ],
        ),
        cluster_role_binding(NAME, NAME, NAME),
        cluster_role_binding(f"{NAME}:system:auth-delegator", "system:auth-delegator", NAME),
        role_binding(
            f"{NAME}-auth-reader", "extension-apiserver-authentication-reader", NAME, namespace=SYSTEM_NAMESPACE
        ),
        cluster_role(
            "system:aggregated-metrics-reader",
            [{"apiGroups": ["metrics.k8s.io"], "resources": ["pods", "nodes"], "verbs": read}],
            labels=aggregated,
        ),
        *service(NAME, [{"name": "https", "port": _PORT, "protocol": "TCP"}]),
        _api_service(authority),
    ]


def has_sample(kubectl: Callable[..., str]) -> bool:
    """Whether the API server has taken metrics-server in and serves what the node uses."""
    try:
        answer = kubectl("get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes")
    except ClusterError:
        return False
    return any(item["metadata"]["name"] == NODE_NAME for item in json.loads(answer)["items"])


def _api_service(authority: Authority) -> Manifest:
    version, _, group = API_SERVICE.partition(".")
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": API_SERVICE},
        "spec": {
            "group": group,
            "version": version,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "service": {"name": NAME, "namespace": SYSTEM_NAMESPACE, "port": _PORT},
            "caBundle": base64.b64encode(authority.certificate_file.read_bytes()).decode(),
        },
    }
