"""Expressions in CEL: true, false, or an error that says why. No mistake and no value ever counts as true."""

import contextlib
import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyternetes.templating.conditions.cel import Compiler, ExpressionError, Undecided, quantity

TYPES = {
    "vars.size": "string",
    "vars.size.cpu": "int",
    "vars.gpu": "int",
    "vars.share": "double",
    "vars.big": "bool",
    "vars.tags": "dyn",
}
VALUES = {"vars.size": "s", "vars.size.cpu": 4, "vars.gpu": 1, "vars.share": 0.5, "vars.big": True, "vars.tags": {}}


def compiled(text):
    return Compiler(TYPES).compile(text, TYPES)


def holds(text, **values):
    named = {f"vars.{name}": value for name, value in values.items()}
    return compiled(text).holds(VALUES | named)


def refusal(text):
    with pytest.raises(ExpressionError) as refused:
        compiled(text)
    return str(refused.value)


def undecided(text, **values):
    with pytest.raises(Undecided) as raised:
        holds(text, **values)
    return str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "vars.size == 's' && vars.size.cpu > 2",
        "vars.gpu == 0 || vars.size in ['s', 'l']",
        "vars.share < 1.0 && dyn(vars.share) < 1",
        "vars.big ? vars.gpu == 1 : true",
        "vars.size.matches('^[a-z]$')",
        "quantity('1Gi') > quantity('1023Mi')",
        "!('a' in vars.tags)",
        "[1, 2].exists(x, x == vars.gpu)",
        "vars . gpu == 1",
        "true // a remark",
    ],
)
def test_what_is_true(text):
    assert holds(text) is True
    assert holds(f"!({text}\n)") is False


#: A mistake, and what its author has to read to find it.
MISTAKES = {
    "a letter too many": ("vars.gpuu > 0", "undeclared reference to 'vars.gpuu' (character 5)"),
    "another letter case": ("vars.GPU > 0", "undeclared reference to 'vars.GPU'"),
    "without vars": ("gpu > 0", "undeclared reference to 'gpu'"),
    "vars alone": ("vars == 1", "undeclared reference to 'vars'"),
    "a member of a text": ("vars.size.memory == 1", "of type 'string' cannot be the operand of a select"),
    "a number compared with a text": ("vars.gpu == '1'", "no matching overload for '_==_' applied to '(int, string)'"),
    "a double compared with an int": ("vars.share > 1", "doubles, which are compared with 2.0"),
    "a number as a condition": ("vars.gpu", "must be true or false, and is of type int"),
    "a text as a condition": ("'true'", "must be true or false, and is of type string"),
    "json as a condition": ("vars.tags.on", "must be true or false, and is of type dyn"),
    "one of two of json": ("vars.big ? vars.tags : false", "must be true or false, and is of type dyn"),
    "null": ("vars.gpu == null", "(int, null_type)"),
    "one =": ("vars.gpu = 1", "Syntax error"),
    "and as a word": ("vars.big and vars.big", "Syntax error"),
    "an open bracket": ("(vars.big", "Syntax error"),
    "no quotes": ("vars.size == small", "undeclared reference to 'small'"),
    "a placeholder": ("{gpu} > 0", "Syntax error"),
    "nothing but blanks": ("  ", "Syntax error"),
    "an unknown function": ("vars.size.trim() == ''", "undeclared reference to 'trim'"),
    "has": ("has(vars.big)", "there is no has()"),
    "has of a member": ("has(vars.tags.a)", "there is no has()"),
    "a new list": ("[1].map(x, x) == [1]", "undeclared reference to 'map'"),
    "texts put together": ("vars.size + vars.size == 'ss'", "'_+_' applied to '(string, string)'"),
    "a pattern that is a value": ("'a'.matches(vars.size)", "its pattern as a text in quotes"),
    "a pattern in no quotes": ("vars.size.matches ( (vars.size))", "its pattern as a text in quotes"),
    "matches as a function": ("matches('a', vars.size)", "undeclared reference to 'matches'"),
    "a NUL": ("vars.size == 'a\0'", "control characters"),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_found_when_the_expression_is_compiled(text, said):
    message = refusal(text)

    assert said in message
    assert "\n" not in message


ERRORS = {
    "division": ("1 / (vars.gpu - 1) > 0", {}, "it divides by zero"),
    "a key": ("vars.tags.secret == 1", {"tags": {"other": 1}}, "a key that is not there"),
    "an item": ("vars.tags[3] == 1", {"tags": [1]}, "an item that is not there"),
    "a type": ("vars.tags > 1", {"tags": "sesame"}, "wrong type"),
    "a type of a condition": ("vars.big && vars.tags", {"tags": 3}, "wrong type"),
    "a loop over no list": ("vars.tags.exists(x, x == 1)", {"tags": "sesame"}, "wrong type"),
    "no number": ("int(vars.size) > 1", {"size": "sesame"}, "CEL cannot evaluate it"),
    "no quantity": ("quantity(vars.size) > 1.0", {"size": "sesame"}, "CEL cannot evaluate it"),
    "no pattern": ("vars.size.matches('(')", {"size": "sesame"}, "a pattern in it is none of RE2"),
    "overflow": ("vars.gpu * 2 > 0", {"gpu": 2**62}, "too large"),
    "an integer of another size": ("vars.gpu > 0", {"gpu": 2**70}, "CEL cannot evaluate it"),
    "another type than declared": ("vars.gpu > 0", {"gpu": "1"}, "CEL cannot evaluate it"),
    "half of a surrogate pair": ("vars.size == 'a'", {"size": "\ud800"}, "CEL cannot evaluate it"),
}


@pytest.mark.parametrize(("text", "values", "said"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_is_neither_true_nor_false_and_repeats_no_value(text, values, said):
    message = undecided(text, **values)
    assert said in message
    assert "sesame" not in message
    assert undecided(f"!({text})", **values) == message


def test_a_value_that_is_missing_is_an_error_only_where_it_matters():
    expression = compiled("vars.big || vars.gpu > 0")

    assert expression.holds({"vars.big": True})
    with pytest.raises(Undecided, match="has no value"):
        expression.holds({"vars.big": False})


@pytest.mark.parametrize("values", [{"size": "s\0x"}, {"tags": ["s\0x"]}, {"tags": {"s\0x": 1}}])
def test_a_text_with_NUL_is_not_taken_for_what_stands_before_it(values):
    text = "vars.size == 's'" if "size" in values else "vars.tags != 1"

    assert "NUL" in undecided(text, **values)


#: What would keep an operator busy, or fill its memory, if nothing were limited.
BOMBS = {
    "loops in loops": "{L}.all(a, {L}.all(b, {L}.all(c, a + b + c > 0)))",
    "two loops": "{L}.all(a, {L}.all(b, a + b > 0)) && false",
    "two loops over more": "{M}.all(a, {M}.all(b, vars.size.matches('(.*)(.*)(.*)b') || a + b > 0)) && false",
    "texts that double": "[dyn('a')]" + ".map(x, x + x)" * 20 + ".size() > 0",
    "texts that double in loops": "[dyn(vars.size)].exists(a, [a+a].exists(b, [b+b].exists(c, [c+c] != [a])))",
    "many signs": "dyn(vars.size)" + "+vars.size" * 100 + " == ''",
    "lists of one list": "[{A}].exists(a, [[a,{B}]].exists(b, [b,{C}] == [b,{C}])) && false",
    "brackets": "(" * 900 + "true" + ")" * 900,
    "conditions": "true ? true : " * 140 + "true",
    "negations": "!" * 2000 + "true",
    "long": "true" + " && true" * 400,
    "remarks before brackets": "all" + "//" * 1000 + "(",
}


def filled(bomb):
    """The bomb with the lists that it stands for."""
    for letter, item, count in (("L", "[1]", 60), ("M", "[1]", 99), ("A", "1", 200), ("B", "a", 200), ("C", "b", 200)):
        items = ",".join([item.strip("[]")] * count)
        bomb = bomb.replace(f"{{{letter}}}", f"[{items}]" if item.startswith("[") else items)
    return bomb


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_no_expression_keeps_an_operator_busy(bomb):
    begun = time.process_time()
    found = answer(filled(bomb), VALUES | {"vars.size": "a" * 1024})

    assert time.process_time() - begun < 2
    assert found is not True or bomb.startswith("!")


def test_a_loop_that_takes_too_many_steps_says_so():
    assert "too many steps" in undecided("vars.tags.all(x, vars.tags.all(y, x == y))", tags=[1] * 500)


def test_without_the_package_every_expression_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)

    for text in ("true", "vars.gpu > 0", "vars.gpuu"):
        assert "install the package cel-expr-python" in refusal(text)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FALSE = ["vars.big && false", "vars.gpu != vars.gpu", "vars.size != vars.size", "vars.tags == vars.tags && false"]
PIECES = st.sampled_from(
    [
        "vars.size",
        "vars.gpu",
        "vars.tags",
        "vars.big",
        "!",
        "(",
        ")",
        "&&",
        "||",
        "==",
        "<",
        "1",
        "'a'",
        "true",
        "?",
        ":",
    ]
)


def answer(text, values=VALUES):
    """True, False, or why there is no answer."""
    try:
        return compiled(text).holds(values)
    except (ExpressionError, Undecided) as error:
        return str(error)


@given(values=st.fixed_dictionaries(dict.fromkeys(TYPES, ANY_JSON)), text=st.sampled_from(FALSE))
def test_no_value_of_any_type_makes_what_is_never_true_true(values, text):
    found = answer(text, values)

    assert found is False or isinstance(found, str)
    assert found != ""


@given(text=st.text() | st.lists(PIECES, max_size=9).map(" ".join))
@example("vars.tags")
def test_any_text_is_an_error_or_has_an_answer_and_its_opposite(text):
    found = answer(text)

    assert isinstance(found, str) or answer(f"!({text}\n)") is (not found)
    assert found != ""


@given(st.text("0123456789.-+kKMGTPEinume", max_size=12) | st.text())
def test_a_quantity_is_a_number_or_an_error(text):
    with contextlib.suppress(ValueError):
        assert isinstance(quantity(text), float)


@pytest.mark.parametrize(
    ("text", "number"), [("500m", 0.5), ("4Gi", 2.0**32), ("9e400", float("inf")), ("-9e400", -float("inf"))]
)
def test_a_quantity_counts_in_its_base_unit(text, number):
    assert quantity(text) == number
