"""What the API server does with a call, watches apart: the answer's body and status, without any I/O."""

import base64
import json
from typing import Final

from tests.support.fakekube.faults import Call
from tests.support.fakekube.refusals import Refused, expired, too_large
from tests.support.fakekube.registry import PatchType, Registry
from tests.support.fakekube.selectors import selector
from tests.support.fakekube.state import Json, State

_PATCHES: Final[dict[str, PatchType]] = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
}
_LOST_PAGE = "The provided continue parameter is too old to display a consistent list result."


def act(registry: Registry, call: Call) -> tuple[Json, int]:
    """Do it; Refused if the API server would refuse."""
    where = (call.kind, call.namespace, call.name)
    match call.verb:
        case "get":
            return registry.get(*where), 200
        case "list":
            return _page(registry.state, call), 200
        case "create":
            # Of fields that are unknown it knows nothing, which matters where they are dropped of what is made.
            is_strict = call.query.get("fieldValidation") == "Strict"
            if is_strict and call.kind.schema is not None and not call.is_dry_run:
                raise Refused("NotImplemented", f"the fake does not tell unknown fields of {call.kind}")
            return registry.create(call.kind, call.namespace, call.body, dry_run=call.is_dry_run), 201
        case "update":
            return registry.update(*where, call.body, subresource=call.subresource), 200
        case "patch":
            how = _PATCHES.get(call.content_type)
            if how is None:
                raise Refused("UnsupportedMediaType", f"the fake does not know patches of type {call.content_type}")
            return registry.patch(how, *where, call.body, subresource=call.subresource), 200
        case "delete":
            left = registry.delete(*where, call.body)
            return left or {"apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Success"}, 200
        case _:
            raise Refused("MethodNotAllowed", f"{call.verb} is not supported")


def _page(state: State, call: Call) -> Json:
    """One page. Its token holds the version and where to go on, so that all pages are of one moment."""
    query = call.query
    version, after = _read_token(query["continue"]) if query.get("continue") else (_listed_version(state, call), "")
    try:
        found = state.objects(call.kind, call.namespace, at=version)
    except Refused as refused:
        raise (expired(_LOST_PAGE) if after else refused) from None
    selects = selector(call.kind, query.get("labelSelector", ""), query.get("fieldSelector", ""))
    items = [obj for obj in found if selects(obj) and _place(obj) > after]
    limit = int(query.get("limit") or 0) or len(items)
    metadata: Json = {"resourceVersion": str(version)}
    if len(items) > limit:
        token = json.dumps([version, _place(items[limit - 1])]).encode()
        metadata |= {"continue": base64.urlsafe_b64encode(token).decode(), "remainingItemCount": len(items) - limit}
    kind = f"{call.kind.kind}List"
    return {"apiVersion": call.kind.api_version, "kind": kind, "metadata": metadata, "items": items[:limit]}


def _listed_version(state: State, call: Call) -> int:
    asked = int(call.query.get("resourceVersion") or 0)
    if call.query.get("resourceVersionMatch") == "Exact":
        return asked
    if asked > state.version:
        raise too_large(asked, state.version)
    return state.version


def _read_token(token: str) -> tuple[int, str]:
    try:
        version, after = json.loads(base64.urlsafe_b64decode(token))
    except ValueError as error:
        raise Refused("BadRequest", f"continue key is not valid: {error}") from error
    return version, after


def _place(obj: Json) -> str:
    """Where an object stands in a list."""
    return "\0".join((obj["metadata"].get("namespace", ""), obj["metadata"]["name"]))
