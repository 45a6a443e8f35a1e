"""The texts of ``Warning`` headers, as an API server or a proxy before it may send them (C19)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.runtime.warning_headers import LONGEST, MOST, parse

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=40).filter(str.strip)


def header(text: str, code: int = 299, agent: str = "-") -> str:
    """As Kubernetes writes it: a quoted string, in which a backslash goes before quotes and backslashes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{code} {agent} "{escaped}"'


@pytest.mark.parametrize(
    ("headers", "texts"),
    [
        ((), ()),
        (('299 - "unknown field \\"spec.resource\\""',), ('unknown field "spec.resource"',)),
        (('299 - "a"', '299 - "b"'), ("a", "b")),
        (('299 - "a, 299 - b", 299 example.org:80 "c"',), ("a, 299 - b", "c")),
        (('299 - "a" "Sat, 25 Aug 2012 23:34:45 GMT", 299 - "b"',), ("a", "b")),
        (('110 cache "Response is stale"', '299 - "a"'), ("a",)),
        (('299 - "a"', '299 - "b"', '299 - "a"'), ("a", "b")),
        (('299 - ""', '299 - " "', "299 - a", '299 - "a', "nonsense", ""), ()),
        (('1299 - "a"',), ()),
        (('299 - "\udcff"',), ("?",)),
    ],
)
def test_texts_are_read_from_all_headers_C19(headers: tuple[str, ...], texts: tuple[str, ...]) -> None:
    assert parse(headers) == texts


@given(st.lists(TEXTS, max_size=MOST, unique=True), st.booleans())
def test_any_text_comes_back_as_it_was_sent_C19(texts: list[str], together: bool) -> None:
    headers = [header(text) for text in texts]

    assert parse([", ".join(headers)] if together else headers) == tuple(texts)


@given(st.lists(st.text(), max_size=40))
def test_whatever_a_header_says_the_answer_is_bounded_and_can_be_written_C19(headers: list[str]) -> None:
    texts = parse(headers)

    assert len(texts) <= MOST
    assert all(len(text.encode().decode()) <= LONGEST for text in texts)


def test_many_and_long_texts_are_cut_C19() -> None:
    texts = parse(header(f"{number} {'x' * 1000}") for number in range(100))

    assert len(texts) == MOST
    assert {len(text) for text in texts} == {LONGEST}
    assert all(text.endswith("…") for text in texts)
