"""A CustomResourceDefinition around a schema.

https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
"""

from collections.abc import Mapping, Sequence

from jupyternetes.api import identity
from jupyternetes.api.crds.schema import Schema, record, rule


def definition(
    *,
    kind: str,
    plural: str,
    short_name: str,
    description: str,
    spec: Schema,
    status: Schema,
    columns: Sequence[Mapping[str, object]],
    selectable: Sequence[str],
) -> dict[str, object]:
    """The definition of one kind, namespaced and with a status subresource."""
    name_rule = rule(
        f"size(self.metadata.name) <= {identity.MAX_NAME_LENGTH}",
        f"the name of a {kind} may have at most {identity.MAX_NAME_LENGTH} characters: it becomes a label value",
    )
    schema = record(
        {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": spec,
            "status": status,
        },
        description,
        required=("spec",),
        rules=(name_rule,),
    )
    version: dict[str, object] = {
        "name": identity.VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        "additionalPrinterColumns": [dict(column) for column in columns],
        "selectableFields": [{"jsonPath": path} for path in selectable],
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{identity.GROUP}"},
        "spec": {
            "group": identity.GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": plural,
                "singular": kind.lower(),
                "shortNames": [short_name],
                "categories": ["jupyternetes", "kadense"],
            },
            "versions": [version],
        },
    }


def column(name: str, path: str, *, kind: str = "string", wide: bool = False) -> dict[str, object]:
    """A column of ``kubectl get``; ``wide`` ones show with ``-o wide`` only."""
    fields: dict[str, object] = {"name": name, "type": kind, "jsonPath": path}
    return fields | {"priority": 1} if wide else fields
