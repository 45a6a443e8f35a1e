"""The change of an operator's part of a status as a JSON Patch (RFC 6902) that tests what it replaces. Pure.

It holds as long as the operator's own words are as they were seen, whatever others write meanwhile: the hub's start and
the first report on a volume often come in the same moment, and a patch with a resourceVersion would be refused.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.fields import fields_of, name_of
from jupyternetes.api.instance import Instance, InstanceStatus
from jupyternetes.operators.status.owned_fields import Fields, condition_fields, owned_fields

_CONDITIONS = name_of(InstanceStatus.conditions)


class _UnfitError(Exception):
    """The change takes words away, which only a patch of the whole can do without leaving an empty entry behind."""


def guarded_patch(instance: Instance, wanted: InstanceStatus, operator: str) -> list[Fields] | None:
    """What makes the operator's fields read as in ``wanted``, in steps; None for a change that cannot be made so."""
    if instance.unreadable:
        return None
    before, after = owned_fields(instance.status, operator), owned_fields(wanted, operator)
    try:
        steps = [*_steps(instance.status, wanted, before, after, operator)]
    except _UnfitError:
        return None
    return [_step("test", "/metadata/uid", instance.metadata.uid), *steps]


def _steps(
    current: InstanceStatus, wanted: InstanceStatus, before: Fields, after: Fields, operator: str
) -> Iterator[Fields]:
    if before.keys() - after.keys():
        raise _UnfitError
    for field in fields_of(InstanceStatus):
        name = field.name
        if name not in after or before.get(name) == after[name]:
            continue
        path = f"/status/{name}"
        if name == _CONDITIONS:
            yield from _condition_steps(current.conditions, wanted.conditions, path, operator)
        elif len(field.facts.owners) > 1:
            entries = cast("dict[str, Fields]", before.get(name, {})), cast("dict[str, Fields]", after[name])
            yield from _entry_steps(*entries, frozenset(getattr(current, field.attribute)), path)
        else:
            yield from _replaced(path, before.get(name), after[name])


def _condition_steps(
    standing: tuple[Condition, ...], wanted: tuple[Condition, ...], path: str, operator: str
) -> Iterator[Fields]:
    """One operator has one condition; the place of a condition in the list is tested with what stands there."""
    places = {condition.type: place for place, condition in enumerate(standing)}
    for condition in wanted:
        if conditions.OWNERS.get(condition.type) != operator:
            continue
        value, place = condition_fields(condition), places.get(condition.type)
        if place is not None:
            yield from _replaced(f"{path}/{place}", condition_fields(standing[place]), value)
        elif standing:
            yield _step("add", f"{path}/-", value)
        else:
            yield from _made(path, [value])


def _entry_steps(
    before: Mapping[str, Fields], after: Mapping[str, Fields], there: frozenset[str], path: str
) -> Iterator[Fields]:
    """Of an entry that others speak of too, only one's own fields are touched."""
    for name, old in before.items():
        if old.keys() - after.get(name, {}).keys():
            raise _UnfitError
    for name, new in after.items():
        entry = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in there:
            yield from _made(entry, new)
            continue
        old = before.get(name, {})
        for key, value in new.items():
            if old.get(key) != value:
                yield from _replaced(f"{entry}/{key}", old.get(key), value)


def _replaced(path: str, old: object, new: object) -> Iterator[Fields]:
    """``new`` where ``old`` stands; what we never wrote may hold what the definition fills in, and is not tested."""
    if old is not None:
        yield _step("test", path, old)
    yield _step("add" if old is None else "replace", path, new)


def _made(path: str, new: object) -> Iterator[Fields]:
    """``new`` where nothing stands: the API server takes a test for null so."""
    yield _step("test", path, None)
    yield _step("add", path, new)


def _step(kind: str, path: str, value: object) -> Fields:
    return {"op": kind, "path": path, "value": value}
