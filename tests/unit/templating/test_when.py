"""`when` of variables: in which cases an Instance may give a value."""

import pytest

from tests.unit.templating.rules_support import SIZE, problem_of, refusal, template
from tests.unit.templating.templating_support import Json, first_container, rendering

DATASET: Json = {"name": "dataset", "title": "Data set", "default": "none", "when": "vars.size == 'gpu'"}


def test_a_value_is_used_while_its_when_is_true():
    env = first_container(template(SIZE, DATASET), {"size": "gpu", "dataset": "stars"})["env"]

    assert env[1]["value"] == "stars"


def test_a_value_is_refused_while_its_when_is_false():
    message = refusal(template(SIZE, DATASET), {"dataset": "stars"})

    assert message == (
        "Instance $.spec.variables.dataset: variable 'dataset' (Data set) is accepted only when vars.size == 'gpu'; "
        "remove it"
    )


@pytest.mark.parametrize("size", ["small", "gpu"])
def test_the_default_is_used_where_no_value_is_given_B08(size):
    assert first_container(template(SIZE, DATASET), {"size": size})["env"][1]["value"] == "none"


def test_what_is_required_is_required_only_while_its_when_is_true():
    needed = {"name": "dataset", "required": True, "when": "vars.size == 'gpu'"}
    spec = {**template(SIZE), "variables": [SIZE, needed]}

    assert rendering(spec, {"size": "small"}).problems == ()
    assert rendering(spec, {"size": "gpu", "dataset": "stars"}).problems == ()
    assert "the Template requires the variable 'dataset'" in refusal(spec, {"size": "gpu"})


def test_a_placeholder_without_value_says_when_there_could_be_one():
    spec = template(SIZE, {"name": "dataset", "when": "vars.size == 'gpu'"})

    assert "which takes it only when vars.size == 'gpu'" in refusal(spec, {})


@pytest.mark.parametrize("turned", [False, True])
def test_what_another_when_reads_is_judged_before_it(turned):
    """A refused value decides nothing: only the first refusal is told."""
    first = {"name": "b", "default": "", "when": "vars.size == 'gpu'"}
    second = {"name": "c", "default": "", "when": "vars.b == 'x'"}
    variables = [second, first, SIZE] if turned else [SIZE, first, second]

    assert "variables.b:" in refusal(template(*variables), {"b": "x", "c": "y"})
    assert rendering(template(*variables), {"size": "gpu", "b": "x", "c": "y"}).problems == ()
    assert "variables.c:" in refusal(template(*variables), {"size": "gpu", "c": "y"})


def test_a_circle_is_a_problem_of_the_template():
    one = {"name": "one", "default": "", "when": "vars.two == ''"}
    two = {"name": "two", "default": "", "when": "vars.one == ''"}

    message = problem_of(template(one, two))

    assert ".when: none of these can be decided first: vars." in message
    assert "vars.one needs vars.two" in message


@pytest.mark.parametrize(
    ("variable", "path", "said"),
    [
        ({"name": "v", "default": "", "when": "vars.v == ''"}, "[0].when", "vars.v needs vars.v"),
        ({"name": "v", "when": "vars.x == ''"}, "[0].when", "vars.x: declare it"),
        ({"name": "v", "when": True}, "[0].when", "must be a text"),
        ({"name": "v", "when": "1"}, "[0].when", "must be true or false"),
        ({"name": "v", "sensitive": True, "when": "true"}, "[0].when", "sensitive"),
        ({"name": "jupyterhub.user.id", "when": "true"}, "[0].when", "the hub always gives"),
    ],
)
def test_a_when_that_makes_no_sense_is_a_problem_of_the_template(variable, path, said):
    message = problem_of({**template(), "variables": [variable]})

    assert f"$.spec.variables{path}: " in message
    assert said in message


def test_a_when_that_cannot_be_decided_refuses():
    spec = template({"name": "j", "type": "json", "default": {}}, {"name": "v", "default": "", "when": "vars.j.a == 1"})

    assert "$.spec.variables[1].when: cannot be decided" in refusal(spec, {})


@pytest.mark.parametrize("when", [None, ""])
def test_an_empty_when_is_none(when):
    assert rendering(template({"name": "v", "when": when}), {"v": "x"}).problems == ()
