"""What a declaration asks of a value is asked of every Instance; one that makes no sense is a problem itself."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.templating.variables.amounts import amount
from tests.unit.templating.templating_support import compile_anywhere, first_container, pod_template, rendering, texts


def template(**declaration):
    """A Template with one variable, `v`, that stands in an environment value."""
    env = [{"name": "V", "value": "{v}"}]
    return {
        **pod_template({"containers": [{"name": "main", "env": env}]}),
        "variables": [{"name": "v", "title": "Vee", **declaration}],
    }


def value_in(declaration, text):
    return first_container(template(**declaration), {"v": text})["env"][0]["value"]


def refusal(declaration, text):
    """The one problem of an Instance with this value."""
    (problem,) = rendering(template(**declaration), {"v": text}).problems
    assert (problem.source, problem.path) == ("Instance", "$.spec.variables.v")
    assert problem.message.startswith("variable 'v' (Vee) ")
    return problem.message


@pytest.mark.parametrize(
    ("declaration", "text"),
    [
        ({"enum": ["a", "b"]}, "b"),
        ({"type": "integer", "enum": [1, 2]}, "2"),
        ({"type": "boolean", "enum": [False]}, "False"),
        ({"type": "json", "enum": [{"a": 1, "b": 2}]}, '{"b": 2, "a": 1}'),
        ({"pattern": "[a-z]+"}, "abc"),
        ({"pattern": "a|ab"}, "ab"),
        ({"pattern": "[a-z]{2}", "enum": ["ab"]}, "ab"),
        ({"type": "integer", "minimum": 1, "maximum": 3}, "3"),
        ({"type": "integer", "minimum": "1"}, "1"),
        ({"type": "number", "minimum": 0.1, "maximum": 0.3}, "0.3"),
        ({"type": "number", "maximum": 9007199254740993}, "9007199254740993"),
        ({"type": "quantity", "minimum": "500m", "maximum": "32Gi"}, "32768Mi"),
        ({"type": "quantity", "maximum": 2}, "2000m"),
        ({"maxLength": 3}, "äöü"),
        ({"maxLength": 3}, "\U0001f600\U0001f600\U0001f600"),
        ({}, "x" * 1024),
        ({"maxLength": 65536}, "x" * 65536),
    ],
)
def test_a_value_within_its_bounds_is_used_B09(declaration, text):
    assert value_in(declaration, text)


@pytest.mark.parametrize(
    ("declaration", "text", "words"),
    [
        ({"enum": ["a", "b"]}, "c", "must be one of a, b"),
        ({"enum": ["a", "b"]}, "A", "must be one of a, b"),
        ({"enum": ["a"]}, "a ", "must be one of a"),
        ({"type": "integer", "enum": [1]}, "2", "must be one of 1"),
        ({"type": "boolean", "enum": [True]}, "false", "must be one of true"),
        ({"type": "json", "enum": [1]}, "true", "must be one of 1"),
        ({"enum": [str(i) for i in range(20)]}, "x", "10, 11, and 8 more"),
        ({"pattern": "[a-z]+"}, "abc\n", "must match [a-z]+"),
        ({"pattern": "[a-z]+"}, "1abc", "must match"),
        ({"pattern": "(?s).*[0-9]"}, "\udc80", "must match"),
        ({"type": "integer", "minimum": 1}, "0", "must be at least 1"),
        ({"type": "integer", "maximum": 9007199254740992}, "9007199254740993", "must be at most 9007199254740992"),
        ({"type": "number", "maximum": 0.3}, "0.30000000000000004", "must be at most 0.3"),
        ({"type": "quantity", "maximum": "32Gi"}, "33Gi", "must be at most 32Gi"),
        ({"type": "quantity", "maximum": "32Gi"}, "34359738368001m", "must be at most 32Gi"),
        ({"type": "quantity", "maximum": "32Gi"}, "1e999", "must be at most 32Gi"),
        ({"type": "quantity", "minimum": 0}, "-1n", "must be at least 0"),
        ({"maxLength": 3}, "abcd", "must have at most 3 characters"),
        ({}, "x" * 1025, "must have at most 1024 characters"),
        ({"type": "integer"}, "1" * 1025, "must have at most 1024 characters"),
        ({"type": "json"}, "[" * 1025, "must have at most 1024 characters"),
        ({"type": "number"}, "1" * 400, "must be a number"),
        ({"type": "quantity"}, "1" * 65, "must be a quantity"),
        ({"type": "json", "maxLength": 65536}, "1" * 5000, "must be JSON"),
        ({"pattern": ""}, "a", "must match"),
    ],
)
def test_a_value_outside_its_bounds_is_refused_with_the_limits_B09_X02(declaration, text, words):
    assert words in refusal(declaration, text)


@pytest.mark.parametrize(
    "declaration", [{"enum": ["a"]}, {"pattern": "a"}, {"maxLength": 3}, {"type": "json"}, {"type": "quantity"}]
)
def test_a_refused_value_is_never_repeated(declaration):
    assert "s3cret" not in refusal(declaration, "s3cret")


def test_undeclared_values_and_arguments_have_a_limit_too():
    spec = pod_template({"containers": [{"name": "main", "args": "{jupyterhub.args}"}]})
    for name in ("other", "jupyterhub.args"):
        assert rendering(spec, {name: '["' + "x" * 60_000 + '"]'}).problems == ()
        (problem,) = rendering(spec, {name: '["' + "x" * 70_000 + '"]'}).problems
        assert problem.path in (f"$.spec.variables.{name}", f"$.spec.variables['{name}']")
        assert "at most 65536 characters" in problem.message


@pytest.mark.parametrize(
    ("declaration", "where"),
    [
        ({"enum": []}, "enum"),
        ({"choices": []}, "choices"),
        ({"type": "quantity", "minimum": "1" * 5000}, "minimum"),
        ({"type": "number", "maximum": 10**400}, "maximum"),
        ({"type": "quantity", "enum": ["1"], "default": "1" * 5000}, "default"),
        ({"type": "json", "maxLength": 4, "default": [1, 2]}, "default"),
        ({"type": "integer", "pattern": "[0-9]"}, "pattern"),
        ({"type": "json", "pattern": "a"}, "pattern"),
        ({"minimum": 1}, "minimum"),
        ({"type": "boolean", "maximum": 1}, "maximum"),
        ({"type": "integer", "maxLength": 3}, "maxLength"),
        ({"pattern": "("}, "pattern"),
        ({"pattern": "a(?=b)"}, "pattern"),
        ({"pattern": r"(a)\1"}, "pattern"),
        ({"pattern": "a" * 513}, "pattern"),
        ({"pattern": r"(\pL|\pN){200}"}, "pattern"),
        ({"pattern": "a{0,1000}b{0,1000}"}, "pattern"),
        ({"type": "integer", "minimum": "x"}, "minimum"),
        ({"type": "integer", "maximum": 1.5}, "maximum"),
        ({"type": "quantity", "maximum": "4gb"}, "maximum"),
        ({"type": "integer", "minimum": 2, "maximum": 1}, "minimum"),
        ({"type": "quantity", "minimum": "1Gi", "maximum": "1023Mi"}, "minimum"),
        ({"enum": [1]}, "enum[0]"),
        ({"type": "integer", "enum": [1, "x"]}, "enum[1]"),
        ({"type": "integer", "enum": [1, None]}, "enum[1]"),
        ({"enum": ["a", "b", "a"]}, "enum[2]"),
        ({"type": "quantity", "enum": ["1Gi", "1024Mi"]}, "enum[1]"),
        ({"type": "integer", "maximum": 1, "enum": [1, 2]}, "enum[1]"),
        ({"pattern": "[a-z]", "enum": ["a", "1"]}, "enum[1]"),
        ({"maxLength": 1, "enum": ["a", "ab"]}, "enum[1]"),
        ({"enum": ["a"], "default": "b"}, "default"),
        ({"pattern": "[a-z]", "default": "1"}, "default"),
        ({"type": "integer", "maximum": 1, "default": 2}, "default"),
        ({"default": "x" * 1025}, "default"),
        ({"maxLength": 1, "default": "ab"}, "default"),
        ({"type": "json", "userSettable": True}, "userSettable"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_a_problem_of_the_template(declaration, where):
    (problem,) = compile_anywhere(template(**declaration)).problems
    assert (problem.source, problem.path) == ("Template", f"$.spec.variables[0].{where}")


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"enum": ["a"]}, "enum"),
        ({"choices": [{"value": "a"}]}, "choices"),
        ({"pattern": "a"}, "pattern"),
        ({"minimum": 1}, "minimum"),
        ({"maximum": 1}, "maximum"),
        ({"maxLength": 3}, "maxLength"),
        ({"userSettable": True}, "userSettable"),
    ],
)
@pytest.mark.parametrize("name", ["TOKEN", "jupyterhub.api_token"])
def test_nothing_can_be_asked_of_a_value_that_nobody_reads(name, said, where):
    declaration = {"name": name, **({} if "." in name else {"sensitive": True}), **said}
    (problem,) = compile_anywhere({**pod_template({}), "variables": [declaration]}).problems
    assert problem.path == f"$.spec.variables[0].{where}"
    assert "sensitive" in problem.message


def test_all_mistakes_in_declarations_are_said_at_once():
    declarations = [
        {"name": "a", "type": "integer", "minimum": "x", "maxLength": 1, "default": "y"},
        {"name": "b", "pattern": "(", "enum": ["c", "c"], "choices": [{"value": "c"}]},
        {"name": "jupyterhub.user.name", "userSettable": True},
    ]
    problems = compile_anywhere({**pod_template({}), "variables": declarations}).problems
    assert [problem.path.removeprefix("$.spec.variables") for problem in problems] == [
        "[0].maxLength",
        "[0].minimum",
        "[0].default",
        "[1].pattern",
        "[1].choices",
        "[1].enum[1]",
        "[2].userSettable",
    ], texts(problems)


def test_a_variable_of_the_hub_can_have_bounds():
    declared = [{"name": "jupyterhub.user.name", "pattern": "[a-z]+"}]
    spec = {
        **pod_template({"containers": [{"name": "{{x}}", "args": ["{jupyterhub.user.name}"]}]}),
        "variables": declared,
    }
    assert rendering(spec, {"jupyterhub.user.name": "al"}).problems == ()
    (problem,) = rendering(spec, {"jupyterhub.user.name": "Al"}).problems
    assert "must match" in problem.message


def test_the_spelling_of_the_template_is_used_for_an_allowed_value():
    assert value_in({"type": "quantity", "enum": ["1Gi"]}, "1024Mi") == "1Gi"
    assert value_in({"type": "integer", "enum": [7]}, "007") == "7"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1Ki", "1024"),
        ("2Gi", "2048Mi"),
        ("1", "1000m"),
        ("1M", "1e6"),
        ("1E", "1e18"),
        ("1u", "1000n"),
        (".5", "500m"),
        ("+1.", "1"),
    ],
)
def test_equal_amounts_are_equal_however_they_are_written(one, other):
    assert amount(one) == amount(other)


@given(st.integers(-(2**70), 2**70), st.sampled_from(["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]))
def test_amounts_are_exact(digits, suffix):
    assert amount(f"{digits}{suffix}") == digits * amount(f"1{suffix}")


@given(st.integers(), st.integers(), st.integers())
def test_an_integer_is_accepted_if_and_only_if_it_is_between_minimum_and_maximum(one, other, number):
    minimum, maximum = sorted((one % 2**63, other % 2**63))
    number %= 2**63
    problems = rendering(template(type="integer", minimum=minimum, maximum=maximum), {"v": str(number)}).problems
    assert (problems == ()) == (minimum <= number <= maximum)


quantities = st.builds(
    "{}{}".format, st.decimals(-999, 999, places=3), st.sampled_from(["", "m", "k", "Ki", "M", "Mi", "G", "Gi", "e3"])
)


@given(quantities, quantities)
def test_a_quantity_is_accepted_if_and_only_if_it_is_no_more_than_the_maximum(maximum, quantity):
    problems = rendering(template(type="quantity", maximum=maximum), {"v": quantity}).problems
    assert (problems == ()) == (amount(quantity) <= amount(maximum))


@given(st.lists(st.text(max_size=5), min_size=1, max_size=5, unique=True), st.text(max_size=5))
def test_of_a_list_nothing_else_is_accepted(allowed, value):
    problems = rendering(template(enum=allowed), {"v": value}).problems
    assert (problems == ()) == (value in allowed)


@given(st.integers(0, 20), st.text(max_size=25))
def test_the_length_is_counted_in_characters(max_length, value):
    problems = rendering(template(maxLength=max_length), {"v": value}).problems
    assert (problems == ()) == (len(value) <= max_length)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_amount_of_a_number_is_what_json_says(number):
    assert amount(number) == Fraction(repr(number))
