"""Cutting a byte stream into lines."""

from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.runtime.lines import LineSplitter

LINES = st.lists(st.binary(min_size=1).filter(lambda data: b"\n" not in data and data.strip() != b""))


@given(LINES, st.data())
def test_any_cuts_give_the_same_lines(lines: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    chunks = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    splitter = LineSplitter()

    assert [line for chunk in chunks for line in splitter.feed(chunk)] == lines


def test_unfinished_line_is_not_given_out() -> None:
    splitter = LineSplitter()

    assert splitter.feed(b"one\ntw") == [b"one"]
    assert splitter.feed(b"") == []
    assert splitter.feed(b"o\r\n\n") == [b"two\r"]
