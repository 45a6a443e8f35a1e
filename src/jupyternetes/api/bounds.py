"""Cutting what is written to what the API server takes: one text that is too long makes it refuse the whole status.

Every write would then fail for ever, and the texts come from others: admission webhooks, kubelets, container runtimes.
"""

from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct

from jupyternetes.api.fields import Field, fields_of

T = TypeVar("T", bound=Struct)

ELLIPSIS: Final = "…"


def bounded(struct: T) -> T:
    """``struct`` with every field in it within its bounds, or ``struct`` itself if they are.

    Of a long text the beginning stays, of a long list the end. A word that is none of those known, or a number out of
    its range, becomes the field's default.
    """
    changes: dict[str, Any] = {}
    for field in fields_of(type(struct)):
        value = getattr(struct, field.attribute)
        fit = _fit(field, value)
        if fit is not value:
            changes[field.attribute] = fit
    return msgspec.structs.replace(struct, **changes) if changes else struct


def cut(text: str, limit: int | None) -> str:
    """``text`` in at most ``limit`` characters, with an ellipsis where something is missing, and always valid UTF-8."""
    if not text.isascii():
        valid = text.encode("utf-8", "replace").decode()
        text = text if valid == text else valid
    return text if limit is None or len(text) <= limit else text[: limit - len(ELLIPSIS)].rstrip() + ELLIPSIS


def _fit(field: Field, value: Any) -> Any:
    inner = field.inner
    if isinstance(value, str):
        if field.words and value not in field.words:
            return field.default
        return cut(value, field.limit)
    if isinstance(value, Struct):
        return bounded(value)
    if isinstance(value, dict) and inner is not None:
        members = cast("dict[str, Any]", value)
        fitting = {name: _fit(inner, member) for name, member in members.items()}
        return members if all(fitting[name] is member for name, member in members.items()) else fitting
    if isinstance(value, tuple) and inner is not None:
        items = cast("tuple[Any, ...]", value)
        kept = tuple(_fit(inner, item) for item in items[-field.bounds.get("maxItems", len(items)) :])
        return items if kept == items else kept
    if isinstance(value, int) and not isinstance(value, bool):
        least, most = field.bounds.get("minimum", value), field.bounds.get("maximum", value)
        return value if least <= value <= most else field.default
    return cast("Any", value)
