"""From an OpenAPI document to the paths of all places in which a value may stand.

`containers[].env[].value` is a text of each item of a list, `nodeSelector{}` a value of a map under a key that the
author chooses.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_SCHEMA: Final = "#/components/schemas/"
_CORE: Final = "io.k8s.api.core.v1."
#: The name of the first part of a path, and the schema that stands there.
ROOTS: Final[Mapping[str, str]] = {
    "pod": f"{_CORE}PodSpec",
    "claim": f"{_CORE}PersistentVolumeClaimSpec",
}


def leaves(document: Mapping[str, Any]) -> frozenset[str]:
    """The paths, such as `pod:hostNetwork`, of all leaves below `ROOTS`."""
    schemas = document["components"]["schemas"]
    return frozenset(
        f"{root}:{path.removeprefix('.')}" for root, name in ROOTS.items() for path in _leaves(schemas, schemas[name])
    )


def _leaves(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    reference = _reference(schema)
    if reference:
        yield from _leaves(schemas, schemas[reference])
    elif "items" in schema:
        yield from (f"[]{path}" for path in _leaves(schemas, schema["items"]))
    elif "additionalProperties" in schema:
        yield from (f"{{}}{path}" for path in _leaves(schemas, schema["additionalProperties"]))
    elif schema.get("properties"):
        for name, member in schema["properties"].items():
            yield from (f".{name}{path}" for path in _leaves(schemas, member))
    else:
        yield ""


def _reference(schema: Mapping[str, Any]) -> str:
    """The name of the schema that `schema` points to; `""` if it points to none."""
    whole = schema.get("$ref") or next((each.get("$ref", "") for each in schema.get("allOf", ())), "")
    return whole.removeprefix(_SCHEMA)
