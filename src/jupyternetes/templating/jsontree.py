"""Decoded JSON, narrowed for the type checker: the only place that believes what a decoder promises."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import msgspec


def as_mapping(value: object) -> Mapping[str, object] | None:
    if isinstance(value, dict):  # nearly always, and faster to see than the rest
        return cast("dict[str, object]", value)
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None


def as_list(value: object) -> Sequence[object] | None:
    return cast("Sequence[object]", value) if isinstance(value, list) else None


def is_scalar(value: object) -> bool:
    """Whether `value` is neither a map nor a list."""
    return not isinstance(value, dict | list)


def texts_of(value: object) -> Iterator[str]:
    """Every text in `value`, keys of maps included, in no particular order."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            yield one
        elif (mapping := as_mapping(one)) is not None:
            rest += [*mapping, *mapping.values()]
        else:
            rest += as_list(one) or ()


def has_braces(value: object) -> bool:
    """Whether an opening brace stands in any text of `value`; without one there is no placeholder."""
    if isinstance(value, str):
        return "{" in value
    return isinstance(value, dict | list) and any("{" in text for text in texts_of(cast("object", value)))


def as_text(value: object) -> str:
    """A value as it reads inside a longer text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
