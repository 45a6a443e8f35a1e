"""A kind of our own for all that the contract says: a schema with every way of merging, and a status."""

from typing import Any

import msgspec

from jupyternetes.api.crds.schema import integer, mapping, record, sequence, text
from jupyternetes.runtime.resource import Resource
from tests.support.kinds import Json, body, definition


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    uid: str
    resource_version: str
    namespace: str = ""
    generation: int = 0
    labels: dict[str, str] = {}
    finalizers: tuple[str, ...] = ()
    deletion_timestamp: str | None = None


class Gizmo(msgspec.Struct, frozen=True):
    """Spec and status as they stand in JSON."""

    metadata: Meta
    spec: dict[str, Any] = {}
    status: dict[str, Any] = {}


GIZMOS = Resource("contract.example.org", "v1", "gizmos", "Gizmo", Gizmo)

_CONDITION = record({"type": text(), "status": text(), "message": text(max_length=20)}, required=("type", "status"))
_SCHEMA = record(
    {
        "apiVersion": text(),
        "kind": text(),
        "metadata": {"type": "object"},
        "spec": record(
            {
                "size": integer(minimum=0),
                "color": text(max_length=10),
                "shape": text(default="round", enum=("round", "square")),
                "tags": sequence(text(), unique=True),
            }
        ),
        "status": record(
            {
                "left": text(),
                "right": text(),
                "phase": text(default="New"),
                "entries": mapping(record({"a": text(), "b": text()}), default={}),
                "conditions": sequence(_CONDITION, keys=("type",)),
            },
            default={},
        ),
    }
)
DEFINITION = definition(GIZMOS, _SCHEMA, selectableFields=[{"jsonPath": ".spec.color"}])


def gizmo(name: str, *, labels: dict[str, str] | None = None, **spec: object) -> Json:
    """A Gizmo; a name that ends in a dash is one to be generated from."""
    made = body(GIZMOS, name, spec)
    if labels:
        made["metadata"]["labels"] = labels
    return made
