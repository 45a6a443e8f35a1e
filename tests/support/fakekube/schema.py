"""What a CustomResourceDefinition's schema does to an object on its way in: pruning, defaults, and validation.

Of validation there is what our schemas use, without CEL rules.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.support.fakekube.refusals import Refused

Json = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def is_name(text: str) -> bool:
    """Whether an object may be called so (an RFC 1123 subdomain)."""
    return len(text) <= 253 and _NAME.fullmatch(text) is not None


def shaped(schema: Json, value: Any) -> Any:
    """A copy without the fields that the schema does not know, and with the defaults of those that are absent."""
    if isinstance(value, list):
        return [shaped(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    keeps = schema.get("x-kubernetes-preserve-unknown-fields")
    result: Json = {}
    for name, inner in value.items():
        if inner is None and "default" in properties.get(name, {}):
            continue
        if name in properties:
            result[name] = shaped(properties[name], inner)
        elif isinstance(others, dict):
            result[name] = shaped(others, inner)
        elif keeps:
            result[name] = inner
    for name, inner in properties.items():
        if name not in result and "default" in inner:
            result[name] = shaped(inner, inner["default"])
    return result


def validate(schema: Json, obj: Json, what: str) -> None:
    """Refused (422) with a cause for each fault; ``what`` names kind and object."""
    faults = list(_faults(schema, obj, ""))
    if faults:
        causes = [{"reason": reason, "message": text, "field": path} for path, reason, text in faults]
        told = ", ".join(f"{path}: {text}" for path, _, text in faults)
        raise Refused("Invalid", f"{what} is invalid: {told}", causes=causes)


def _faults(schema: Json, value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    wanted = schema.get("type")
    if wanted and (not isinstance(value, _TYPES[wanted]) or (isinstance(value, bool) and wanted != "boolean")):
        yield path, "FieldValueTypeInvalid", f"Invalid value: {value!r}: must be of type {wanted}"
    elif isinstance(value, dict):
        yield from _faults_of_object(schema, value, path)
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield path, "FieldValueTooMany", f"Too many: {len(value)}: must have at most {schema['maxItems']} items"
        seen: list[list[Any]] = []
        for number, item in enumerate(value):
            yield from _faults(schema.get("items", {}), item, f"{path}[{number}]")
            keys = [item.get(key) for key in schema.get("x-kubernetes-list-map-keys", ()) if isinstance(item, dict)]
            if keys and keys in seen:
                yield f"{path}[{number}]", "FieldValueDuplicate", f"Duplicate value: {keys!r}"
            seen.append(keys)
    else:
        yield from _faults_of_scalar(schema, value, path)


def _faults_of_object(schema: Json, value: Json, path: str) -> Iterator[tuple[str, str, str]]:
    for name in schema.get("required", ()):
        if name not in value:
            yield _join(path, name), "FieldValueRequired", "Required value"
    if len(value) > schema.get("maxProperties", len(value)):
        yield path, "FieldValueTooMany", f"Too many: {len(value)}: must have at most {schema['maxProperties']} items"
    properties, others = schema.get("properties", {}), schema.get("additionalProperties") or {}
    for name, inner in value.items():
        yield from _faults(properties.get(name, others), inner, _join(path, name))


def _faults_of_scalar(schema: Json, value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if "enum" in schema and value not in schema["enum"]:
        yield path, "FieldValueNotSupported", f"Unsupported value: {value!r}: supported values: {schema['enum']}"
    elif isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield path, "FieldValueTooLong", f"Too long: may not be more than {schema['maxLength']} bytes"
        if len(value) < schema.get("minLength", 0):
            yield path, "FieldValueInvalid", f"Invalid value: should be at least {schema['minLength']} chars long"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield path, "FieldValueInvalid", f"Invalid value: {value!r}: should match {schema['pattern']!r}"
    elif isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield path, "FieldValueInvalid", f"Invalid value: {value!r}: out of bounds"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
