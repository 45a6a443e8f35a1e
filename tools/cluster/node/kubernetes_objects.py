"""Rights and Services of processes of the machine that would be pods elsewhere."""

from collections.abc import Mapping, Sequence

from tools.cluster.layout import NODE_ADDRESS

Manifest = dict[str, object]
Rule = dict[str, list[str]]

SYSTEM_NAMESPACE = "kube-system"

_RBAC_GROUP = "rbac.authorization.k8s.io"
_RBAC_VERSION = f"{_RBAC_GROUP}/v1"


def cluster_role(name: str, rules: Sequence[Rule], *, labels: Mapping[str, str] | None = None) -> Manifest:
    """A ClusterRole."""
    metadata = {"name": name, **({"labels": dict(labels)} if labels else {})}
    return {"apiVersion": _RBAC_VERSION, "kind": "ClusterRole", "metadata": metadata, "rules": list(rules)}


def cluster_role_binding(name: str, role: str, user: str) -> Manifest:
    """Gives a user the rights of a ClusterRole in all namespaces."""
    return {
        "apiVersion": _RBAC_VERSION,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        **_grant("ClusterRole", role, user),
    }


def role_binding(name: str, role: str, user: str, *, namespace: str) -> Manifest:
    """Gives a user the rights of a Role of a namespace."""
    return {
        "apiVersion": _RBAC_VERSION,
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": namespace},
        **_grant("Role", role, user),
    }


def service(name: str, ports: Sequence[Mapping[str, object]], *, cluster_ip: str | None = None) -> list[Manifest]:
    """A Service of kube-system and the endpoint behind it: a process that listens on the node's address.

    It listens on the ports of the Service. Kubernetes chooses the Service's address unless `cluster_ip` does.
    """
    address = {"clusterIP": cluster_ip} if cluster_ip else {}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "namespace": SYSTEM_NAMESPACE},
            "spec": {**address, "ports": list(ports)},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": name,
                "namespace": SYSTEM_NAMESPACE,
                "labels": {"kubernetes.io/service-name": name},
            },
            "addressType": "IPv4",
            "endpoints": [{"addresses": [NODE_ADDRESS]}],
            "ports": list(ports),
        },
    ]


def _grant(kind: str, role: str, user: str) -> Manifest:
    return {
        "roleRef": {"apiGroup": _RBAC_GROUP, "kind": kind, "name": role},
        "subjects": [{"apiGroup": _RBAC_GROUP, "kind": "User", "name": user}],
    }
