"""What a form shows, as plain data: all decided, nothing drawn.

Names of the fields that a browser sends: ``template`` holds the `key` of a card; ``<key>/<variable>`` the text of that
card's field. A box that is ticked sends ``true`` after the ``false`` that is always sent: the last one counts.
``<key>/<variable>:json`` holds it as a JSON string: a browser sends every line break as CRLF, and HTML has no NUL.
https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constructing-the-form-data-set
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

_AS_JSON: Final = ":json"  # no name of a variable has a colon

#: Name of the field that says which Template was chosen.
TEMPLATE: Final = "template"


class FieldKind(StrEnum):
    """How a value is given. ``CHOICE``: one of `Field.options`. ``JSON``: several lines."""

    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice. `value`: as text, as an Instance holds it. `availability`: such as "2 free, 3 minutes ago"."""

    value: str
    title: str
    description: str = ""
    note: str = ""
    availability: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """When a field is shown: while the values of the fields `names`, as text and in this order, are in `shown`.

    Only what has few values may stand in `names`; a field that depends on more is always shown. The table alone
    decides: a field in `names` counts with the text that stands in it, also while it is hidden itself, and with ""
    while nothing is chosen in it.
    """

    names: tuple[str, ...]
    shown: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One variable. `value`: the text that stands in it at first. `pattern`: for browsers; "" where RE2 and theirs may
    differ. `minimum`, `maximum`: as text, "" without one. `problem`: why what was given was refused.
    """

    name: str
    title: str
    kind: FieldKind
    value: str = ""
    description: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    minimum: str = ""
    maximum: str = ""
    max_length: int | None = None
    pattern: str = ""
    visibility: Visibility | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One Template. `key`: ``<namespace>/<name>``."""

    key: str
    title: str
    description: str = ""
    icon: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`chosen`: the key of the card that is chosen at first. `notices`: sentences on what changed since the last time,
    and on what a link brought. `problems`: sentences on what was refused and concerns no single field.
    """

    cards: tuple[Card, ...]
    chosen: str = ""
    notices: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def field_name(card: str, variable: str, *, as_json: bool = False) -> str:
    """The name under which a browser sends the field of a `variable`; `as_json`: its text as a JSON string."""
    return f"{card}/{variable}{_AS_JSON if as_json else ''}"


def given(sent: Mapping[str, list[str]]) -> tuple[str, dict[str, str]]:
    """The key of the card and the texts of its fields that a browser sent. ("", {}) where no Template was chosen."""
    key = next(reversed(sent.get(TEMPLATE, [])), "")
    prefix = field_name(key, "")
    named = {
        name.removeprefix(prefix): values[-1] for name, values in sent.items() if name.startswith(prefix) and values
    }
    return key, {name.removesuffix(_AS_JSON): _text(name, sent) for name, sent in named.items()} if key else {}


def _text(name: str, sent: str) -> str:
    """The text that was `sent` under `name`. What should be a JSON string and is none, no browser sent: it stays."""
    if not name.endswith(_AS_JSON):
        return sent.replace("\r\n", "\n")
    try:
        return msgspec.json.decode(sent, type=str)
    except msgspec.DecodeError:
        return sent
