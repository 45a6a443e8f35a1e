"""A kind of our own for all that the contract says: a schema with every way of merging, and a status."""

from typing import Annotated, Any, Literal

import msgspec

from jupyternetes.api.crds.schema import SET, keyed_by, record
from jupyternetes.api.fields import about
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


class _Spec(msgspec.Struct, frozen=True):
    size: Annotated[int, about(minimum=0)] = 0
    color: Annotated[str, about(maxLength=10)] = ""
    shape: Annotated[Literal["round", "square"], about(defaulted=True)] = "round"
    tags: tuple[str, ...] = ()


class _Entry(msgspec.Struct, frozen=True):
    a: str = ""
    b: str = ""


class _Condition(msgspec.Struct, frozen=True):
    type: Annotated[str, about(required=True)]
    status: Annotated[str, about(required=True)]
    message: Annotated[str, about(maxLength=20)] = ""


class _Status(msgspec.Struct, frozen=True):
    left: str = ""
    right: str = ""
    phase: Annotated[str, about(defaulted=True)] = "New"
    entries: Annotated[dict[str, _Entry], about(defaulted=True)] = {}
    conditions: tuple[_Condition, ...] = ()


_FURTHER = {"spec.tags": SET, "status": {"default": {}}, "status.conditions": keyed_by("type")}
_SCHEMA = {
    "type": "object",
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": record(_Spec, _FURTHER, "spec"),
        "status": record(_Status, _FURTHER, "status"),
    },
}
DEFINITION = definition(GIZMOS, _SCHEMA, selectableFields=[{"jsonPath": ".spec.color"}])


def gizmo(name: str, *, labels: dict[str, str] | None = None, **spec: object) -> Json:
    """A Gizmo; a name that ends in a dash is one to be generated from."""
    made = body(GIZMOS, name, spec)
    if labels:
        made["metadata"]["labels"] = labels
    return made
