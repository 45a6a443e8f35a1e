"""What a browser sends becomes texts again."""

import pytest

from jupyternetes.options.form import field_name, given


def test_only_the_chosen_template_counts() -> None:
    sent = {"template": ["ns/a"], "ns/a/x": ["1"], "ns/ab/x": ["2"], "ns/b/x": ["3"], "_xsrf": ["4"], "x": ["5"]}

    assert given(sent) == ("ns/a", {"x": "1"})


def test_the_last_text_counts() -> None:
    assert given({"template": ["ns/a", "ns/b"], "ns/b/x": ["false", "true"]}) == ("ns/b", {"x": "true"})


@pytest.mark.parametrize("sent", [{}, {"template": []}, {"template": [""], "/x": ["1"]}, {"ns/a/x": ["1"]}])
def test_without_template_nothing_is_given(sent: dict[str, list[str]]) -> None:
    assert given(sent) == ("", {})


def test_line_breaks_are_those_that_were_typed() -> None:
    assert given({"template": ["ns/a"], "ns/a/x": ["one\r\ntwo\nthree\r"]}) == ("ns/a", {"x": "one\ntwo\nthree\r"})


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ('"a\\r\\nb\\u0000"', "a\r\nb\0"),
        ('""', ""),
        ("no JSON", "no JSON"),
        ("1", "1"),
        ("null", "null"),
        ('["a"]', '["a"]'),
    ],
)
def test_a_text_that_was_sent_as_json_is_read(sent: str, text: str) -> None:
    name = field_name("ns/a", "x", as_json=True)

    assert given({"template": ["ns/a"], name: [sent]}) == ("ns/a", {"x": text})
