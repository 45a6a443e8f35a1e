"""Texts of others are legible in every output, and harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.drawing.text import for_dot, for_terminal, for_xml, visible
from tests.unit.graph.drawing.drawn_graphs import HARMFUL, TEXTS, read_xml


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("jovyan", "jovyan"),
        ("田中　太郎", "田中　太郎"),
        ("עדן", "עדן"),
        ("two\nlines", "two␊lines"),
        ("\x1b[31mred", "␛[31mred"),
        ("nul\x00 del\x7f", "nul␀ del␡"),
        ("\x9b31m", "\\x9b31m"),
        ("user\u202etxt", "user\\u202etxt"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("lone \ud800", "lone \\ud800"),
        ("line\u2028separator", "line\\u2028separator"),
        ("no \ufffe character", "no \\ufffe character"),
    ],
)
def test_every_character_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(TEXTS)
def test_what_is_visible_is_one_line_of_printable_characters_and_stays_so(text: str) -> None:
    shown = visible(text)

    assert all(
        each.isprintable() or each in "\xa0\u1680\u202f\u205f\u3000" or "\u2000" <= each <= "\u200a" for each in shown
    )
    assert visible(shown) == shown
    assert shown.encode()


@given(TEXTS, st.integers(1, 30))
def test_a_limit_holds_and_what_is_cut_is_marked(text: str, limit: int) -> None:
    shown = visible(text, limit)

    assert len(shown) <= limit
    assert shown == visible(text) or shown.endswith("…")


@given(TEXTS)
def test_xml_reads_back_what_is_visible(text: str) -> None:
    read = read_xml(f'<a b="{for_xml(text)}">{for_xml(text)}</a>')

    assert read.text == read.get("b") == visible(text)


@given(TEXTS)
def test_a_string_of_graphviz_ends_where_it_should(text: str) -> None:
    quoted = for_dot(text)

    inner = quoted[1:-1].replace("\\\\", "").replace('\\"', "")
    assert quoted[0] == quoted[-1] == '"'
    assert '"' not in inner
    assert "\\" not in inner


@given(TEXTS)
def test_rich_finds_no_markup_in_a_text(text: str) -> None:
    shown = for_terminal(text)

    assert shown.plain == visible(text)
    assert shown.spans == []


def test_nothing_harmful_is_left_for_a_terminal() -> None:
    assert not set(for_terminal(HARMFUL).plain) & {each for each in HARMFUL if not each.isprintable()}


@pytest.mark.parametrize("filler", "\u115f\u1160\u3164\uffa0\u2800")
def test_letters_that_show_nothing_are_shown(filler: str) -> None:
    assert visible(f"alice{filler}") != visible("alice")
    assert filler not in visible(f"alice{filler}")
