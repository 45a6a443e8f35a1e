"""Who owns which field: what an apply takes, gives up and collides with.

An object's fields are its leaves, each a path of steps: a name, or in a list that is a map or a set the item itself.
https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.fakekube.refusals import Refused

Json = dict[str, Any]
Path = tuple[Any, ...]

_ITEM = object()  # the value of an item of a list map as a whole: that it is there


@dataclass(frozen=True, slots=True)
class Item:
    """A step into a list: the values of the keys that say which item is meant, or the item of a set."""

    keys: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        pairs = ",".join(f'{name}="{value}"' if name else f"={value}" for name, value in self.keys)
        return f"[{pairs}]"


@dataclass(frozen=True, slots=True)
class Manager:
    """Applies and other writes of one name are different managers."""

    name: str
    operation: str
    subresource: str = ""

    def __str__(self) -> str:
        through = f" with subresource {self.subresource!r}" if self.subresource else ""
        return f'"{self.name}"' + through.replace("'", '"')


Owners = Mapping[Manager, frozenset[Path]]


def applied(
    structure: Json, live: Json, wanted: Json, owners: Owners, manager: Manager, *, force: bool = False
) -> tuple[Json, Owners]:
    """The object after an apply of ``wanted``, and its owners; Refused (409) where another manager stands in the way.

    What the manager applied before and does not want any more is removed, unless another owns it too.
    """
    result = _merged(structure, copy.deepcopy(live), wanted)
    mine = frozenset(_leaves(structure, wanted))
    others = {other: paths for other, paths in owners.items() if other != manager}
    kept = mine.union(*others.values())
    # An item goes before its fields, by which it is known.
    for path in sorted(owners.get(manager, frozenset()) - mine, key=len):
        _remove(structure, result, path, kept)
    changed = _changed(structure, live, result)
    _check_conflicts(changed, others, force=force)
    return result, _settled(structure, result, {**others, manager: mine}, manager, changed)


def written(structure: Json, old: Json, new: Json, owners: Owners, manager: Manager) -> Owners:
    """The owners after a write that is no apply: its manager takes what it changed, as far as its endpoint reaches."""
    changed = _changed(structure, old, new)
    reached = {path for path in changed if (path[0] == "status") == (manager.subresource == "status")}
    mine = owners.get(manager, frozenset()) | reached
    return _settled(structure, new, {**owners, manager: mine}, manager, changed)


def _settled(structure: Json, obj: Json, owners: Owners, manager: Manager, changed: frozenset[Path]) -> Owners:
    present = _leaves(structure, obj).keys()
    lost = {other: paths if other == manager else paths - changed for other, paths in owners.items()}
    still = {other: frozenset(path for path in paths if path in present) for other, paths in lost.items()}
    return {other: paths for other, paths in still.items() if paths}


def _changed(structure: Json, old: Json, new: Json) -> frozenset[Path]:
    before, after = _leaves(structure, old), _leaves(structure, new)
    return frozenset(path for path, value in after.items() if path not in before or before[path] != value)


def _check_conflicts(changed: frozenset[Path], others: Owners, *, force: bool) -> None:
    found = [(other, path) for other, paths in others.items() for path in sorted(paths & changed, key=str)]
    if found and not force:
        causes = [
            {"reason": "FieldManagerConflict", "message": f"conflict with {other}", "field": _text(path)}
            for other, path in found
        ]
        told = ", ".join(f"conflict with {other}: {_text(path)}" for other, path in found)
        raise Refused("Conflict", f"Apply failed with {len(found)} conflicts: {told}", causes=causes)


def _leaves(structure: Json, obj: Json) -> dict[Path, Any]:
    return dict(_walk(structure, obj, ())) if obj else {}


def _walk(structure: Json, value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value and structure.get("x-kubernetes-map-type") != "atomic":
        for name, inner in value.items():
            yield from _walk(_below(structure, name), inner, (*path, name))
    elif isinstance(value, list) and structure.get("x-kubernetes-list-type") in ("map", "set"):
        for item in value:
            yield (*path, _step(structure, item)), _ITEM
            if isinstance(item, dict):
                yield from _walk(structure.get("items", {}), item, (*path, _step(structure, item)))
    else:
        yield path, value


def _below(structure: Json, name: str) -> Json:
    others = structure.get("additionalProperties")
    return structure.get("properties", {}).get(name) or (others if isinstance(others, dict) else {})


def _step(structure: Json, item: Any) -> Item:
    if structure["x-kubernetes-list-type"] == "set":
        return Item((("", item),))
    return Item(tuple((name, item.get(name)) for name in structure["x-kubernetes-list-map-keys"]))


def _merged(structure: Json, live: Any, wanted: Any) -> Any:
    if isinstance(wanted, dict) and isinstance(live, dict) and structure.get("x-kubernetes-map-type") != "atomic":
        return live | {name: _merged(_below(structure, name), live.get(name), value) for name, value in wanted.items()}
    if (
        isinstance(wanted, list)
        and isinstance(live, list)
        and structure.get("x-kubernetes-list-type")
        in (
            "map",
            "set",
        )
    ):
        items = {_step(structure, item): item for item in live}
        for item in wanted:
            step = _step(structure, item)
            items[step] = _merged(structure.get("items", {}), items.get(step), item)
        return list(items.values())
    return wanted


def _remove(structure: Json, obj: Any, path: Path, kept: frozenset[Path]) -> None:
    """Take out a field that nobody wants any more, and the fields around it that are empty without it."""
    if any(other[: len(path)] == path for other in kept):
        return
    parent, name = _resolve(structure, obj, path[:-1]), path[-1]
    if isinstance(parent, dict) and not isinstance(name, Item):
        parent.pop(name, None)
    elif isinstance(parent, list):
        inner = _structure_at(structure, path[:-1])
        parent[:] = [item for item in parent if _step(inner, item) != name]
    if parent is not None and not parent and len(path) > 1:
        _remove(structure, obj, path[:-1], kept)


def _resolve(structure: Json, value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, Item):
            value = next((item for item in value or () if _step(structure, item) == step), None)
            structure = structure.get("items", {})
        else:
            value = value.get(step) if isinstance(value, dict) else None
            structure = _below(structure, step)
    return value


def _structure_at(structure: Json, path: Path) -> Json:
    for step in path:
        structure = structure.get("items", {}) if isinstance(step, Item) else _below(structure, step)
    return structure


def _text(path: Path) -> str:
    return "".join(str(step) if isinstance(step, Item) else f".{step}" for step in path)
