"""From the texts that an Instance carries to the types that a Template declares.

An Instance holds strings only, but `containerPort` wants an integer. The conversion happens once for each variable, and
what it refuses it refuses without repeating the value.
"""

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, cast

import msgspec

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_QUANTITY = re.compile(
    r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?"
)  # https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_DEPTH: Final = 32


class Unfit(ValueError):  # noqa: N818 - it is about a value, and is never seen outside this package
    """A value does not fit its type; the text says what was expected."""


def _string(text: str) -> object:
    return text


def _integer(text: str) -> object:
    if not _INTEGER.fullmatch(text) or not -(2**63) <= int(text) < 2**63:
        raise Unfit("not an integer: digits with an optional '-' before them, in 64 bits")
    return int(text)


def _number(text: str) -> object:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unfit("not a number: write it as in JSON, such as 8, 0.5 or 1e6")
    return value


def _boolean(text: str) -> object:
    lowered = text.lower()
    if lowered not in {"true", "false"}:
        raise Unfit("not a boolean: true or false")
    return lowered == "true"


def _quantity(text: str) -> object:
    if not _QUANTITY.fullmatch(text):
        raise Unfit("not a quantity: write it as Kubernetes does, such as 500m, 2 or 4Gi")
    return text


def _json(text: str) -> object:
    try:
        value: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit("not JSON") from error
    _check_depth(value, _DEPTH)
    return value


def _arguments(text: str) -> object:
    try:
        return msgspec.json.decode(text, type=list[str])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit("not a JSON list of strings") from error


def _check_depth(value: object, levels: int) -> None:
    if not isinstance(value, dict | list):
        return
    if not levels:
        raise Unfit(f"JSON nested deeper than {_DEPTH} levels")
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
        "arguments": _arguments,  # not for declarations: the type of jupyterhub.args
    }
)


def coerce(kind: str, text: str) -> object:
    """The value that `text` stands for. Raises `Unfit`."""
    return _COERCE[kind](text)


def coerce_default(kind: str, value: object) -> object:
    """A default from the Template, which may be written as text or in its own type. Raises `Unfit`."""
    if isinstance(value, str):
        return coerce(kind, value)
    if kind == "json":
        _check_depth(value, _DEPTH)
        return value
    if kind == "string":
        raise Unfit("not a text: put it in quotes")
    if isinstance(value, dict | list):
        raise Unfit(f"not of type {kind}")
    return coerce(kind, msgspec.json.encode(value).decode())
