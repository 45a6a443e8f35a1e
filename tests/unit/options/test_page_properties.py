"""For every form: texts of others stay texts, and a browser sends what the form says."""

import re
from collections import Counter
from dataclasses import replace
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyternetes.options import form as options
from jupyternetes.options.form import Card, Field, FieldKind, Form, Option
from jupyternetes.options.page import draw
from tests.unit.options.drawn_forms import ICONS, forms
from tests.unit.options.html_form import HtmlForm

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


def harmless(text: str) -> str:
    """Another text that asks for the same elements: none, a number, several lines, or a word."""
    if not text or _DECIMAL.fullmatch(text):
        return text
    return "two\nlines" if re.search("[\0\r\n]", text) else "word"


def harmless_field(field: Field) -> Field:
    values = {option.value: harmless(option.value) + str(place) for place, option in enumerate(field.options)}
    texts = ("title", "description", "minimum", "maximum", "pattern", "problem")
    return replace(
        field,
        value=field.value if field.kind == FieldKind.BOOLEAN else values.get(field.value, harmless(field.value)),
        options=tuple(
            replace(option, value=values[option.value], title=harmless(option.title), note=harmless(option.note))
            for option in field.options
        ),
        **{name: harmless(getattr(field, name)) for name in texts},
    )


def harmless_card(card: Card) -> Card:
    return replace(
        card,
        title=harmless(card.title),
        description=harmless(card.description),
        icon="https://example.org/icon.png" if ICONS[card.icon] else "",
        fields=tuple(map(harmless_field, card.fields)),
    )


def harmless_form(form: Form) -> Form:
    return replace(
        form,
        cards=tuple(map(harmless_card, form.cards)),
        notices=tuple(map(harmless, form.notices)),
        problems=tuple(map(harmless, form.problems)),
    )


def as_shown(text: str) -> str:
    """HTML has no NUL, and one kind of line break."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def texts_to_be_read(form: Form) -> Counter[str]:
    """With the number of places where each can be read at least: what was refused is said first and at its field."""

    def of_option(option: Option) -> tuple[str, ...]:
        return option.title, option.description, option.note, option.availability

    def of_field(field: Field) -> tuple[str, ...]:
        named = (field.title,) * (2 if field.problem else 1)
        return (*named, field.problem, field.problem, field.minimum, field.maximum, field.description)

    fields = [field for card in form.cards for field in card.fields]
    described = [text for card in form.cards for text in (card.title, card.description)]
    # Elements cannot stand in a list of many choices, which therefore is for those without further words.
    beside = [field.options for field in fields if len(field.options) <= 8 or any(each.note for each in field.options)]
    options = map(of_option, chain.from_iterable(beside))
    every = chain(described, form.notices, form.problems, *map(of_field, fields), *options)
    return Counter(as_shown(text) for text in every if text)


def expected(field: Field) -> dict[str, str]:
    """What a browser sends of a field that nobody touches."""
    match field.kind:
        case FieldKind.CHOICE:
            return {field.name: field.value} if field.value in {option.value for option in field.options} else {}
        case FieldKind.BOOLEAN:
            return {field.name: "true" if field.value == "true" else "false"}
        case _:
            return {field.name: as_shown(field.value.replace("\0", "\ufffd"))}


@settings(max_examples=80)
@given(forms())
def test_texts_of_others_change_no_element_and_no_attribute(form: Form) -> None:
    page = HtmlForm(draw(form, script="/script", stylesheet="/style"))

    assert page.structure == HtmlForm(draw(harmless_form(form), script="/script", stylesheet="/style")).structure


@settings(max_examples=80)
@given(forms())
def test_every_text_can_be_read_and_keeps_its_direction_to_itself(form: Form) -> None:
    page = HtmlForm(draw(form))

    assert texts_to_be_read(form) - Counter(page.texts("bdi")) == Counter()


@settings(max_examples=150)
@given(forms())
def test_a_browser_sends_what_the_form_says(form: Form) -> None:
    sent = options.given(HtmlForm(draw(form)).sent)

    chosen = {card.key: card for card in form.cards}.get(form.chosen)
    card = form.cards[0] if len(form.cards) == 1 else chosen
    if card is None:
        assert sent == ("", {})
    else:
        fields = [expected(field) for field in card.fields]
        assert sent == (card.key, {name: text for each in fields for name, text in each.items()})


@settings(max_examples=100)
@given(st.dictionaries(st.text(), st.lists(st.text())))
def test_whatever_is_sent_is_read(sent: dict[str, list[str]]) -> None:
    key, texts = options.given(sent)

    assert texts == {} or key == sent["template"][-1]
