"""A CustomResourceDefinition around the struct of a kind.

https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from jupyternetes.api import identity
from jupyternetes.api.crds.schema import ATOMIC, Schema, keyed_by, record, rules

#: ``status.conditions``: one entry a type, so that several operators can each own theirs.
CONDITIONS: Final[Mapping[str, Schema]] = {"status.conditions": keyed_by("type"), "status.conditions[]": ATOMIC}


def definition(
    *,
    kind: str,
    plural: str,
    short_name: str,
    description: str,
    spec: tuple[type[msgspec.Struct], str],
    status: tuple[type[msgspec.Struct], str],
    further: Mapping[str, Schema],
    columns: Sequence[Mapping[str, object]],
    selectable: Sequence[str],
) -> dict[str, object]:
    """The definition of one kind, namespaced and with a status subresource.

    ``spec`` and ``status``: the struct of each, and what it is; ``further``: see ``schema.record``.
    """
    name_rule = (
        f"size(self.metadata.name) <= {identity.MAX_NAME_LENGTH}",
        f"the name of a {kind} may have at most {identity.MAX_NAME_LENGTH} characters: it becomes a label value",
    )
    schema: Schema = {
        "description": description,
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": record(spec[0], further, "spec", spec[1]),
            "status": record(status[0], further, "status", status[1]),
        },
        **rules(name_rule),
    }
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
