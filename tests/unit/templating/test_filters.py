import json
import shlex
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.slugs import is_dns_label, is_label_value
from jupyternetes.templating.filters import FILTERS

names = st.one_of(
    st.text(), st.text(alphabet="ab-.A_", max_size=70), st.from_regex(r"[a-z]{0,5}--[a-z2-7]{13}", fullmatch=True)
)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("json", 'a"b\\c\n', 'a\\"b\\\\c\\n'),
        ("json", "Ünï", "Ünï"),
        ("url", "a b/ü?", "a%20b%2F%C3%BC%3F"),
        ("shell", "plain", "'plain'"),
        ("shell", "it's $HOME", "'it'\"'\"'s $HOME'"),
        ("shell", "", "''"),
        ("label", "", ""),
        ("label", "Alice_B.c-d", "Alice_B.c-d"),
        ("label", "user@example.org", "user-example.org--2fm66yso3btjp"),
        ("dns", "alice", "alice"),
        ("label", "Ünïcode name", "Unicode-name--22k6wtfbgmycu"),
        ("label", "a" * 64, "a" * 32 + "--77qfj7t24dfw3"),
        ("dns", "日本", "x--z4vl6dc34mtmx"),
        ("dns", "Alice", "alice--hpcrayuxhrcy2"),
    ],
)
def test_filters(name, text, expected):
    assert FILTERS[name](text) == expected


ODD_NAMES = [
    *("", "a", "A", "9", "-", "--", "---", "_", ".", " ", "-a", "a-", "a--b", "a-b", "a_b", "a.b", "a b", "A-b"),
    *(
        "9lives",
        "user@example.org",
        "user+tag",
        "Ünïcode name",
        "unicode name",
        "日本",
        "İ",
        "ß",
        "a/b",
        "../a",
        "a\nb",
    ),
    *("a" * 62, "a" * 63, "a" * 64, "a" * 65, "A" * 64, "a" * 62 + "-", "x--aaaaaaaaaaaaa"),
]


@pytest.mark.parametrize(("name", "fits"), [("label", is_label_value), ("dns", is_dns_label)])
def test_odd_names_become_valid_and_stay_different_N03(name, fits):
    slugs = [FILTERS[name](odd) for odd in ODD_NAMES]
    assert all(fits(slug) for slug in slugs)
    assert len(set(slugs)) == len(ODD_NAMES)
    kept = [odd for odd in ODD_NAMES if fits(odd) and odd != "x--aaaaaaaaaaaaa"]
    assert [FILTERS[name](odd) for odd in kept] == kept


def test_names_that_are_equal_in_lower_case_differ_N04():
    assert len({FILTERS["dns"](name) for name in ("alice", "Alice", "ALICE")}) == 3


@given(st.text())
def test_json_stays_inside_its_string(text):
    assert json.loads(f'"{FILTERS["json"](text)}"') == text


@given(st.text())
def test_url_is_one_segment(text):
    quoted = FILTERS["url"](text)
    assert unquote(quoted) == text
    assert not set(quoted) & set("/?#& ")


@given(st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8")))
def test_shell_is_one_word(text):
    assert shlex.split(FILTERS["shell"](text)) == [text]


@pytest.mark.parametrize("text", ["fi", "done", "A=b", "-i", "plain"])
def test_shell_quotes_what_means_something_to_a_shell_as_it_is(text):
    assert FILTERS["shell"](text) == f"'{text}'"


@given(names)
def test_label_gives_a_label_value(text):
    slug = FILTERS["label"](text)
    assert is_label_value(slug)
    assert slug == FILTERS["label"](text)


@given(names)
def test_dns_gives_a_dns_label(text):
    assert is_dns_label(FILTERS["dns"](text))


@given(names, names)
@pytest.mark.parametrize("name", ["label", "dns"])
def test_two_values_never_become_one(name, one, other):
    convert = FILTERS[name]
    assert (convert(one) == convert(other)) == (one == other)


@given(names)
@pytest.mark.parametrize("name", ["label", "dns"])
def test_nobody_can_take_the_slug_of_somebody_else(name, text):
    """A user who calls himself as somebody's slug reads gets another slug."""
    slug = FILTERS[name](text)
    assert slug == text or FILTERS[name](slug) != slug


@pytest.mark.parametrize("name", ["label", "dns"])
def test_a_slug_leaves_room_for_a_prefix(name):
    assert len(FILTERS[name]("x@" * 200)) <= 47
