"""An account that may read all that the graph needs, but for one kind of object."""

from pathlib import Path
from typing import Final

from jupyternetes.api.rights import RIGHTS
from tools.faults.site import Site

#: Kinds of objects that the graph is made of on a cluster like ours, by the names of their resources.
RESOURCES: Final = (
    "pods",
    "services",
    "persistentvolumeclaims",
    "resourcequotas",
    "events",
    "endpointslices",
    "ingresses",
    "jupyternotebookinstances",
    "jupyternotebooktemplates",
    "leases",
    "nodes",
)


def kubeconfig_without(site: Site, resource: str) -> Path:
    """The kubeconfig of such an account, which is made if it is not there."""
    name = f"graph-without-{resource}"
    namespace = site.release.namespace
    rbac = "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    site.release.apply(
        [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}},
            {
                "apiVersion": f"{rbac}/v1",
                "kind": "ClusterRole",
                "metadata": {"name": name},
                "rules": [
                    {
                        "apiGroups": [right.group],
                        "resources": [each for each in right.resources if each != resource],
                        "verbs": list(right.verbs),
                    }
                    for right in RIGHTS["graph"]
                    if set(right.resources) != {resource}
                ],
            },
            {
                "apiVersion": f"{rbac}/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": name},
                "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": name},
                "subjects": [subject],
            },
        ]
    )
    return site.cluster.service_account_kubeconfig(namespace, name)
