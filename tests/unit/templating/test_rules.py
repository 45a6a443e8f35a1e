"""`spec.rules`: what must hold between the values of one Instance."""

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.templating import Invalid, Ready, compile_template
from tests.unit.templating.rules_support import COURSE, SIZE, problem_of, refusal, rule, template
from tests.unit.templating.templating_support import rendering

NEEDS_COURSE = template(
    SIZE, COURSE, rules=[rule("vars.size != 'gpu' || vars.course != ''", "Name the course {size}.")]
)


@pytest.mark.parametrize(
    "values", [{}, {"size": "small"}, {"size": "gpu", "course": "ml"}, {"SIZE": "gpu", "Course": "m"}]
)
def test_values_that_fit_together_are_used(values):
    assert rendering(NEEDS_COURSE, values).problems == ()


def test_values_that_do_not_fit_together_are_refused_with_the_message_as_it_stands_B09():
    assert refusal(NEEDS_COURSE, {"size": "gpu"}) == "Template $.spec.rules[0]: Name the course {size}."


def test_all_rules_that_do_not_hold_are_told_at_once():
    spec = template(
        COURSE, rules=[rule("vars.course == 'a'", "A."), rule("true", "B."), rule("vars.course == 'c'", "C.")]
    )

    problems = rendering(spec, {"course": "x"}).problems

    assert [each.message for each in problems] == ["A.", "C."]


#: What a declaration says, a value, and what is true of it then.
READ = {
    "a text": ({}, "a b", "vars.v == 'a b'"),
    "any letters": ({}, "ä{x}'\"\\", "vars.v == 'ä{x}\\'\"\\\\'"),
    "an integer": ({"type": "integer"}, "-7", "vars.v == -7"),
    "the least integer": ({"type": "integer"}, str(-(2**63)), "vars.v < -9223372036854775807"),
    "a number": ({"type": "number"}, "1e3", "vars.v == 1000.0"),
    "a whole number": ({"type": "number"}, "2", "vars.v == 2.0"),
    "a boolean": ({"type": "boolean"}, "TRUE", "vars.v"),
    "a quantity": ({"type": "quantity"}, "2048Mi", "vars.v == quantity('2Gi') && vars.v < 3e9"),
    "json": ({"type": "json"}, '{"a": [1, "x"]}', "'a' in vars.v && vars.v.a.exists(x, x == 'x')"),
    "a json text": ({"type": "json"}, '"x"', "vars.v == 'x'"),
    "json that is null": ({"type": "json"}, "null", "vars.v == null"),
    "one of some integers": ({"type": "integer", "enum": [1, 2]}, "2", "vars.v in [2, 3]"),
}


@pytest.mark.parametrize(("declaration", "text", "true"), READ.values(), ids=READ.keys())
def test_a_variable_is_read_in_its_own_type(declaration, text, true):
    variable = {"name": "v", "required": True, **declaration}

    assert rendering(template(variable, rules=[rule(true)]), {"v": text}).problems == ()
    assert "Change something." in refusal(template(variable, rules=[rule(f"!({true})")]), {"v": text})


@pytest.mark.parametrize(
    "true",
    [
        "vars.size.cpu == 8 && quantity(vars.size.memory) == quantity('32Gi')",
        "vars.size.gpus != null && vars.size.gpus > 0",
        "vars.jupyterhub.user.name == 'ada' && vars.jupyterhub.namespace == 'hub' && vars.jupyterhub.server.name == ''",
        "vars.jupyternetes.instance.namespace == 'users' && vars.instance.name == 'inst'",
        "vars.template.name == 'tmpl' && vars.template.namespace == 'hub'",
        "vars.my__dash__team.in__dash__2__dash__d == 'x'",
        "vars.a__underscores__b == 'y'",
        "vars.pick.__in__ == 'z'",
    ],
)
def test_every_name_has_a_spelling(true):
    other = [
        {"name": name, "default": value} for name, value in (("my-team.in-2-d", "x"), ("a__b", "y"), ("pick.in", "z"))
    ]
    spec = {**template(SIZE, rules=[rule(f"!({true})")]), "variables": [SIZE, *other]}
    values = {"size": "gpu", "jupyterhub.user.name": "ada", "jupyterhub.namespace": "hub"}

    assert "Change something." in refusal(spec, values)


def test_the_answer_is_about_the_choice_that_stands_for_a_retired_one():
    retired = {**SIZE, "choices": [*SIZE["choices"], {"value": "huge", "replacedBy": "gpu"}]}
    spec = template(retired, rules=[rule("vars.size == 'gpu' && vars.size.cpu == 8")])

    assert rendering(spec, {"size": "huge"}).problems == ()


def test_what_only_the_operator_says_cannot_be_given_by_an_instance():
    spec = template(rules=[rule("vars.jupyternetes.instance.namespace == 'users'")])

    assert rendering(spec, {"jupyternetes.instance.namespace": "kube-system"}).problems == ()
    assert "Change" in refusal(spec, {"jupyternetes.instance.namespace": "users"}, namespace="kube-system")


UNREADABLE = {
    "a typo": (COURSE, "vars.coarse == ''", "vars.coarse: declare it in spec.variables (did you mean 'vars.course'?)"),
    "no value for sure": (
        {"name": "v"},
        "vars.v == ''",
        "vars.v may be without a value: give it a default, or make it",
    ),
    "a secret": ({"name": "v", "sensitive": True}, "vars.v == ''", "vars.v is sensitive, so operators never read"),
    "the token": (COURSE, "vars.jupyterhub.api_token == ''", "vars.jupyterhub.api_token is sensitive"),
    "arguments": (COURSE, "vars.jupyterhub.args == []", "vars.jupyterhub.args can be of any length"),
    "a long text": (
        {"name": "v", "default": "", "maxLength": 1025},
        "vars.v == ''",
        "set its maxLength to at most 1024",
    ),
    "a placeholder of a choice": (
        {"name": "v", "default": "a", "choices": [{"value": "a", "values": {"x": "{jupyterhub.user.name}"}}]},
        "vars.v.x == ''",
        "vars.v.x is a list or a map, holds placeholders, or is too long",
    ),
    "a list of a choice": (
        {"name": "v", "default": "a", "choices": [{"value": "a", "values": {"x": [1]}}]},
        "vars.v.x == ''",
        "vars.v.x is a list or a map",
    ),
}


@pytest.mark.parametrize(("variable", "text", "said"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_a_rule_cannot_read_is_found_when_the_template_is_applied(variable, text, said):
    message = problem_of({**template(rules=[rule(text)]), "variables": [variable]})

    assert message.startswith("Template $.spec.rules[0].rule: CEL says: ")
    assert said in message


def slips(name):
    """What a slip of the hand makes of a name: a letter dropped, doubled, swapped with the next, in the other case."""
    for at, letter in enumerate(name):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + letter + name[at:]
        yield name[:at] + letter.swapcase() + name[at + 1 :]
        yield name[:at] + name[at + 1 : at + 2] + letter + name[at + 2 :]


@pytest.mark.parametrize("name", ["vars.size", "vars.size.cpu", "vars.course", "vars.jupyterhub.user.name"])
def test_every_slip_in_a_name_is_found_when_the_template_is_applied(name):
    number = "4" if name.endswith("cpu") else "''"

    unseen = [
        slip
        for slip in {*slips(name)} - {name}
        if not compile_template(template(SIZE, COURSE, rules=[rule(f"{slip} == {number}")])).problems
    ]

    assert unseen == []


def test_a_rule_of_a_template_that_declares_nothing_asks_for_a_declaration():
    assert "vars.gpu: declare it in spec.variables" in problem_of(template(rules=[rule("vars.gpu == '1'")]))


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ({"message": "m"}, "$.spec.rules[0].rule"),
        ({"rule": "true"}, "$.spec.rules[0].message"),
        ({"rule": "true", "message": "m", "mesage": "m"}, "$.spec.rules[0].mesage"),
        ({"rule": True, "message": "m"}, "$.spec.rules[0].rule"),
        ("true", "$.spec.rules[0]"),
    ],
)
def test_a_rule_that_is_not_written_right_is_a_problem_at_its_path(written, path):
    assert path in {each.path for each in compile_template(template(rules=[written])).problems}


def test_a_rule_that_cannot_be_decided_refuses_and_repeats_no_value():
    spec = template({"name": "v", "type": "json", "default": {}}, rules=[rule("vars.v.sesame == 1")])

    message = refusal(spec, {"v": '{"secret": 1}'})

    assert message == (
        "Template $.spec.rules[0]: cannot be decided for this Instance: it reads a key that is not there"
    )


def test_a_value_that_the_hub_did_not_give_is_named():
    spec = template(rules=[rule("vars.jupyterhub.user.name != 'root'")])

    assert "vars.jupyterhub.user.name has no value" in refusal(spec, {})


def test_a_value_that_is_refused_already_is_not_judged_again():
    spec = template(SIZE, COURSE, rules=[rule("vars.size == 'small'"), rule("vars.course == ''", "No course.")])

    problems = rendering(spec, {"size": "huge", "course": "x"}).problems

    assert [each.path for each in problems] == ["$.spec.variables.size", "$.spec.rules[1]"]


@pytest.mark.parametrize(
    "broken", [{"variables": [COURSE, {"name": "v", "when": "vars.course == 'a'", "default": ""}]}, {}]
)
def test_without_the_package_nothing_is_made(monkeypatch, broken):
    spec = {**template(COURSE, rules=[] if broken else [rule("true")]), **broken}
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)

    assert "install the package cel-expr-python" in problem_of(spec)
    assert all(isinstance(each, Invalid) for each in rendering(spec).pods)


def test_a_template_without_expressions_does_not_need_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)

    assert rendering(template(SIZE, COURSE)).problems == ()


@pytest.mark.parametrize("hidden", ["vars.`course` == 'a'", "vars // a remark\n.course == 'a'"])
def test_a_name_that_is_not_found_in_an_expression_is_never_taken_for_true(hidden):
    """The names that are read are found by their spelling; another expression makes this one known to CEL."""
    spec = template(COURSE, rules=[rule("vars.course != ''"), rule(hidden)])

    assert "$.spec.rules[1]: cannot be decided for this Instance: a name in it has no value" in refusal(
        spec, {"course": "a"}
    )


#: What a value may do to a rule that is written in good faith: the rule, and a value of at most 1,024 characters.
BOMBS = {
    "a long list in a loop": ("vars.v.all(x, x in vars.v)", "json", "[" + ",".join(["1"] * 511) + "]"),
    "a long list in two loops": (
        "vars.v.all(x, vars.v.exists_one(y, x == y))",
        "json",
        "[" + ",".join(["1"] * 511) + "]",
    ),
    "many keys": ("vars.v == vars.v", "json", "{" + ",".join(f'"{n}":{n}' for n in range(110)) + "}"),
    "deep json": ("vars.v == vars.v", "json", "[" * 32 + "]" * 32),
    "a text that matches slowly": ("!vars.v.matches('(.*)(.*)(.*)(x+x+)+y')", "string", "x" * 1024),
    "a number that is large": ("vars.v < 1.0", "number", "9" * 300),
    "a quantity that is large": ("vars.v < quantity('1Gi')", "quantity", "9" * 60 + "e999"),
    "an integer that overflows": ("vars.v * vars.v >= 0", "integer", str(2**62)),
}


@pytest.mark.parametrize(("text", "kind", "value"), BOMBS.values(), ids=BOMBS.keys())
def test_no_value_keeps_an_operator_busy(text, kind, value):
    spec = template({"name": "v", "type": kind, "required": True}, rules=[rule(text)])
    assert compile_template(spec).problems == ()
    begun = time.process_time()

    rendering(spec, {"v": value})

    assert time.process_time() - begun < 0.5


LOOKS_LIKE_CEL = st.sampled_from(
    [
        "true",
        "' || true || '",
        "') || true || ('",
        "vars.size",
        "gpu' || 'a' == 'a",
        "\0",
        "gpu\0",
        "{size}",
        '"',
        "\\'",
        "\n",
    ]
)


@given(value=LOOKS_LIKE_CEL | st.text(max_size=40) | st.lists(LOOKS_LIKE_CEL, max_size=4).map("".join))
def test_no_value_is_read_as_a_part_of_an_expression(value):
    only_gpu = template(COURSE, rules=[rule("vars.course == 'gpu'")])

    (entry,) = rendering(only_gpu, {"course": value}).pods

    assert isinstance(entry, Ready) == (value == "gpu")
