"""What is to stand in the status of an object, and the patch that makes it so. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import msgspec

from jupyternetes.api.bounds import cut
from jupyternetes.api.conditions import Status
from jupyternetes.sdk.kinds import Json, Object

READY: Final = "Ready"
_MESSAGE: Final = 4096
_CONDITIONS: Final = "conditions"


def answered(obj: Object, returned: Mapping[str, object], owns: Sequence[str], now: str) -> Json:
    """The whole status after the function returned; ``now``: RFC 3339.

    Without ``owns`` nothing stays of what it did not return. Raises ValueError if it returned a field that it does not
    own, or a condition without its parts, and TypeError for what is no JSON.
    """
    plain = cast("Json", _without_nulls(msgspec.json.decode(msgspec.json.encode(returned))))
    if owns:
        if strange := sorted(plain.keys() - set(owns)):
            raise ValueError(f"the function returned fields that it does not own: {', '.join(strange)}")
        return {name: value for name, value in obj.status.items() if name not in owns} | plain
    said = [_completed(obj, each, now) for each in cast("list[Json]", plain.get(_CONDITIONS, []))]
    if not any(each["type"] == READY for each in said):
        said.append(_condition(obj, READY, "True", READY, "", now))
    return {**plain, "observedGeneration": obj.metadata.generation, _CONDITIONS: said}


def held_up(obj: Object, reason: str, message: str, now: str) -> Json:
    """The whole status while there is nothing to return: as it was, but not ``Ready``."""
    others = [each for each in _conditions(obj) if each.get("type") != READY]
    ready = _condition(obj, READY, "False", reason, message, now)
    return {**obj.status, "observedGeneration": obj.metadata.generation, _CONDITIONS: [*others, ready]}


def difference(old: Json, new: Json) -> Json:
    """The merge patch (RFC 7386) from ``old`` to ``new``; empty if they are equal."""
    patch: Json = dict.fromkeys(old.keys() - new.keys())
    for name, value in new.items():
        before = old.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            if inner := difference(cast("Json", before), cast("Json", value)):
                patch[name] = inner
        elif value != before:
            patch[name] = value
    return patch


def _without_nulls(value: object) -> object:
    """What is left of JSON in an object of Kubernetes, where null is nothing."""
    if isinstance(value, dict):
        members = cast("Json", value).items()
        return {name: _without_nulls(member) for name, member in members if member is not None}
    return [_without_nulls(each) for each in cast("list[object]", value)] if isinstance(value, list) else value


def _conditions(obj: Object) -> list[Json]:
    standing = obj.status.get(_CONDITIONS)
    return [cast("Json", each) for each in cast("list[Any]", standing)] if isinstance(standing, list) else []


def _completed(obj: Object, given: Json, now: str) -> Json:
    if missing := sorted({"type", "status", "reason", "message"} - given.keys()):
        raise ValueError(f"a condition that the function returned has no {', '.join(missing)}")
    made = _condition(obj, given["type"], given["status"], given["reason"], given["message"], now)
    return made | given | {"lastTransitionTime": given.get("lastTransitionTime", made["lastTransitionTime"])}


def _condition(obj: Object, kind: str, status: Status, reason: str, message: str, now: str) -> Json:
    before = next((each for each in _conditions(obj) if each.get("type") == kind), Json())
    since = before.get("lastTransitionTime") if before.get("status") == status else None
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": cut(message, _MESSAGE),
        "observedGeneration": obj.metadata.generation,
        "lastTransitionTime": since or now,
    }
