"""Cutting what is written to what the API server takes: one text that is too long makes it refuse the whole status.

Every write would then fail for ever, and the texts come from others: admission webhooks, kubelets, container runtimes.
"""

from collections.abc import Callable
from functools import cache
from math import inf
from typing import Any, Final, TypeVar, get_origin

import msgspec
from msgspec import Struct

from jupyternetes.api.fields import Field, fields_of

T = TypeVar("T", bound=Struct)
_Fit = Callable[[Any], object]

ELLIPSIS: Final = "…"


def bounded(struct: T) -> T:
    """``struct`` with every field in it within its bounds, or ``struct`` itself if they are.

    Of a long text the beginning stays, of a long list the end. A word that is none of those known, or a number out of
    its range, becomes the field's default.
    """
    changes: dict[str, Any] = {}
    for attribute, fit in _fitters(type(struct)):
        value = getattr(struct, attribute)
        fitting = fit(value)
        if fitting is not value:
            changes[attribute] = fitting
    return msgspec.structs.replace(struct, **changes) if changes else struct


def cut(text: str, limit: int | None) -> str:
    """``text`` in at most ``limit`` characters, with an ellipsis where something is missing, and always valid UTF-8."""
    if not text.isascii():
        valid = text.encode("utf-8", "replace").decode()
        text = text if valid == text else valid
    return text if limit is None or len(text) <= limit else text[: limit - len(ELLIPSIS)].rstrip() + ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """``text`` of another program, fit to be shown to people: one line, printable, in at most ``limit`` characters."""
    return cut(" ".join("".join(c if c.isprintable() else " " for c in text).split()), limit)


@cache
def _fitters(struct: type[Struct]) -> tuple[tuple[str, _Fit], ...]:
    """How to fit each field of which something can be out of its bounds."""
    return tuple((field.attribute, fit) for field in fields_of(struct) if (fit := _fitter(field)) is not None)


def _fitter(field: Field) -> _Fit | None:
    if field.struct is not None:
        return _of_struct
    if field.words or field.kind is str:
        return _of_text(field)
    if field.kind is int and field.bounds.keys() & {"minimum", "maximum"}:
        return _of_number(field)
    inner = field.inner and _fitter(field.inner)
    if get_origin(field.kind) is dict:
        return inner and _of_map(inner)
    if get_origin(field.kind) is tuple:
        return _of_list(field.bounds.get("maxItems"), inner)
    return None


def _of_struct(value: Struct | None) -> Struct | None:
    return None if value is None else bounded(value)


def _of_text(field: Field) -> _Fit:
    words, limit, default = frozenset(field.words), field.limit, field.default
    if words:
        return lambda value: value if value is None or value in words else default
    return lambda value: value and cut(value, limit)


def _of_number(field: Field) -> _Fit:
    least, most = field.bounds.get("minimum", -inf), field.bounds.get("maximum", inf)
    return lambda value: value if value is None or least <= value <= most else field.default


def _of_map(inner: _Fit) -> _Fit:
    def fit(value: dict[str, object]) -> object:
        fitting = {name: inner(member) for name, member in value.items()}
        return value if fitting == value else fitting

    return fit


def _of_list(most: int | None, inner: _Fit | None) -> _Fit | None:
    def fit(value: tuple[object, ...]) -> object:
        if most is not None and len(value) > most:
            value = value[-most:]
        if inner is None:
            return value
        kept = tuple(map(inner, value))
        return value if kept == value else kept

    return None if most is None and inner is None else fit
