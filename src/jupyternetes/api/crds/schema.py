"""From a struct to the structural OpenAPI schema of what it describes.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_origin

import msgspec

from jupyternetes.api.fields import Field, fields_of

Schema = dict[str, Any]

_SIMPLE: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "format": "int64"},
}
_LIST_TYPE: Final = "x-kubernetes-list-type"
#: The order in which a schema is written; what is not named here comes last.
_ORDER: Final = (
    *("description", "type", "format", "required", "items", "additionalProperties", "default", "properties", "enum"),
    *("pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "maxProperties"),
)

# What no struct can say:

#: An object that has one writer and is replaced as a whole. The API server then keeps no record of who owns which part
#: of it, and works less at each write of the object, whatever that is about.
#: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
ATOMIC: Final[Schema] = {"x-kubernetes-map-type": "atomic"}
#: Data that the API server keeps as it is, such as a pod spec with a placeholder in an integer field.
OPEN_ENDED: Final[Schema] = {"x-kubernetes-preserve-unknown-fields": True}
#: A list without duplicates.
SET: Final[Schema] = {_LIST_TYPE: "set"}


def keyed_by(*names: str) -> Schema:
    """A list that is a map by these fields of its items; without this, a list is replaced as a whole."""
    return {_LIST_TYPE: "map", "x-kubernetes-list-map-keys": list(names)}


def rules(*checks: tuple[str, str]) -> Schema:
    """CEL rules, each with the text that a person reads when it is broken."""
    return {"x-kubernetes-validations": [{"rule": rule, "message": message} for rule, message in checks]}


def record(struct: type[msgspec.Struct], further: Mapping[str, Schema], path: str, text: str = "") -> Schema:
    """The schema of ``struct``, which stands at ``path`` and is described by ``text``.

    ``further``, by path such as ``spec.pods[].port``, is what the API server has to know beyond the structs; what a map
    holds has the path of the map with ``.*`` behind it.
    """
    fields = fields_of(struct)
    required = [field.name for field in fields if field.facts.required]
    return _ordered(
        ({"description": text} if text else {})
        | {"type": "object", "properties": {f.name: _schema(f, further, f"{path}.{f.name}") for f in fields}}
        | ({"required": required} if required else {})
        | further.get(path, {})
    )


def _schema(field: Field, further: Mapping[str, Schema], path: str) -> Schema:
    """The schema of one field, or of what a list or a map holds."""
    schema: Schema = {"default": msgspec.to_builtins(field.default)} if field.facts.defaulted else {}
    if field.text:
        schema["description"] = field.text
    inner = field.inner
    if field.struct is not None:
        return _ordered(schema | record(field.struct, further, path, field.text))
    if inner is None:
        schema |= _simple(field)
    elif get_origin(field.kind) is tuple:
        schema |= {"type": "array", "items": _schema(inner, further, f"{path}[]"), _LIST_TYPE: "atomic"}
    elif inner.kind is object:
        schema |= {"type": "object"} | OPEN_ENDED
    else:
        schema |= {"type": "object", "additionalProperties": _schema(inner, further, f"{path}.*")}
    return _ordered(schema | dict(field.bounds) | further.get(path, {}))


def _simple(field: Field) -> Schema:
    if field.kind is object:
        return {} if "type" in field.bounds else OPEN_ENDED
    if get_origin(field.kind) is Literal:
        return {"type": "string", "enum": list(field.words)}
    return _SIMPLE[field.kind]


def _ordered(schema: Schema) -> Schema:
    known = {word: schema[word] for word in _ORDER if word in schema}
    return known | schema
