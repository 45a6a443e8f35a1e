"""Where an object lacks something of what is wanted: what others have added to it does not count."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from jupyternetes.templating.jsontree import as_list, as_mapping, as_text
from jupyternetes.templating.problems import child_path
from jupyternetes.templating.variables.amounts import amount, is_quantity

#: By which field the items of a list are told apart, where each has another value of it.
_KEYS: Final = ("name", "mountPath", "containerPort", "key", "topologyKey", "ip")
_AMOUNTS: Final = re.compile(r"\.(limits|requests|overhead)(\.[^.\[]+|\['[^']*'\])$|\.sizeLimit$")
#: What may be told to one program is not for every terminal.
_HIDDEN: Final = re.compile(r"\.env\[\d+\]\.value$")
_LENGTH: Final = 100
HIDDEN: Final = "not shown"
NOTHING: Final = "nothing"


class Difference(Struct, frozen=True, kw_only=True):
    """``found`` and ``wanted`` as JSON, as far as they may be shown."""

    path: str
    found: str
    wanted: str


def differences(wanted: object, found: object, path: str) -> Iterator[Difference]:
    """Where ``found``, an object of the cluster, is not what is ``wanted``; maps and lists of objects may have more."""
    mapping, items = as_mapping(wanted), as_list(wanted)
    if _is_empty(wanted) and _is_empty(found):
        return
    if mapping is not None and (other := as_mapping(found)) is not None:
        for name, member in mapping.items():
            yield from differences(member, other.get(name), child_path(path, name))
    elif items and (others := as_list(found)) is not None and all(as_mapping(item) is not None for item in items):
        yield from _of_items(items, others, path)
    elif not _is_same(wanted, found, path):
        hidden = _HIDDEN.search(path) is not None
        yield Difference(
            path=path, found=HIDDEN if hidden else _shown(found), wanted=HIDDEN if hidden else _shown(wanted)
        )


def _of_items(wanted: Sequence[object], found: Sequence[object], path: str) -> Iterator[Difference]:
    key = next((key for key in _KEYS if _tells_apart(key, wanted) and _tells_apart(key, found)), "")
    places: Mapping[object, object] = {_value(item, key): item for item in found} if key else dict(enumerate(found))
    for index, item in enumerate(wanted):
        here = child_path(path, index)
        yield from differences(item, places.get(_value(item, key) if key else index), here)


def _tells_apart(key: str, items: Sequence[object]) -> bool:
    values = [_value(item, key) for item in items]
    return None not in values and len({*values}) == len(values)


def _value(item: object, key: str) -> object:
    value = (as_mapping(item) or {}).get(key)
    return value if isinstance(value, str | int) else None


def _is_empty(value: object) -> bool:
    """What the API server leaves out."""
    return value is None or value in ({}, [], "")


def _is_same(wanted: object, found: object, path: str) -> bool:
    if wanted == found:
        return type(wanted) is type(found)
    texts = as_text(wanted), as_text(found)
    return (
        _AMOUNTS.search(path) is not None
        and all(is_quantity(text) for text in texts)
        and amount(texts[0]) == amount(texts[1])
    )


def _shown(value: object) -> str:
    text = NOTHING if value is None else as_text(value)
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"
