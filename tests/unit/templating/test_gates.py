"""Gates of a Template: what is wrong with them is said when it is applied, at its path."""

from typing import Any

import pytest

from tests.unit.templating.templating_support import compile_anywhere

NAME = "licence.example.org/granted"
POD: dict[str, Any] = {"name": "notebook", "spec": {}}


def problems(*gates: object) -> list[tuple[str, str]]:
    compiled = compile_anywhere({"pods": [POD], "gates": list(gates)})
    return [(each.path.removeprefix("$.spec.gates"), each.message) for each in compiled.problems]


def test_gates_with_all_their_fields_are_fine() -> None:
    start = {"name": NAME, "before": "Start", "timeoutSeconds": 3600, "onTimeout": "Proceed", "lease": "licence/op.a-b"}
    stop = {"name": "audit.example.org/Done_1.x", "before": "Stop", "timeoutSeconds": 120}

    assert problems(start, stop) == []


def test_what_is_not_said_is_the_default() -> None:
    (gate,) = compile_anywhere({"pods": [POD], "gates": [{"name": NAME}]}).gates

    assert (gate.before, gate.timeout_seconds, gate.on_timeout, gate.lease) == ("Start", 60, "Fail", "")


@pytest.mark.parametrize(
    ("gate", "path", "words"),
    [
        ({}, "[0].name", "condition with a domain"),
        ({"name": "Granted"}, "[0].name", "condition with a domain"),
        ({"name": "granted/x"}, "[0].name", "condition with a domain"),
        ({"name": "{jupyterhub.user.name}.example.org/x"}, "[0].name", "condition with a domain"),
        ({"name": f"{'a' * 250}.org/x"}, "[0].name", "condition with a domain"),
        ({"name": "kadense.io/Ready"}, "[0].name", "our own operators"),
        ({"name": "jupyternetes.kadense.io/x"}, "[0].name", "our own operators"),
        ({"name": NAME, "before": "Ready"}, "[0].before", "Start, Stop"),
        ({"name": NAME, "onTimeout": "Wait"}, "[0].onTimeout", "Fail, Proceed"),
        ({"name": NAME, "timeoutSeconds": 0}, "[0].timeoutSeconds", "between 1 and 3600"),
        ({"name": NAME, "timeoutSeconds": 3601}, "[0].timeoutSeconds", "between 1 and 3600"),
        ({"name": NAME, "timeoutSeconds": "60"}, "[0].timeoutSeconds", "whole number"),
        ({"name": NAME, "before": "Stop", "timeoutSeconds": 121}, "[0].timeoutSeconds", "between 1 and 120"),
        ({"name": NAME, "lease": "operator"}, "[0].lease", "namespace and name of a Lease"),
        ({"name": NAME, "lease": "a/b/c"}, "[0].lease", "namespace and name of a Lease"),
        ({"name": NAME, "timeout": 3}, "[0].timeout", "not supported"),
        ("licence", "[0]", "must be an object"),
    ],
)
def test_fault_is_said_once_and_at_its_path(gate: object, path: str, words: str) -> None:
    ((where, message),) = problems(gate)

    assert where == path
    assert words in message


@pytest.mark.parametrize("before", ["Start", "Stop"])
def test_two_gates_cannot_share_a_condition(before: str) -> None:
    ((where, message),) = problems({"name": NAME}, {"name": NAME, "before": before})

    assert where == "[1].name"
    assert "another gate has this name" in message


def test_name_like_ours_is_not_ours() -> None:
    assert problems({"name": "notkadense.io/x"}) == []
