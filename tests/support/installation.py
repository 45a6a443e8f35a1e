"""What has to be in a cluster before operators can work there: kinds, accounts and rights, as the chart has them."""

from collections.abc import Mapping
from pathlib import Path

from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.api.rights import RIGHTS, Right
from tests.support.kube import Json, Kube
from tests.support.waiting import eventually
from tools.cluster import Cluster

RELEASE_NAMESPACE = "kadense"
STORAGE_CLASS = "standard"


def install_kinds(kube: Kube) -> None:
    """The CustomResourceDefinitions; returns when the API server serves them."""
    for body in custom_resource_definitions():
        name = body["metadata"]["name"]  # type: ignore[index]
        kube.apply("customresourcedefinitions", "", name, body)
        eventually(lambda name=name: kube.get("customresourcedefinitions", "", name), until=_is_served)


def install_storage_class(kube: Kube) -> None:
    """The default StorageClass of small clusters, which nobody provisions from here: claims stay Pending."""
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    body = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": STORAGE_CLASS, "annotations": default},
        "provisioner": "kubernetes.io/host-path",
    }
    kube.apply("storageclasses", "", STORAGE_CLASS, body)


def make_namespace(kube: Kube, name: str) -> str:
    """A namespace in which pods can be made."""
    kube.apply("namespaces", "", name, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    eventually(lambda: kube.find("serviceaccounts", name, "default"))
    return name


def install_accounts(kube: Kube, cluster: Cluster, table: Mapping[str, tuple[Right, ...]] = RIGHTS) -> dict[str, Path]:
    """A ServiceAccount with exactly its rights for each account of the table, and its kubeconfig."""
    make_namespace(kube, RELEASE_NAMESPACE)
    for account, rights in table.items():
        metadata = {"name": account, "namespace": RELEASE_NAMESPACE}
        body: Json = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
        kube.apply("serviceaccounts", RELEASE_NAMESPACE, account, body)
        grant(kube, account, rights)
    return {account: cluster.service_account_kubeconfig(RELEASE_NAMESPACE, account) for account in table}


def grant(kube: Kube, account: str, rights: tuple[Right, ...]) -> None:
    """Give an account these rights in all namespaces, and no others."""
    group = "rbac.authorization.k8s.io"
    rules = [
        {"apiGroups": [r.group], "resources": [*r.resources], "verbs": [*r.verbs], "resourceNames": [*r.names]}
        for r in rights
    ]
    metadata = {"name": f"test:{account}"}
    role: Json = {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules}
    binding: Json = {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": metadata["name"]},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": RELEASE_NAMESPACE}],
    }
    kube.apply("clusterroles", "", metadata["name"], role)
    kube.apply("clusterrolebindings", "", metadata["name"], binding)


def _is_served(definition: Json) -> bool:
    conditions = definition.get("status", {}).get("conditions") or []
    return any((each["type"], each["status"]) == ("Established", "True") for each in conditions)
