"""The definition of a kind of a test's own: for what built-in kinds cannot show, and ours should not be bent to show.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

import copy
from collections.abc import Mapping
from typing import Any

from jupyternetes.runtime.resource import Resource

Json = dict[str, Any]


def definition(kind: Resource[Any], schema: Json, **fields: Any) -> Json:
    """A CustomResourceDefinition of one namespaced version with a status; ``fields`` are more of that version's."""
    version = {"name": kind.version, "served": True, "storage": True, "subresources": {"status": {}}}
    names = {"plural": kind.plural, "singular": kind.kind.lower(), "kind": kind.kind}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": kind.full_name},
        "spec": {
            "group": kind.group,
            "scope": "Namespaced",
            "names": names,
            "versions": [version | {"schema": {"openAPIV3Schema": schema}} | fields],
        },
    }


def body(kind: Resource[Any], name: str, spec: Mapping[str, object]) -> Json:
    """An object of that kind to create; a name that ends in a dash is one to be generated from."""
    metadata: Json = {"generateName": name} if name.endswith("-") else {"name": name}
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, "spec": dict(spec)}


def permissive(definition: Mapping[str, Any]) -> Json:
    """A definition as an older version of it may have been: anything goes."""
    loose: Json = copy.deepcopy({**definition})
    for version in loose["spec"]["versions"]:
        version["schema"] = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
        version.pop("selectableFields", None)
    return loose
