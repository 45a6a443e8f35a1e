import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.templating.lexer import Placeholder, split

X = Placeholder("x")
KNOWN = {"x"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("plain", ("plain",)),
        ("{x}", (X,)),
        ("a{x}b", ("a", X, "b")),
        ("{x}{x}", (X, X)),
        ("{ x\t}", (X,)),
        ("{X}", (X,)),
        ("{JupyterHub.User.Name}", (Placeholder("jupyterhub.user.name"),)),
        ("{a-b_c.0.d}", (Placeholder("a-b_c.0.d"),)),
        ("{x:json}", (Placeholder("x", "json"),)),
        ("{ x:URL }", (Placeholder("x", "URL"),)),
    ],
)
def test_placeholders_are_found(text, parts):
    assert split(text, KNOWN) == parts


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{ }",
        "${HOME}",
        "${HOME:-/root}",
        "$${x}",
        "${{ matrix.os }}",
        "[a-z]{3}",
        "{3}",
        '{"a": {"b": 1}}',
        '{"x"}',
        "{x",
        "x}",
        "}x{",
        "{a b}",
        "{a: b}",
        "{a.}",
        "{.a}",
        "{a..b}",
        "{x:}",
        "{x:json:url}",
        "{{}}",
        "{{ a b }}",
        "{é}",
        "{x\n}",
        "{print $1}",
        "f() { echo; }",
    ],
)
def test_other_braces_are_text_B04(text):
    assert split(text, KNOWN) == (text,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("{{x}}", ("{x}",)),
        ("{{ X:json }}", ("{ X:json }",)),
        ("a{{x}}{x}", ("a{x}", X)),
        ("{{{x}}}", ("{", X, "}")),
        ("{{{{x}}}}", ("{{x}}",)),
        ("{{{{{x}}}}}", ("{{", X, "}}")),
        ("{{x}", ("{", X)),
        ("{x}}", (X, "}")),
        ("{{{x}}", ("{{x}",)),
        ("{{x}}}", ("{x}}",)),
        ('{"port":{x}}', ('{"port":', X, "}")),
        ('{"a":{"port":{x}}}', ('{"a":{"port":', X, "}}")),
        ("${A_{x}}", ("${A_", X, "}")),
    ],
)
def test_braces_round_a_name_count_in_pairs_T04(text, parts):
    assert split(text, KNOWN) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("{{end}}", ("{{end}}",)),
        ("{{ End }}{{x}}", ("{{ End }}{x}",)),
        ("{{{end}}", ("{{{end}}",)),
        ("{{end}}}", ("{{end}}}",)),
        ("{{{{ end }}}}", ("{{{{ end }}}}",)),
        ("{{ end:json }}", ("{{ end:json }}",)),
        ("{{end}}{x}{{ end }}", ("{{end}}", X, "{{ end }}")),
        ("{end}", (Placeholder("end"),)),
        ("{{{end}}}", ("{", Placeholder("end"), "}")),
    ],
)
def test_pairs_round_what_is_no_variable_are_text_C30(text, parts):
    assert split(text, KNOWN) == parts


@given(st.text())
def test_text_without_a_name_between_braces_is_unchanged(text):
    without = text.replace("}", "")
    assert split(without, KNOWN) == ((without,) if without else ())


@given(st.text(alphabet="{}$x:. a", max_size=30))
def test_no_two_pieces_of_text_stand_side_by_side(text):
    parts = split(text, KNOWN)
    assert all(parts)
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in itertools.pairwise(parts))


def test_long_runs_of_braces_take_no_time():
    text = "{" * 2_000 + " " * 2_000
    assert split(text, KNOWN) == (text,)
