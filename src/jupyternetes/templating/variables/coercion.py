"""From the texts that an Instance carries to the types that a Template declares.

An Instance holds strings only, but `containerPort` wants an integer. The conversion happens once for each variable, and
what it refuses it refuses without repeating the value.
"""

import math
import re
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Final, cast

import msgspec

from jupyternetes.templating.variables.amounts import AMOUNTS, amount, is_quantity

ARGUMENTS: Final = "arguments"  # not for declarations: the type of jupyterhub.args

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_DEPTH: Final = 32


class Unfit(ValueError):  # noqa: N818 - it is about a value, and is never seen outside this package
    """A value does not fit; the text says what it must be, and never repeats it."""


def _string(text: str) -> object:
    return text


def _integer(text: str) -> object:
    if not _INTEGER.fullmatch(text) or not -(2**63) <= int(text) < 2**63:
        raise Unfit("must be an integer: digits with an optional '-' before them, in 64 bits")
    return int(text)


def _number(text: str) -> object:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise Unfit("must be a number: write it as in JSON, such as 8, 0.5 or 1e6")
    return value


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of more than 308 digits
        return False


def _boolean(text: str) -> object:
    lowered = text.lower()
    if lowered not in {"true", "false"}:
        raise Unfit("must be true or false")
    return lowered == "true"


def _quantity(text: str) -> object:
    if not is_quantity(text):
        raise Unfit("must be a quantity: write it as Kubernetes does, such as 500m, 2 or 4Gi")
    return text


def _json(text: str) -> object:
    try:
        value: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit("must be JSON") from error
    _check_depth(value, _DEPTH)
    return value


def _arguments(text: str) -> object:
    try:
        return msgspec.json.decode(text, type=list[str])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit("must be a JSON list of strings") from error


def _check_depth(value: object, levels: int) -> None:
    if not isinstance(value, dict | list):
        return
    if not levels:
        raise Unfit(f"must not be nested deeper than {_DEPTH} levels")
    members = cast("dict[str, object]", value).values() if isinstance(value, dict) else cast("list[object]", value)
    for member in members:
        _check_depth(member, levels - 1)


_COERCE: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {
        "string": _string,
        "integer": _integer,
        "number": _number,
        "boolean": _boolean,
        "quantity": _quantity,
        "json": _json,
        ARGUMENTS: _arguments,
    }
)


def coerce(kind: str, text: str) -> object:
    """The value that `text` stands for. Raises `Unfit`."""
    return _COERCE[kind](text)


def coerce_written(kind: str, value: object) -> object:
    """A value that stands in the Template, which may be written as text or in its own type. Raises `Unfit`."""
    if isinstance(value, str):
        return coerce(kind, value)
    if kind == "json":
        _check_depth(value, _DEPTH)
        return value
    if kind == "string":
        raise Unfit("must be a text: put it in quotes")
    if isinstance(value, dict | list) and kind != ARGUMENTS:
        raise Unfit(f"must be of type {kind}")
    return coerce(kind, msgspec.json.encode(value).decode())


def identity(kind: str, value: object) -> Hashable:
    """Equal for two values of a type if they mean the same: 1024Mi is 1Gi, and true is not 1."""
    if kind in AMOUNTS:
        return amount(value)
    return value if isinstance(value, str) else msgspec.json.encode(value, order="sorted")
