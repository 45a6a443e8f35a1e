"""From what is offered to a person to the form that they see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jupyternetes.api.template import TemplateSpec
from jupyternetes.options.availability import free_by_choice
from jupyternetes.options.browser_pattern import browser_pattern
from jupyternetes.options.choose import Refused, find_offer
from jupyternetes.options.form import Card, Field, FieldKind, Form, Option, Visibility
from jupyternetes.options.given import Options
from jupyternetes.options.offer import Offer
from jupyternetes.options.visibility import visibilities
from jupyternetes.options.words import title, words_of
from jupyternetes.templating import MISSING, Declaration
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.variables.bounds import DEFAULT_MAX_LENGTH

_NUMBERS: Final = frozenset({"integer", "number"})


def needs_form(offers: Sequence[Offer]) -> bool:
    """Whether there is anything to choose."""
    return len(offers) > 1 or any(each.fields for each in offers)


def build_form(
    offers: Sequence[Offer],
    options: Options,
    *,
    refused: Refused | None = None,
    notices: Sequence[str] = (),
    now: datetime,
) -> Form:
    """The form, filled with `options`: those of the last time, of a link, or what was `refused`."""
    filled = find_offer(offers, options.template)
    refused = refused or Refused()
    cards = tuple(
        _Builder(each, options if each is filled else Options(), refused if each is filled else Refused(), now).card()
        for each in offers
    )
    fields = {} if filled is None else filled.fields
    elsewhere = tuple(text for key, text in refused.fields.items() if key not in fields)
    chosen = "" if filled is None else filled.key
    return Form(cards=cards, chosen=chosen, notices=tuple(notices), problems=(*refused.problems, *elsewhere))


@dataclass(slots=True)
class _Builder:
    """Builds one card."""

    offered: Offer
    options: Options
    refused: Refused
    now: datetime
    given: dict[str, str] = field(default_factory=dict[str, str], init=False)

    def card(self) -> Card:
        self.given = {name.lower(): text for name, text in self.options.variables.items()}
        shown, free = visibilities(self.offered), free_by_choice(self.offered.template, self.now)
        template = self.offered.template
        return Card(
            key=self.offered.key,
            title=self.offered.title,
            description=words_of(template, TemplateSpec.description),
            icon=words_of(template, TemplateSpec.icon),
            fields=tuple(self._field(key, each, shown.get(key), free) for key, each in self.offered.fields.items()),
        )

    def _field(
        self,
        key: str,
        declaration: Declaration,
        visibility: Visibility | None,
        free: Mapping[tuple[str, str], str],
    ) -> Field:
        bounds, value = declaration.bounds, self.given.get(key, self._default(declaration))
        kind = _kind(declaration)
        limited = kind is FieldKind.TEXT and declaration.type == "string" and bounds.max_length != DEFAULT_MAX_LENGTH
        return Field(
            name=declaration.name,
            title=title(declaration),
            kind=kind,
            value=value,
            description=declaration.description,
            required=declaration.required and declaration.default is MISSING,
            options=_options(declaration, value, {text: said for (name, text), said in free.items() if name == key}),
            minimum=bounds.minimum.text if bounds.minimum else "",
            maximum=bounds.maximum.text if bounds.maximum else "",
            max_length=bounds.max_length if limited else None,
            pattern=browser_pattern(bounds.pattern.text) if bounds.pattern else "",
            visibility=visibility,
            problem=self.refused.fields.get(key, ""),
        )

    def _default(self, declaration: Declaration) -> str:
        own = self.offered.defaults.get(declaration.name)
        if own is not None:
            return own
        return "" if declaration.default is MISSING else as_text(declaration.default)


def _kind(declaration: Declaration) -> FieldKind:
    if declaration.bounds.allowed:
        return FieldKind.CHOICE
    if declaration.type == "boolean":
        return FieldKind.BOOLEAN
    return FieldKind.NUMBER if declaration.type in _NUMBERS else FieldKind.TEXT


def _options(declaration: Declaration, value: str, free: Mapping[str, str]) -> tuple[Option, ...]:
    """What a field offers; of the choices that are hidden only the one that is chosen already."""
    if not declaration.choices:
        return tuple(Option(value=text, title=text) for text in map(as_text, declaration.bounds.allowed.values()))
    shown = ((each, as_text(each.value)) for each in declaration.choices)
    return tuple(
        Option(
            value=text,
            title=each.about.title or text,
            description=each.about.description,
            note=each.about.note,
            availability=free.get(text, ""),
        )
        for each, text in shown
        if each.is_offered or (text == value and each.about.replaced_by is None)
    )
