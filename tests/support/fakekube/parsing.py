"""From an HTTP request to the call that it stands for. What the fake does not do is refused, never overlooked."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.support.fakekube.faults import Call
from tests.support.fakekube.kinds import Kind
from tests.support.fakekube.refusals import Refused

Kinds = Mapping[tuple[str, str], Kind]

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_SELECTORS = {"labelSelector", "fieldSelector"}
_WRITING = {"timeout", "fieldManager"}
_PARAMETERS = {
    "get": set[str](),
    "list": _SELECTORS | {"limit", "continue", "resourceVersion", "resourceVersionMatch"},
    "watch": _SELECTORS
    | {
        "watch",
        "allowWatchBookmarks",
        "resourceVersion",
        "timeoutSeconds",
        "sendInitialEvents",
        "resourceVersionMatch",
    },
    "create": _WRITING | {"dryRun", "fieldValidation"},
    "update": _WRITING,
    "patch": _WRITING | {"force"},
    "delete": {"timeout"},
}
_PATH = re.compile(
    r"/(?:api/(?P<core>v1)|apis/(?P<group>[^/]+/[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<sub>[^/]+))?)?"
)
_GROUP_PATH = re.compile(r"/apis/([^/]+/[^/]+)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def call_of(
    kinds: Kinds, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, at: float
) -> Call:
    """Refused for what no API server knows (400, 404), and for what only a real one does (501)."""
    kind, namespace, name, subresource = _locate(kinds, path)
    watches = query.get("watch") in ("1", "true")
    verb = _VERBS.get(method) or ("watch" if watches else "get" if name else "list")
    unknown = query.keys() - _PARAMETERS[verb]
    if unknown or (verb == "delete" and not name):
        raise Refused("NotImplemented", f"the fake does not {verb} {path} with parameters {sorted(unknown)}")
    try:
        content = json.loads(body or b"null")
    except ValueError as error:
        raise Refused("BadRequest", f"the body is no JSON: {error}") from error
    if verb == "create":
        metadata = content.get("metadata") or {}
        name = metadata.get("name") or f"{metadata.get('generateName', '')}*"
    agent, content_type = headers.get("User-Agent", ""), headers.get("Content-Type", "")
    return Call(verb, kind, namespace, name, subresource, agent, dict(query), content_type, content, at)


def group_of(kinds: Kinds, method: str, path: str) -> dict[str, Any] | None:
    """What a group says of itself, if that is asked for and there is such a group."""
    found = _GROUP_PATH.fullmatch(path) if method == "GET" else None
    served = [kind for (version, _), kind in kinds.items() if found is not None and version == found[1]]
    if found is None or not served:
        return None
    resources = [{"name": each.plural, "kind": each.kind, "namespaced": each.namespaced} for each in served]
    return {"kind": "APIResourceList", "groupVersion": found[1], "resources": resources}


def seconds_of(duration: str) -> float:
    """``800ms`` or ``1m30s`` in seconds, infinite for none; Refused (400) for other texts."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", duration)
    if "".join(number + unit for number, unit in parts) != duration:
        raise Refused("BadRequest", f"invalid duration {duration!r}")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts) or float("inf")


def _locate(kinds: Kinds, path: str) -> tuple[Kind, str, str, str]:
    found = _PATH.fullmatch(path)
    kind = kinds.get((found["core"] or found["group"], found["plural"])) if found else None
    if found is None or kind is None:
        raise Refused("NotFound", "the server could not find the requested resource")
    namespace, name, subresource = (found[part] or "" for part in ("namespace", "name", "sub"))
    if subresource and not (subresource == "status" and kind.has_status):
        raise Refused("NotFound", "the server could not find the requested resource")
    return kind, namespace, name, subresource


def flag(query: Mapping[str, Any], name: str) -> bool:
    """A parameter that is true or false."""
    return query.get(name) in ("1", "true")
