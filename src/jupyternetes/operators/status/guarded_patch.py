"""The change of an operator's part of a status as a JSON Patch (RFC 6902) that tests what it replaces. Pure.

It holds as long as the operator's own words are as they were seen, whatever others write meanwhile: the hub's start and
the first report on a volume often come in the same moment, and a patch with a resourceVersion would be refused.

Every field that changes is tested, so that a write which was thought lost and comes late replaces nothing newer: one of
which the operator said nothing for null, or for what the definition fills in or another operator said in it.
"""

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec
from msgspec import Struct

from jupyternetes.api.conditions import Condition
from jupyternetes.api.fields import Field, fields_of, name_of
from jupyternetes.api.instance import Instance, InstanceStatus
from jupyternetes.operators.status.owned_fields import Fields, condition_fields

_CONDITIONS = name_of(InstanceStatus.conditions)
_TYPE = name_of(Condition.type)


class _UnfitError(Exception):
    """The last of one's words on something go, which might leave an entry behind of which nobody says anything."""


def guarded_patch(instance: Instance, before: Fields, after: Fields) -> list[Fields] | None:
    """What makes an operator's fields of the status (``owned_fields``) read as in ``after``, in steps.

    ``before`` is how they stand in ``instance``. None for a change that cannot be made so.
    """
    if instance.unreadable:
        return None
    try:
        return [_step("test", "/metadata/uid", instance.metadata.uid), *_steps(instance.status, before, after)]
    except _UnfitError:
        return None


def _steps(current: InstanceStatus, before: Fields, after: Fields) -> Iterator[Fields]:
    for field in fields_of(InstanceStatus):
        name = field.name
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        path = f"/status/{name}"
        if name == _CONDITIONS:
            listed = cast("list[Fields]", old or []), cast("list[Fields]", new or [])
            yield from _condition_steps(current.conditions, *listed, path)
        elif len(field.facts.owners) > 1:
            entries = cast("dict[str, Fields]", old or {}), cast("dict[str, Fields]", new or {})
            yield from _entry_steps(*entries, getattr(current, field.attribute), path)
        else:
            yield from _replaced(path, _standing(old, current, field), new)


def _condition_steps(
    standing: tuple[Condition, ...], before: list[Fields], after: list[Fields], path: str
) -> Iterator[Fields]:
    """The place of a condition in the list of all is tested with what stands there."""
    if {each[_TYPE] for each in before} - {each[_TYPE] for each in after}:
        raise _UnfitError
    places = {condition.type: place for place, condition in enumerate(standing)}
    for condition in after:
        place = places.get(cast("str", condition[_TYPE]))
        if place is not None:
            yield from _replaced(f"{path}/{place}", condition_fields(standing[place]), condition)
        elif standing:
            yield _step("add", f"{path}/-", condition)
        else:
            yield from _replaced(path, None, [condition])


def _entry_steps(
    before: Mapping[str, Fields], after: Mapping[str, Fields], current: Mapping[str, Struct], path: str
) -> Iterator[Fields]:
    """Of an entry that others speak of too, only one's own fields are touched."""
    if before.keys() - after.keys():
        raise _UnfitError
    for name, new in after.items():
        entry = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in current:
            yield from _replaced(entry, None, new)
            continue
        old = before.get(name, {})
        for field in fields_of(type(current[name])):
            was, is_to_be = old.get(field.name), new.get(field.name)
            if was != is_to_be:
                yield from _replaced(f"{entry}/{field.name}", _standing(was, current[name], field), is_to_be)


def _standing(said: object, struct: Struct, field: Field) -> object:
    """What stands in a field: what the operator ``said``, or else what the definition or another operator put there."""
    if said is None and field.facts.defaulted:
        return msgspec.to_builtins(getattr(struct, field.attribute))
    return said


def _replaced(path: str, old: object, new: object) -> Iterator[Fields]:
    """``new`` where ``old`` stands. None is nothing: where nothing stands, the API server lets a test for null pass."""
    yield _step("test", path, old)
    if new is None:
        yield {"op": "remove", "path": path}
    else:
        yield _step("add" if old is None else "replace", path, new)


def _step(kind: str, path: str, value: object) -> Fields:
    return {"op": kind, "path": path, "value": value}
