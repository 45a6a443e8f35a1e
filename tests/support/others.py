"""Other resources in tests against a real API server: which kinds are allowed, and a kind of somebody else's."""

from typing import Any

from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.api.rights import VERBS_ON_OTHER_RESOURCES, Right, Scope
from tests.support.kube import Json, Kube
from tests.support.waiting import eventually

GROUP = "databases.example.org"

#: The last one is never installed.
KINDS = tuple(
    map(
        OtherKind.read,
        (
            "v1/ConfigMap=configmaps",
            "v1/Service=services",
            "networking.k8s.io/v1/NetworkPolicy=networkpolicies",
            f"{GROUP}/v1/Database=databases",
            "licences.example.org/v1/Licence=licences",
            "postgres.example.org/v1/PostgresDatabase=postgresdatabases",
            "ghosts.example.org/v1/Ghost=ghosts",
        ),
    )
)
OPTIONS = tuple(f"--other-resource={kind.api_version}/{kind.kind}={kind.resource}" for kind in KINDS)
RIGHTS_ON_KINDS = tuple(
    Right(kind.group, (kind.resource,), VERBS_ON_OTHER_RESOURCES, Scope.INSTANCES, "makes what Templates ask for")
    for kind in KINDS
)


def database(**fields: Any) -> Json:
    """An entry that asks for a database, of an operator that the test plays."""
    output = {"name": "host", "path": "status.host", "pattern": "[a-z0-9.-]{1,63}"}
    entry = {"name": "db", "apiVersion": f"{GROUP}/v1", "kind": "Database", "spec": {"size": "1Gi"}}
    return entry | {"timeoutSeconds": 30, "outputs": [output]} | fields


def install_databases(kube: Kube) -> None:
    """The definition of Database."""
    texts = {"type": "object", "properties": {"size": {"type": "string"}, "owner": {"type": "string"}}}
    status = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": texts, "status": status}}
    version: Json = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    spec: Json = {
        "group": GROUP,
        "names": {"plural": "databases", "singular": "database", "kind": "Database"},
        "scope": "Namespaced",
        "versions": [version],
    }
    body: Json = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"databases.{GROUP}"},
        "spec": spec,
    }
    install_definition(kube, body)


def install_definition(kube: Kube, body: Json) -> None:
    """A kind of somebody else's; returns when the API server serves it."""
    name = body["metadata"]["name"]
    kube.apply("customresourcedefinitions", "", name, body)

    def is_served() -> bool:
        found = kube.get("customresourcedefinitions", "", name).get("status", {}).get("conditions") or []
        return any((each["type"], each["status"]) == ("Established", "True") for each in found)

    eventually(is_served)


def answer(kube: Kube, namespace: str, name: str, *, ready: bool = True, host: str = "db.example.org") -> None:
    """What the operator of databases writes."""
    generation = kube.get("databases", namespace, name)["metadata"]["generation"]
    condition = {
        "type": "Ready",
        "status": str(ready),
        "reason": "Created" if ready else "Creating",
        "message": "" if ready else "disk 3 of 5",
        "observedGeneration": generation,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    status: Json = {"conditions": [condition]} | ({"host": host} if ready else {})
    kube.merge_patch("databases/status", namespace, name, {"status": status}, manager="database-operator")
