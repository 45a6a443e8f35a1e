"""Reading what can be read of an object that does not fit its struct.

A CustomResourceDefinition of an older version may have let in what ours would refuse, and older programs wrote status
as they liked. The owner of such an object has to be told, on the object, what is wrong with it; for that it must be
read, all but the values that cannot be.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeGuard, cast, get_args, get_origin, get_type_hints

import msgspec

from jupyternetes.api.metadata import Slim

Path = tuple[str, ...]


class Fault(Slim, frozen=True, kw_only=True):
    """One value that could not be read; ``reason`` speaks of types and limits, never of the value."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path).replace('.[', '[')}: {self.reason}"


def partial_decode(
    kind: type[msgspec.Struct], data: Mapping[str, object], path: Path = ()
) -> tuple[dict[str, object], list[Fault]]:
    """The fields of a ``kind`` that can be read, as its arguments, and what cannot be read.

    A missing or unreadable field has its default; null counts as missing, as in Kubernetes. A list of structs is
    read item by item, and the path of what cannot be read names its place as ``[0]``, unless the struct has a
    ``stand_in`` for it; any other list is read as a whole or not at all. Raises msgspec.ValidationError for a field
    without a default.
    """
    hints = get_type_hints(kind, include_extras=True)
    fields: dict[str, object] = {}
    faults: list[Fault] = []
    for field in msgspec.structs.fields(kind):
        value = data.get(field.encode_name)
        if value is None:
            continue
        here = (*path, field.encode_name)
        try:
            fields[field.name] = msgspec.convert(value, hints[field.name])
        except msgspec.ValidationError as error:
            if field.required:
                raise
            found, inner = _parts(hints[field.name], value, here)
            if found is not None:
                fields[field.name] = found
            faults += [_fault(here, error)] if found is None else inner
    return fields, faults


def _parts(kind: Any, value: object, path: Path) -> tuple[object, list[Fault]]:
    """The readable part of a struct, a list or a mapping, and what is wrong with the rest; None if it is no such."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if isinstance(value, list) and get_origin(kind) is tuple and _is_struct(get_args(kind)[0]):
        return _items(get_args(kind)[0], cast("list[object]", value), path)
    if not isinstance(value, dict):
        return None, []
    mapping = cast("dict[str, object]", value)
    if _is_struct(kind):
        try:
            fields, faults = partial_decode(kind, mapping, path)
        except msgspec.ValidationError:
            return None, []
        return kind(**fields), faults
    if get_origin(kind) is not dict:
        return None, []
    inner = get_args(kind)[1]
    found: dict[str, object] = {}
    faults: list[Fault] = []
    for name, member in mapping.items():
        try:
            found[name] = msgspec.convert(member, inner)
        except msgspec.ValidationError as error:
            part, broken = _parts(inner, member, (*path, name))
            if part is not None:
                found[name] = part
            faults += [_fault((*path, name), error)] if part is None else broken
    return found, faults


def _items(kind: Any, items: list[object], path: Path) -> tuple[object, list[Fault]]:
    """Those that can be read whole: half an item may be written back, and would then say something else."""
    found: list[object] = []
    faults: list[Fault] = []
    for place, item in enumerate(items):
        try:
            found.append(msgspec.convert(item, kind))
        except msgspec.ValidationError as error:
            fault = _fault((*path, f"[{place}]"), error)
            stand_in = kind.stand_in(item, fault.reason) if issubclass(kind, Slim) else None
            if stand_in is None:
                faults.append(fault)
            else:
                found.append(stand_in)
    return tuple(found), faults


def _is_struct(kind: Any) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fault(path: Path, error: msgspec.ValidationError) -> Fault:
    text = str(error).partition(" - at ")[0].replace("`", "")
    return Fault(path=path, reason="not one of the values known" if text.startswith("Invalid enum value") else text)
