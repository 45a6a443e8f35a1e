"""What is said of a field of a kind, once, on the struct: its text, its bounds, who writes it and who looks at it.

From this come the definitions (`api.crds`), the part of a status that each operator writes, the limits that it is cut
to, what wakes which operator, and the reference pages.

Bounds are those of the API server's schema and of our writers. Reading does not check them: what an older definition
let in can still be read. Where a value that breaks them must not be used, the type has msgspec's own constraint too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MemberDescriptorType, NoneType
from typing import Annotated, Any, Final, Literal, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

PVC_OPERATOR: Final = "pvcs"
POD_OPERATOR: Final = "pods"
POD_STATUS_OPERATOR: Final = "pod-status"
OTHER_RESOURCES_OPERATOR: Final = "other-resources"
OPERATORS: Final = (PVC_OPERATOR, POD_OPERATOR, POD_STATUS_OPERATOR, OTHER_RESOURCES_OPERATOR)
#: Those without which no server starts. The other one runs only where a chart allows kinds of other resources.
INDISPENSABLE_OPERATORS: Final = (PVC_OPERATOR, POD_OPERATOR, POD_STATUS_OPERATOR)

_FACTS: Final = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What ``about`` was told.

    ``owners`` write the field; of the fields of a shared map's entries the first owns what names nobody else.
    ``owner_of_value``: the values that have an owner each. ``readers`` are woken by it without writing it.
    """

    required: bool = False
    defaulted: bool = False
    always: bool = False
    written_length: int | None = None
    owners: tuple[str, ...] = ()
    owner_of_value: Mapping[str, str] | None = None
    readers: tuple[str, ...] = ()


NO_FACTS: Final = Facts()


def about(
    text: str = "",
    *,
    owners: Sequence[str] = (),
    owner_of_value: Mapping[str, str] | None = None,
    readers: Sequence[str] = (),
    required: bool = False,
    defaulted: bool = False,
    always: bool = False,
    written_length: int | None = None,
    **bounds: str | int | list[str],
) -> Meta:
    """The annotation of a field. ``bounds`` are words of JSON Schema, such as ``maxLength``.

    ``required``: the API server refuses an object without it. ``defaulted``: the API server fills in the struct's
    default. ``always``: its owner writes it even if it is empty, which older clients expect. ``written_length``: what
    our writers cut a text to, where that is less than the schema allows or the schema has no limit.
    """
    facts = Facts(
        required=required,
        defaulted=defaulted,
        always=always,
        written_length=written_length,
        owners=tuple(owners),
        owner_of_value=owner_of_value,
        readers=tuple(readers),
    )
    return Meta(description=text or None, extra_json_schema=dict(bounds) or None, extra={_FACTS: facts})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a struct, or the value in a list or a map, with everything that is said of it.

    ``kind`` is its type without annotations, and without None where it may be absent; ``struct`` is that type if it is
    one, ``inner`` what its list or map holds. ``words`` are the only texts that it may be, if they are few, ``limit``
    the characters that a text may have when it is written.
    """

    kind: Any
    attribute: str = ""
    name: str = ""
    text: str = ""
    bounds: Mapping[str, Any]
    facts: Facts = NO_FACTS
    default: object = msgspec.NODEFAULT
    struct: type[msgspec.Struct] | None = None
    inner: "Field | None" = None
    words: tuple[str, ...] = ()
    limit: int | None = None


@cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of ``struct`` that stand in the API, in order; those that only we know have a ``:`` in their name."""
    hints = get_type_hints(struct, include_extras=True)
    return tuple(
        _field(
            hints[field.name],
            attribute=field.name,
            name=field.encode_name,
            default=field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default,
        )
        for field in msgspec.structs.fields(struct)
        if ":" not in field.encode_name
    )


def name_of(member: object) -> str:
    """The name in JSON of a field, given as ``Struct.field``: who needs the name need not spell it."""
    return _name_of(cast("MemberDescriptorType", member))


@cache
def _name_of(field: MemberDescriptorType) -> str:
    return next(each.name for each in fields_of(field.__objclass__) if each.attribute == field.__name__)


def _field(hint: Any, **known: Any) -> Field:
    metas: list[Meta] = []
    while get_origin(hint) is Annotated or NoneType in get_args(hint):
        if get_origin(hint) is Annotated:
            hint, *found = get_args(hint)
            metas += [meta for meta in found if isinstance(meta, Meta)]
        else:
            [hint] = [each for each in get_args(hint) if each is not NoneType]
    text, bounds, facts = "", dict[str, Any](), NO_FACTS
    for meta in metas:
        text = text or meta.description or ""
        bounds |= meta.extra_json_schema or {}
        facts = (meta.extra or {}).get(_FACTS, facts)
    limits = [limit for limit in (facts.written_length, bounds.get("maxLength")) if limit is not None]
    return Field(
        kind=hint,
        text=text,
        bounds=bounds,
        facts=facts,
        struct=hint if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else None,
        inner=_inner(hint),
        words=get_args(hint) if get_origin(hint) is Literal else tuple(bounds.get("enum", ())),
        limit=min(limits, default=None),
        **known,
    )


def _inner(kind: Any) -> Field | None:
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return _field(arguments[1])
    return _field(arguments[0]) if get_origin(kind) is tuple else None
