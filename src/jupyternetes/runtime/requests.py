"""Requests to the API server as plain values, built apart from being sent: all that can be wrong in one is testable.

The verbs are those of RBAC; parameters as in https://kubernetes.io/docs/reference/using-api/api-concepts/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.runtime.resource import Resource

PAGE_SIZE: Final = 500


class Patch(Enum):
    """Kinds of patch, as content types."""

    JSON = "application/json-patch+json"
    MERGE = "application/merge-patch+json"
    APPLY = "application/apply-patch+yaml"  # of which JSON is a part


@dataclass(frozen=True, slots=True)
class Request:
    """One call: ``target`` is the object or namespace it is about, for messages."""

    verb: str
    method: str
    resource: str
    target: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: object = None
    content_type: str = "application/json"
    late_harms: bool = True

    def __str__(self) -> str:
        return f"{self.verb} {self.resource} {self.target}"


def get(resource: Resource[Any], namespace: str | None, name: str) -> Request:
    """One object."""
    return Request("get", "GET", resource.full_name, _target(namespace, name), resource.path(namespace, name))


def read(what: str, path: str, query: Mapping[str, str]) -> Request:
    """What is no object of a resource, such as a log or the server's version: ``what`` and ``path`` name it."""
    return Request("get", "GET", what, path, path, query)


def review(what: str, path: str, body: Mapping[str, object]) -> Request:
    """A question that is put as a POST and makes nothing, such as what an account may do."""
    return Request("create", "POST", what, path, path, body=dict(body))


def list_page(
    resource: Resource[Any], namespace: str | None, selectors: Mapping[str, str], token: str, limit: int = PAGE_SIZE
) -> Request:
    """One page of a consistent list: without resourceVersion it is read from etcd's quorum, not from a stale cache."""
    query = {**selectors, "limit": str(limit)} | ({"continue": token} if token else {})
    return Request("list", "GET", resource.full_name, _scope(namespace), resource.path(namespace), query)


def watch(
    resource: Resource[Any], namespace: str | None, selectors: Mapping[str, str], version: str, seconds: int
) -> Request:
    """A stream of changes after ``version`` which the server ends after ``seconds``."""
    query = {
        **selectors,
        "watch": "1",
        "allowWatchBookmarks": "true",
        "resourceVersion": version,
        "timeoutSeconds": str(seconds),
    }
    return Request("watch", "GET", resource.full_name, _scope(namespace), resource.path(namespace), query)


def create(
    resource: Resource[Any],
    namespace: str,
    body: Mapping[str, Any],
    field_manager: str,
    *,
    strict: bool = False,
    dry_run: bool = False,
) -> Request:
    """A new object, under its name or one that the server makes of ``generateName``.

    ``strict``: the server refuses one with a field that it does not know, in place of dropping the field. ``dry_run``:
    it answers as it would, and makes nothing.
    """
    metadata = body.get("metadata", {})
    target = _target(namespace, metadata.get("name") or f"{metadata.get('generateName', '')}*")
    path, query = resource.path(namespace), {"fieldManager": field_manager}
    query |= {"fieldValidation": "Strict"} if strict else {}
    query |= {"dryRun": "All"} if dry_run else {}
    late_harms = resource.late_harms and not dry_run
    return Request("create", "POST", resource.full_name, target, path, query, dict(body), late_harms=late_harms)


def patch(
    kind: Patch, resource: Resource[Any], key: ObjectKey, body: Any, field_manager: str, subresource: str | None = None
) -> Request:
    """A change of one object, or of its ``subresource`` only."""
    query = {"fieldManager": field_manager}
    path = resource.path(*key, subresource)
    name, late_harms = resource.full_name, resource.late_harms
    return Request("patch", "PATCH", name, str(key), path, query, body, kind.value, late_harms)


def apply(
    resource: Resource[Any], key: ObjectKey, body: Mapping[str, Any], field_manager: str, *, strict: bool = False
) -> Request:
    """A server-side apply, without force: a field that somebody else changed is a conflict.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/
    """
    request = patch(Patch.APPLY, resource, key, dict(body), field_manager)
    return replace(request, query={**request.query, "fieldValidation": "Strict"}) if strict else request


def delete(
    resource: Resource[Any], namespace: str, name: str, uid: str | None = None, grace_seconds: int | None = None
) -> Request:
    """A plain background delete, of exactly the object with ``uid`` if one is given."""
    body: dict[str, object] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
    if uid is not None:
        body["preconditions"] = {"uid": uid}
    if grace_seconds is not None:
        body["gracePeriodSeconds"] = grace_seconds
    path, target = resource.path(namespace, name), _target(namespace, name)
    return Request("delete", "DELETE", resource.full_name, target, path, body=body, late_harms=resource.late_harms)


def selectors(label_selector: str, field_selector: str) -> dict[str, str]:
    """Query parameters of the selectors that are not empty."""
    given = {"labelSelector": label_selector, "fieldSelector": field_selector}
    return {name: value for name, value in given.items() if value}


def _target(namespace: str | None, name: str) -> str:
    return str(ObjectKey(namespace or "", name))


def _scope(namespace: str | None) -> str:
    return f"in {namespace}" if namespace else "in all namespaces"
