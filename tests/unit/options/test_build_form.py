"""From Templates to what a form shows."""

import re
from typing import Any

import pytest
import re2

from jupyternetes.options.browser_pattern import browser_pattern
from jupyternetes.options.build_form import build_form, needs_form
from jupyternetes.options.choose import Refused, choose
from jupyternetes.options.form import Card, Field, FieldKind, Visibility
from jupyternetes.options.given import Options
from jupyternetes.options.recall import recall
from jupyternetes.options.sent import form_options, link_options
from tests.unit.options.options_support import DATASET, HUB, NOW, SIZE, offered, refused, template

KEY = f"{HUB}/lab"
NOTHING = Options()


def card(*variables: Any, options: Options = NOTHING, groups: tuple[str, ...] = (), **spec: Any) -> Card:
    (found,) = build_form(offered(template(*variables, **spec), groups=groups), options, now=NOW).cards
    return found


def field(*variables: Any, options: Options = NOTHING, groups: tuple[str, ...] = (), **spec: Any) -> Field:
    """The field of the last variable."""
    return card(*variables, options=options, groups=groups, **spec).fields[-1]


def test_a_card_tells_what_the_template_says_of_itself() -> None:
    found = card(displayName="Laboratory", description="For all.", icon="https://x/y.png")

    assert (found.key, found.title, found.description, found.icon) == (KEY, "Laboratory", "For all.", "https://x/y.png")
    assert card().title == "lab"


def test_a_field_with_choices() -> None:
    found = field(SIZE)

    assert (found.kind, found.title, found.value, found.required) == (FieldKind.CHOICE, "Size", "small", False)
    assert [option.value for option in found.options] == ["small", "medium"]
    assert (found.options[0].title, found.options[0].description) == ("Small", "1 CPU, 2 GiB")
    assert found.options[1].note == "be kind"


def test_choices_of_a_group_are_shown_to_it() -> None:
    assert [option.value for option in field(SIZE, groups=("gpu-users",)).options] == ["small", "medium", "a100"]


def test_a_hidden_choice_is_shown_to_who_has_it() -> None:
    found = field(SIZE, options=Options(KEY, {"size": "old"}))

    assert (found.value, [option.value for option in found.options]) == ("old", ["small", "medium", "old"])


def test_a_default_of_others_is_not_the_persons() -> None:
    assert field({**SIZE, "default": "a100"}).value == "small"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 4, "default": 2}, (FieldKind.NUMBER, "2", "1", "4", None)),
        ({"type": "number", "default": 0.5}, (FieldKind.NUMBER, "0.5", "", "", None)),
        ({"type": "quantity", "maximum": "32Gi"}, (FieldKind.TEXT, "", "", "32Gi", None)),
        ({"type": "boolean", "default": True}, (FieldKind.BOOLEAN, "true", "", "", None)),
        ({"maxLength": 40}, (FieldKind.TEXT, "", "", "", 40)),
        ({}, (FieldKind.TEXT, "", "", "", None)),
        ({"enum": ["a", "b"]}, (FieldKind.CHOICE, "", "", "", None)),
        ({"type": "boolean", "enum": [True]}, (FieldKind.CHOICE, "", "", "", None)),
    ],
)
def test_kinds_of_fields(declared: dict[str, Any], expected: tuple[Any, ...]) -> None:
    found = field({"name": "v", "userSettable": True, **declared})

    assert (found.kind, found.value, found.minimum, found.maximum, found.max_length) == expected


def test_a_field_must_be_filled_in_where_nothing_else_is_used() -> None:
    needed = {"name": "v", "userSettable": True, "required": True}

    assert field(needed).required
    assert not field({**needed, "default": "x"}).required
    assert not field({"name": "v", "userSettable": True}).required


def test_what_is_not_userSettable_has_no_field() -> None:
    assert card({"name": "v", "default": ""}).fields == ()
    assert not needs_form(offered(template({"name": "v", "default": ""})))
    assert needs_form(offered(template(SIZE)))
    assert needs_form(offered(template(), template(name="other")))


def test_only_the_chosen_card_is_filled_in_F13() -> None:
    """Names of one Template that begin those of another do not mix."""
    offers = offered(template(SIZE, name="lab"), template(SIZE, name="lab-plus"))
    sent = {
        "template": [KEY],
        f"{KEY}/size": ["medium"],
        f"{HUB}/lab-plus/size": ["small"],
        f"{KEY}-plus/size": ["small"],
    }

    options = form_options(offers, sent)
    form = build_form(offers, options, now=NOW)

    assert options == Options(KEY, {"size": "medium"})
    assert form.chosen == KEY
    assert [each.fields[0].value for each in form.cards] == ["medium", "small"]


def test_a_form_posts_one_template_and_what_is_of_it_F01() -> None:
    offers = offered(template(SIZE, name="a"), template(SIZE, DATASET, name="b"))
    sent = {"template": [f"{HUB}/b"], f"{HUB}/a/size": ["medium"], f"{HUB}/b/size": ["small"], "_xsrf": ["x"]}

    assert form_options(offers, sent) == Options(f"{HUB}/b", {"size": "small"})


def test_an_empty_field_was_not_filled_in_unless_it_may_be_meant_so() -> None:
    variables = [
        {"name": "n", "userSettable": True, "type": "integer", "default": 1},
        {"name": "text", "userSettable": True, "default": "x"},
        {"name": "open", "userSettable": True},
        {"name": "kind", "userSettable": True, "enum": ["a", ""], "default": "a"},
        {"name": "other", "userSettable": True, "enum": ["a"], "default": "a"},
    ]
    sent = {"template": [KEY], **{f"{KEY}/{each['name']}": [""] for each in variables}}

    assert form_options(offered(template(*variables)), sent).variables == {"text": "", "kind": ""}


def test_a_refused_form_shows_what_was_typed_and_why() -> None:
    offers = offered(template(SIZE, DATASET), template(name="other"))
    options = Options(KEY, {"size": "medium", "dataset": "Two Words", "stray": "x"})
    outcome = choose(offers, Options(KEY, {"size": "medium", "dataset": "Two Words"}))
    assert isinstance(outcome, Refused)

    form = build_form(offers, options, refused=outcome, now=NOW)

    size, dataset = form.cards[0].fields
    assert (size.value, size.problem) == ("medium", "")
    assert (dataset.value, dataset.problem) == ("Two Words", outcome.fields["dataset"])
    assert (form.chosen, form.problems) == (KEY, ())


def test_what_is_wrong_with_no_field_stands_above_the_form() -> None:
    offers = offered(template(SIZE))
    outcome = refused(offers, KEY, sise="small")

    form = build_form(offers, Options(KEY, {"sise": "small"}), refused=outcome, now=NOW)

    assert form.problems == (outcome.fields["sise"],)


def test_a_template_that_is_gone_leaves_no_card_chosen() -> None:
    outcome = refused(offered(template(SIZE)), "hub-home/none")

    form = build_form(offered(template(SIZE)), Options("hub-home/none"), refused=outcome, now=NOW)

    assert (form.chosen, form.problems) == ("", outcome.problems)


def test_a_form_begins_with_the_last_choice_and_says_what_changed_F15() -> None:
    offers = offered(template(SIZE, name="first"), template(SIZE, DATASET))
    recalled = recall(offers, {"template": KEY, "variables": {"size": "medium", "dataset": "NOT GOOD"}})

    form = build_form(offers, recalled.options, notices=recalled.notices, now=NOW)

    assert form.chosen == KEY
    assert [each.value for each in form.cards[1].fields] == ["medium", "none"]
    assert form.notices == ("What you chose last for Data set cannot be chosen any more. none is chosen instead.",)


def test_a_link_names_a_template_and_values() -> None:
    new = {"template": [KEY], "size": ["small", "medium"]}
    old = {f"opt-{name}": texts for name, texts in new.items()}

    assert link_options(new) == link_options(old) == Options(KEY, {"size": "medium"})


@pytest.mark.parametrize(
    ("observed", "free", "expected"),
    [
        ("2026-11-29T11:57:00Z", 2, "2 free, 3 minutes ago"),
        ("2026-11-29T10:59:00Z", 1, "1 free, 1 hour ago"),
        ("2026-11-26T11:59:00Z", 0, "none free, 3 days ago"),
        ("2026-11-29T11:59:55Z", 2, "2 free, just now"),
        ("2026-11-29T13:00:00Z", 2, "2 free, just now"),
        ("long ago", 2, "2 free"),
        ("2026-11-29T11:57:00", 2, "2 free"),
    ],
)
def test_how_many_are_left_is_shown_beside_a_choice(observed: str, free: int, expected: str) -> None:
    status = {
        "availability": [
            {"variable": "Size", "value": "medium", "free": free, "observed": observed},
            {"variable": "size", "value": "gone", "free": 1, "observed": observed},
        ]
    }

    found = field(SIZE, status=status)

    assert [option.availability for option in found.options] == ["", expected]


def test_a_table_says_when_a_field_is_shown() -> None:
    found = field(SIZE, DATASET)

    assert found.visibility == Visibility(names=("size",), shown=frozenset({("medium",), ("old",)}))


def test_a_field_that_depends_on_a_hidden_one_goes_by_its_default() -> None:
    """The tick is shown for medium only, and is on by default: for small, what depends on it is shown."""
    tick = {"name": "tick", "userSettable": True, "type": "boolean", "default": True, "when": "vars.size == 'medium'"}
    third = {"name": "third", "userSettable": True, "default": "", "when": "vars.tick"}

    found = field(SIZE, tick, third)

    assert found.visibility is not None
    assert found.visibility.names == ("size", "tick")
    assert found.visibility.shown == {
        ("small", "true"), ("small", "false"), ("medium", "true"), ("old", "true"), ("old", "false")
    }  # fmt: skip


def test_what_comes_with_a_choice_decides_too() -> None:
    big = {"name": "big", "userSettable": True, "default": "", "when": "vars.size.cpu > 1"}

    found = field(SIZE, big)

    assert found.visibility == Visibility(names=("size",), shown=frozenset({("medium",)}))


def test_nothing_is_shown_for_what_is_not_chosen_yet() -> None:
    kind = {"name": "kind", "userSettable": True, "required": True, "enum": ["a", "b"]}
    found = field(kind, {"name": "v", "userSettable": True, "default": "", "when": "vars.kind != 'a'"})

    assert found.visibility == Visibility(names=("kind",), shown=frozenset({("b",)}))


def test_what_depends_on_any_text_or_on_too_much_is_always_shown() -> None:
    free = {"name": "free", "userSettable": True, "default": ""}
    many = [{"name": f"v{index}", "userSettable": True, "type": "boolean", "default": False} for index in range(9)]
    dependent = {"name": "v", "userSettable": True, "default": ""}

    assert field(free, {**dependent, "when": "vars.free == 'x'"}).visibility is None
    assert field(*many, {**dependent, "when": " && ".join(f"vars.v{index}" for index in range(9))}).visibility is None


def test_what_the_site_decided_needs_no_table_of_it() -> None:
    (found,) = build_form(offered(template(SIZE, DATASET), site={"size": "medium"}), Options(), now=NOW).cards

    assert found.fields[0].visibility == Visibility(names=(), shown=frozenset({()}))


@pytest.mark.parametrize(
    ("pattern", "browsers"),
    [
        ("[a-z][a-z0-9-]{0,40}", r"[a-z][a-z0-9\-]{0,40}"),
        ("[a-z0-9._]+", "[a-z0-9._]+"),
        ("(?:a|b)*c?", "(?:a|b)*c?"),
        (r"v\d+", ""),
        ("(?i)abc", ""),
        ("(?P<n>a)", ""),
        (r"\pL+", ""),
        ("[[:alpha:]]+", ""),
        ("é", ""),
        ("a**", ""),
        ("[a..b]", ""),
        (r"a\-b", ""),
        (r"a\.b", r"a\.b"),
    ],
)
def test_browsers_get_the_patterns_that_they_read_alike(pattern: str, browsers: str) -> None:
    assert browser_pattern(pattern) == browsers


def test_a_rewritten_pattern_means_the_same() -> None:
    rewritten = browser_pattern("[a-z0-9-]+")

    for text in ("a-b", "-", "a", "A", "a\\"):
        assert bool(re.fullmatch(rewritten, text)) == bool(re2.fullmatch("[a-z0-9-]+", text))
