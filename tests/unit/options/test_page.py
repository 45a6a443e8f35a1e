"""The page of a form: complete without script, and nothing in it that a strict policy refuses."""

import json
from dataclasses import replace

import pytest

from jupyternetes.options.form import Field, FieldKind, Form, Option, given
from jupyternetes.options.page import ASSETS, SCRIPT, STYLESHEET, draw
from tests.unit.options.drawn_forms import COURSE, FULL, ICONS, ONE, PLAIN, THREE, refused, with_field
from tests.unit.options.html_form import HtmlForm

ODD_TEXTS = ("", "a/b", "\"'<&>", "🚀", "\0", "\u202eevil", "\r\n", "\n", "\r", " x ", "null", "a:json", "&amp;")


def drawn(form: Form, **arguments: str) -> HtmlForm:
    return HtmlForm(draw(form, **arguments))


def test_each_template_is_a_card_and_the_chosen_one_is_checked() -> None:
    page = drawn(THREE)

    cards = page.all("input[name=template]")
    assert [card.attributes["type"] for card in cards] == ["radio"] * 3
    assert [card.attributes["value"] for card in cards if "checked" in card.attributes] == [FULL.key]
    assert page.texts(".jupyternetes-card label") == ["Science", "Plain", "Course"]
    assert page.texts(".jupyternetes-card p") == ["Python and R"]
    assert page.texts(".jupyternetes-templates > legend") == ["What to start"]


def test_each_template_with_fields_has_a_section_with_its_name() -> None:
    page = drawn(THREE)

    assert page.texts("fieldset.jupyternetes-options > legend") == ["Options of Science", "Options of Course"]


def test_a_single_template_leaves_nothing_to_choose() -> None:
    page = drawn(ONE)

    assert page.all("input[name=template][type=radio]") == []
    assert page.one("input[name=template]").attributes["value"] == FULL.key
    assert page.texts("fieldset.jupyternetes-options > legend") == ["Science"]


def test_a_single_template_without_fields_is_named() -> None:
    page = drawn(Form(cards=(PLAIN,)))

    assert page.texts("legend") == ["Plain"]
    assert page.sent == {"template": [PLAIN.key]}


def test_no_template_at_all_is_said() -> None:
    page = drawn(Form(cards=()))

    assert page.form.text().strip() == "There is nothing that you may start here."
    assert given(page.sent) == ("", {})


@pytest.mark.parametrize("form", [ONE, THREE, refused(THREE, size="No.", dataset="No.", backup="No.")])
def test_every_control_has_a_name_to_be_read_and_every_id_is_there_once(form: Form) -> None:
    page = drawn(form)

    ids = [node.attributes["id"] or "" for node in page.all("[id]")]
    labels = [node.attributes["for"] for node in page.all("label")]
    controls = page.all("input:not([type=hidden]), select, textarea")
    assert len(ids) == len(set(ids))
    assert [node.attributes["id"] for node in controls] == labels
    described = [node.attributes["aria-describedby"] or "" for node in page.all("[aria-describedby]")]
    assert {each for some in described for each in some.split()} <= set(ids)
    assert {(node.attributes["href"] or "")[1:] for node in page.all("a")} <= set(ids)


def test_what_is_to_be_known_of_a_choice_stands_beside_it() -> None:
    page = drawn(ONE)

    radio = page.one("input[value=a100]")
    beside = page.one(f"#{radio.attributes['aria-describedby']}")
    assert [node.text() for node in beside.css("p bdi")] == ["about 2 € an hour", "2 free, 3 minutes ago"]


def test_many_choices_without_further_words_are_a_list() -> None:
    page = drawn(ONE)

    options = page.all("select option")
    assert [option.attributes["value"] for option in options if "selected" in option.attributes] == ["r3"]
    assert len(options) == 12


def test_a_list_in_which_nothing_is_chosen_sends_nothing() -> None:
    page = drawn(with_field(replace(FULL.fields[1], value="gone")))

    assert page.texts("option[selected]") == ["Choose one"]
    assert given(page.sent) == (FULL.key, {})


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"minimum": "1Gi", "maximum": "4Gi"}, ["From 1Gi to 4Gi."]),
        ({"minimum": "0"}, ["At least 0."]),
        ({"maximum": "500m"}, ["At most 500m."]),
        ({"max_length": 41}, ["At most 41 characters."]),
        ({"description": "Help."}, ["Help."]),
        ({}, []),
    ],
)
def test_bounds_are_said_in_words(bounds: dict[str, str], words: list[str]) -> None:
    field = replace(Field(name="x", title="X", kind=FieldKind.TEXT), **bounds)

    assert drawn(with_field(field)).texts(".jupyternetes-help p") == words


@pytest.mark.parametrize("value", ["", "0", "-1", "0.25", "9007199254740993"[:15]])
def test_a_plain_number_is_typed_as_one(value: str) -> None:
    field = Field(name="n", title="N", kind=FieldKind.NUMBER, value=value, minimum="-1", maximum="10")

    attributes = drawn(with_field(field)).one("input.form-control").attributes
    assert (attributes["type"], attributes["min"], attributes["max"]) == ("number", "-1", "10")


@pytest.mark.parametrize("value", ["five", "1e400", "+1", "1.", "12345678901234567890", "٣", "1,5"])
def test_what_a_browser_would_remove_from_a_number_stays_to_be_corrected(value: str) -> None:
    page = drawn(with_field(Field(name="n", title="N", kind=FieldKind.NUMBER, value=value, problem="must be a number")))

    assert page.one("input.form-control").attributes["type"] == "text"
    assert given(page.sent) == (FULL.key, {"n": value})


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("chosen", ODD_TEXTS)
def test_odd_values_of_choices_come_back_as_they_are(chosen: str, many: bool) -> None:
    values = [*ODD_TEXTS, *("rest" if many else ())]
    options = tuple(Option(value=value, title=repr(value), note="" if many else "note") for value in values)

    page = drawn(with_field(Field(name="x", title="X", kind=FieldKind.CHOICE, value=chosen, options=options)))

    assert bool(page.all("select")) == many
    assert given(page.sent) == (FULL.key, {"x": chosen})


@pytest.mark.parametrize("text", ["one\ntwo", "\n", "\n\nthree", "end\n"])
@pytest.mark.parametrize("kind", [FieldKind.TEXT, FieldKind.JSON])
def test_line_breaks_of_a_text_stay(kind: FieldKind, text: str) -> None:
    page = drawn(with_field(Field(name="x", title="X", kind=kind, value=text)))

    assert given(page.sent) == (FULL.key, {"x": text})


def test_halves_of_characters_are_drawn_too() -> None:
    half = json.loads('"\\ud83d"')

    page = draw(with_field(Field(name="x", title=half, kind=FieldKind.TEXT, value=half)))

    assert 'value="?"' in page
    assert page.encode()


def test_what_was_refused_is_said_first_and_leads_to_its_field() -> None:
    form = replace(refused(ONE, size="must be one of small, a100", hours="must be at most 8"), problems=("Not now.",))

    page = drawn(form)

    summary = page.one("[role=group][autofocus][tabindex]")
    assert [node.text() for node in summary.css("li")] == [
        "Not now.",
        "Size: must be one of small, a100",
        "Hours: must be at most 8",
    ]
    targets = [page.one(node.attributes["href"] or "") for node in summary.css("a")]
    assert [(node.tag, node.attributes["name"]) for node in targets] == [
        ("input", f"{FULL.key}/size"),
        ("input", f"{FULL.key}/hours"),
    ]
    assert page.one("[role=radiogroup][aria-invalid]").css_first("legend").text() == "Size (required)"
    assert targets[1].attributes["aria-invalid"] == "true"
    problem = f"#{(targets[1].attributes['aria-describedby'] or '').split()[0]}"
    assert page.one(problem).text() == "must be at most 8"


def test_without_problems_there_is_no_summary() -> None:
    page = drawn(THREE)

    assert page.all(".alert, [aria-invalid], .jupyternetes-problem") == []


def test_notices_are_shown() -> None:
    assert drawn(replace(ONE, notices=("Huge is gone.",))).texts(".alert-info p") == ["Huge is gone."]


def test_only_what_surely_applies_is_required_by_the_browser() -> None:
    """Without script the browser checks every field; a Template that is not chosen must keep nobody from a start."""

    def required(form: Form) -> list[str]:
        return [node.attributes["name"] or "" for node in drawn(form).all("[required]:not([name=template])")]

    assert required(ONE) == [f"{FULL.key}/size"] * 2
    assert required(THREE) == []
    said = drawn(Form(cards=(FULL, COURSE))).all("[aria-required=true]")
    assert [node.attributes["id"] for node in said] == ["jupyternetes-0-0", "jupyternetes-0-2", "jupyternetes-1-0"]


def test_a_value_that_was_refused_does_not_keep_one_from_another_template() -> None:
    def checked(form: Form) -> list[str]:
        return [node.attributes["name"] or "" for node in drawn(form).all("[max], [pattern]")]

    assert checked(THREE) == [f"{FULL.key}/dataset", f"{FULL.key}/hours"]
    assert checked(refused(THREE, dataset="No.", hours="No.")) == []
    assert checked(refused(ONE, dataset="No.", hours="No.")) == [f"{FULL.key}/hours"]


@pytest.mark.parametrize(("icon", "shown"), ICONS.items())
def test_icons_are_pictures_that_tell_nobody_who_looks(icon: str, shown: bool) -> None:
    page = drawn(Form(cards=(replace(PLAIN, icon=icon),)))

    icons = [node.attributes for node in page.all("img")]
    assert [(each["src"], each["alt"] or "", each["referrerpolicy"]) for each in icons] == (
        [(icon, "", "no-referrer")] if shown else []
    )


def test_nothing_of_it_is_inline() -> None:
    page = drawn(THREE, script="/hub/form.js?v=1&x=2", stylesheet="/hub/form.css?v=1")

    assert page.one("script").attributes == {"src": "/hub/form.js?v=1&x=2"}
    assert page.one("script").text() == ""
    assert page.one("link").attributes == {"rel": "stylesheet", "href": "/hub/form.css?v=1"}
    names = {name for _, attributes in page.structure for name in attributes}
    assert [name for name in names if name == "style" or name.startswith("on")] == []
    assert page.all("style") == []


def test_without_addresses_there_is_neither_script_nor_style_sheet() -> None:
    assert drawn(THREE).all("script, link") == []


def test_the_language_is_said() -> None:
    assert drawn(ONE).one("[lang]").attributes["lang"] == "en"
    assert drawn(ONE, lang="de-CH").one("[lang]").attributes["lang"] == "de-CH"
    assert drawn(ONE, lang="").all("[lang]") == []


def test_when_a_field_is_shown_is_said_as_a_table() -> None:
    page = drawn(ONE)

    field = page.one("[data-shown]").attributes
    assert field["data-variable"] == "dataset"
    assert json.loads(field["data-names"] or "") == ["size"]
    assert json.loads(field["data-shown"] or "") == [["a100"]]
    variables = [node.attributes["data-variable"] for node in page.all("[data-variable]")]
    assert variables == [each.name for each in FULL.fields]


def test_what_a_browser_loads_is_small() -> None:
    assert sum((ASSETS / name).stat().st_size for name in (SCRIPT, STYLESHEET)) <= 50_000
