"""What a merge patch (RFC 7386) or a JSON patch (RFC 6902) makes of an object. Neither changes its argument."""

import copy
from collections.abc import Sequence
from typing import Any

from tests.support.fakekube.refusals import Refused


def merged(target: Any, patch: Any) -> Any:
    """The result of a merge patch: null removes."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def patched(target: Any, operations: Sequence[Any]) -> Any:
    """The result of a JSON patch; Refused (422) if a test fails or a path leads nowhere."""
    result = copy.deepcopy(target)
    for operation in operations:
        kind, path, value = operation["op"], operation["path"], copy.deepcopy(operation.get("value"))
        if kind not in ("test", "add", "replace", "remove"):
            raise Refused("NotImplemented", f"the fake does not know the operation {kind!r} of a JSON patch")
        *parents, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
        try:
            parent = result
            for step in parents:
                parent = parent[int(step)] if isinstance(parent, list) else parent[step]
            _act(kind, parent, last, value)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
            message = f"the server rejected our request due to an error in our request: {kind} {path}"
            raise Refused("Invalid", message) from error
    return result


def _act(kind: str, parent: Any, last: str, value: Any) -> None:
    """One step. In an object, replace takes a name that is not there, and test sees null: so does the API server."""
    if isinstance(parent, list):
        place: Any = len(parent) if last == "-" else int(last)
        present = None if kind == "add" else parent[place]
    else:
        place, present = last, parent[last] if kind == "remove" else parent.get(last)
    if kind == "remove":
        del parent[place]
    elif kind == "test":
        if present != value:
            raise ValueError
    elif kind == "add" and isinstance(parent, list):
        parent.insert(place, value)
    else:
        parent[place] = value
