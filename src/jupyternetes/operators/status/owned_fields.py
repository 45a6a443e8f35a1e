"""Which part of a status is whose: what an operator writes of it, and what of it an operator looks at.

Both follow from what ``api.fields`` is told of each field. An owner writes a field where it differs from its default,
or where older clients expect it all the same.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, Final, cast, get_origin

import msgspec
from msgspec import Struct

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition, UnreadableCondition
from jupyternetes.api.fields import Field, fields_of, name_of

Fields = dict[str, object]
_Write = Callable[[Any], object]
_Part = tuple[str, Callable[[Any], Any], object, _Write | None]
"""The name of a field, how to get it, the value that is not written, and how to write others; None: as they are."""

_NOTHING: Final = object()
_GENERATION: Final = name_of(Condition.observed_generation)


def owned_fields(status: Struct, operator: str) -> Fields:
    """The operator's fields of ``status``, as they stand in JSON."""
    return _written(status, _writers(type(status), operator))


def status_patch(current: Struct, wanted: Struct, operator: str) -> Fields:
    """The merge patch (RFC 7386) after which the operator's fields of ``current`` read as in ``wanted``.

    Nothing else changes: an entry of a shared map goes when nothing of its other owners is left in it, and conditions,
    a list, are written as a whole, those of others as they are.
    """
    before, after = owned_fields(current, operator), owned_fields(wanted, operator)
    patch = _difference(before, after)
    for field in fields_of(type(current)):
        name = field.name
        if name not in patch:
            continue
        if len(field.facts.owners) > 1:
            entries = _difference(_map(before, name), _map(after, name))
            patch[name] = _sparing_others(field, entries, _map(before, name), current, operator)
        elif field.inner is not None and field.inner.struct is Condition:
            standing, new = getattr(current, field.attribute), getattr(wanted, field.attribute)
            patch[name] = replaced(
                standing, new, {kind for kind, owner in conditions.OWNERS.items() if owner == operator}
            )
    return patch


def status_view(status: Struct, operator: str) -> object:
    """What the operator looks at of ``status``: its own part, and what names it as a reader. Equal: nothing is news."""
    return [view(status) for view in _views(type(status), operator)]


def condition_fields(condition: Condition) -> Fields:
    """A condition as it stands in JSON.

    The API server takes a condition that does not fit the definition only as it stands, so nothing is added to it. One
    of another program may have no generation. One from the time of an older definition may have no reason or no time,
    and then an empty message most likely is none.
    """
    if isinstance(condition, UnreadableCondition):
        return msgspec.json.decode(condition.content, type=Fields)
    fields = cast("Fields", msgspec.to_builtins(condition))
    if not condition.observed_generation:
        del fields[_GENERATION]
    if condition.reason and condition.last_transition_time:
        return fields
    return {name: value for name, value in fields.items() if value != ""}


def replaced(standing: Iterable[Condition], new: Iterable[Condition], kinds: Collection[str]) -> list[Fields]:
    """The whole list, as a patch has to carry it: ``standing``, and in place of those of ``kinds`` the ``new`` ones.

    Of ``new`` only those of ``kinds`` count. Each keeps its place; one that was not there comes last.
    """
    left = {each.type: each for each in new if each.type in kinds}
    kept = [left.pop(each.type, each) for each in standing if each.type in left or each.type not in kinds]
    return [condition_fields(each) for each in (*kept, *left.values())]


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> Fields:
    """The merge patch from ``before`` to ``after``."""
    patch: Fields = {}
    patch.update(dict.fromkeys(before.keys() - after.keys()))
    for name, value in after.items():
        old = before.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            inner = _difference(cast("Fields", old), cast("Fields", value))
            patch |= {name: inner} if inner else {}
        elif value != old or name not in before:
            patch[name] = value
    return patch


def _sparing_others(field: Field, entries: Fields, own: Fields, current: Struct, operator: str) -> Fields:
    """The patch ``entries`` of a shared map, which of an entry that others speak of removes the operator's ``own``."""
    gone = {name for name, part in entries.items() if part is None}
    others = [owner for owner in field.facts.owners if owner != operator] if gone else []
    kept = gone.intersection(name for owner in others for name in _map(owned_fields(current, owner), field.name))
    return entries | {name: dict.fromkeys(_map(own, name)) for name in kept}


def _map(fields: Fields, name: str) -> Fields:
    return cast("Fields", fields.get(name, {}))


def _written(struct: Struct, parts: Iterable[_Part]) -> Fields:
    fields: Fields = {}
    for name, get, unwritten, write in parts:
        value = get(struct)
        if value == unwritten:
            continue
        written = value if write is None else write(value)
        if written is not _NOTHING:
            fields[name] = written
    return fields


@cache
def _writers(struct: type[Struct], operator: str, first_owner: str = "") -> tuple[_Part, ...]:
    """How to write each field of which something is the operator's; ``first_owner`` owns what names nobody."""
    parts: list[_Part] = []
    for field in fields_of(struct):
        owners = field.facts.owners or (first_owner,)
        if (by_value := field.facts.owner_of_value) is not None:
            if operator in by_value.values():
                parts.append(_part(field, lambda value, by=by_value: value if by.get(value) == operator else _NOTHING))
        elif field.inner is not None and field.inner.struct is Condition:
            parts.append(_part(field, lambda value: _conditions(value, operator), unwritten=()))
        elif operator in owners:
            parts.append(_part(field, _shared(field, operator)) if len(owners) > 1 else _whole(field))
    return tuple(parts)


def _part(field: Field, write: _Write | None, *, unwritten: object = _NOTHING) -> _Part:
    return field.name, attrgetter(field.attribute), unwritten, write


def _conditions(value: tuple[Condition, ...], operator: str) -> object:
    return [condition_fields(each) for each in value if conditions.OWNERS.get(each.type) == operator] or _NOTHING


def _shared(field: Field, operator: str) -> _Write:
    """A map of whose entries several operators own a part each; an entry of which nothing is set is nobody's."""
    first = field.facts.owners[0]
    inner = field.inner
    assert inner is not None  # noqa: S101 - only maps are shared
    assert inner.struct is not None  # noqa: S101 - of structs
    writers = _writers(inner.struct, operator, first)
    blank = _written(inner.struct(), writers)

    def write(value: dict[str, Struct]) -> object:
        found = {name: _written(entry, writers) for name, entry in value.items()}
        own = {name: part for name, part in found.items() if part != blank}
        return own if own or (field.facts.always and operator == first) else _NOTHING

    return write


def _whole(field: Field) -> _Part:
    """A field that is one operator's with all that is in it."""
    always = field.facts.always or field.facts.required
    return _part(field, _json(field), unwritten=_NOTHING if always else field.default)


def _json(field: Field) -> _Write | None:
    """How to make JSON of a value; None if it is JSON as it is."""
    if field.struct is not None:
        parts = tuple(_whole(each) for each in fields_of(field.struct))
        return lambda value: _written(value, parts)
    if field.inner is None:
        return None
    of_each = _json(field.inner)
    if of_each is None:
        return dict if get_origin(field.kind) is dict else list
    if get_origin(field.kind) is dict:
        return lambda value: {name: of_each(each) for name, each in value.items()}
    return lambda value: [of_each(each) for each in value]


@cache
def _views(struct: type[Struct], operator: str, first_owner: str = "") -> tuple[Callable[[Any], object], ...]:
    views: list[Callable[[Any], object]] = []
    for field in fields_of(struct):
        owners = field.facts.owners or (first_owner,)
        get = attrgetter(field.attribute)
        if field.inner is not None and field.inner.struct is Condition:
            views.append(lambda status, f=field: _told(getattr(status, f.attribute), operator, f))
        elif operator in field.facts.readers or owners == (operator,):
            views.append(get)
        elif operator in owners and field.inner is not None and field.inner.struct is not None:
            entry_views = _views(field.inner.struct, operator, owners[0])
            views.append(
                lambda status, get=get, of_entry=entry_views: {
                    name: [view(entry) for view in of_entry] for name, entry in get(status).items()
                }
            )
    return tuple(views)


def _told(value: tuple[Condition, ...], operator: str, field: Field) -> list[Condition]:
    """The operator's own conditions; of the others' a reader looks at the bad ones, since a good one stops nobody."""
    reads = operator in field.facts.readers
    return [
        each for each in value if conditions.OWNERS.get(each.type) == operator or (reads and each.status == "False")
    ]
