"""JSON Schemas of our kinds, by which editors of YAML complete fields and mark mistakes.

https://json-schema.org/draft/2020-12, from the definitions, which speak OpenAPI's dialect of it.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from jupyternetes.api.identity import MAX_NAME_LENGTH

_OPEN: Final = "x-kubernetes-preserve-unknown-fields"
#: Of metadata the definitions say nothing but how long a name may be; the API server knows the rest.
_METADATA: Final = {"type": "object", "properties": {"name": {"type": "string", "maxLength": MAX_NAME_LENGTH}}}


def schema(crd: Mapping[str, Any]) -> str:
    """The JSON Schema of the objects that a CustomResourceDefinition defines."""
    spec = crd["spec"]
    version = spec["versions"][0]
    kind, written = spec["names"]["kind"], _closed(version["schema"]["openAPIV3Schema"])
    properties = written["properties"] | {
        "apiVersion": {"const": f"{spec['group']}/{version['name']}"},
        "kind": {"const": kind},
        "metadata": _METADATA,
    }
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        **written,
        "properties": properties,
        "required": ["apiVersion", "kind", "metadata", "spec"],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _closed(node: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what only Kubernetes understands; where it would drop an unknown field, there may be none."""
    result = {key: value for key, value in node.items() if not key.startswith("x-kubernetes-")}
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), Mapping):
            result[key] = _closed(node[key])
    if "properties" in node:
        result["properties"] = {name: _closed(member) for name, member in node["properties"].items()}
        if not node.get(_OPEN):
            result["additionalProperties"] = False
    return result
