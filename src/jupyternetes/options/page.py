"""The form as HTML, for JupyterHub's spawn page, which puts it into its own ``<form>``.

Everything is there without script and style sheet; `SCRIPT` hides what does not apply. Nothing of ours is inline, so a
Content-Security-Policy need not allow anything for it. The sentences stand in ``assets/form.html``, and only there.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from jupyternetes.options.form import TEMPLATE, Card, Field, FieldKind, Form, Option, field_name

#: Where the files are that a hub serves, and their names.
ASSETS: Final = Path(__file__).with_name("assets")
SCRIPT: Final = "form.js"
STYLESHEET: Final = "form.css"

_ID: Final = "jupyternetes"
_MANY: Final = 8  # choices without further words that fit on a screen as radio buttons
# What a browser keeps in a field for numbers; anything else it would remove, and nobody would see what was refused.
# https://html.spec.whatwg.org/multipage/input.html#number-state-(type=number)
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_NOT_CARRIED = re.compile(r"[\0\r\n]")
_ICON = re.compile(r"data:image/png[;,]", re.IGNORECASE)


def draw(form: Form, *, lang: str = "en", script: str = "", stylesheet: str = "") -> str:
    """The HTML of `form`. `lang`: of the Templates' texts. `script`, `stylesheet`: addresses of the files; "" for none.

    Texts of others stay text whatever they hold: they are shown, never read as markup.
    """
    cards = [_DrawnCard(card, number, len(form.cards) == 1) for number, card in enumerate(form.cards)]
    page = _template().render(
        cards=cards,
        chosen=form.chosen,
        id=_ID,
        lang=lang,
        notices=form.notices,
        problems=form.problems,
        refused=[field for card in cards for field in card.fields if field.about.problem],
        script=script,
        stylesheet=stylesheet,
        template_field=TEMPLATE,
    )
    # Halves of surrogate pairs, which JSON may hold, are no characters: the hub could not send them.
    return page.encode("utf-8", "replace").decode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("form.html")


class _DrawnCard:
    """A card with what the page needs beside it. `only`: there is no other one."""

    def __init__(self, card: Card, number: int, only: bool) -> None:
        self.about = card
        self.id = f"{_ID}-{number}"
        self.icon = card.icon if _is_shown_icon(card.icon) else ""
        self.fields = [
            _DrawnField(field, card.key, f"{self.id}-{place}", only) for place, field in enumerate(card.fields)
        ]


@dataclass(frozen=True, slots=True)
class _DrawnOption:
    """A choice with its `id`. `sent`: what the browser sends for it."""

    about: Option
    id: str
    sent: str


class _DrawnField:
    """A field with what the page needs beside it.

    `control`: ``radios``, ``select``, ``box``, ``number``, ``line`` or ``lines``. `must_be_given`, `is_checked`:
    whether the browser refuses to send the form without a value, or with one outside the bounds. Without script,
    browsers check also what belongs to a Template that is not chosen, and that must keep nobody from a start.
    """

    def __init__(self, field: Field, card: str, id_: str, only: bool) -> None:
        self.about = field
        self.id = id_
        as_json = any(_NOT_CARRIED.search(option.value) for option in field.options)
        self.name = field_name(card, field.name, as_json=as_json)
        self.options = [
            _DrawnOption(option, f"{id_}-option-{place}", json.dumps(option.value) if as_json else option.value)
            for place, option in enumerate(field.options)
        ]
        self.has_choice = any(option.value == field.value for option in field.options)
        self.control = _control(field)
        applies = only and field.visibility is None
        self.must_be_given = field.required and applies
        self.is_checked = applies or not field.problem
        self.minimum, self.maximum = field.minimum, field.maximum
        self.names = self.shown = ""
        if field.visibility is not None:
            self.names = json.dumps(field.visibility.names)
            self.shown = json.dumps(sorted(field.visibility.shown))

    @property
    def first_id(self) -> str:
        """Where a link to this field leads."""
        return self.options[0].id if self.control == "radios" and self.options else self.id

    @property
    def described_by(self) -> str:
        """The ids of what is said about this field."""
        return " ".join(self._descriptions())

    def _descriptions(self) -> Iterator[str]:
        if self.about.problem:
            yield f"{self.id}-problem"
        if self.has_help:
            yield f"{self.id}-help"

    @property
    def has_help(self) -> bool:
        about = self.about
        return bool(about.description or about.minimum or about.maximum or about.max_length is not None)


def _control(field: Field) -> str:
    match field.kind:
        case FieldKind.CHOICE:
            wordy = any(option.description or option.note or option.availability for option in field.options)
            return "radios" if wordy or len(field.options) <= _MANY else "select"
        case FieldKind.BOOLEAN:
            return "box"
        case FieldKind.NUMBER if all(_is_decimal(text) for text in (field.value, field.minimum, field.maximum)):
            return "number"
        case FieldKind.JSON:
            return "lines"
        case _:
            return "lines" if _NOT_CARRIED.search(field.value) else "line"


def _is_decimal(text: str) -> bool:
    return not text or _DECIMAL.fullmatch(text) is not None


def _is_shown_icon(address: str) -> bool:
    if _ICON.match(address):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
