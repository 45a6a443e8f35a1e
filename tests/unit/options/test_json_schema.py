"""The schema of options says what the hub takes."""

from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jupyternetes.api.template import Template
from jupyternetes.options.choose import Chosen, Refused, choose
from jupyternetes.options.given import read_options
from jupyternetes.options.json_schema import DIALECT, options_schema
from jupyternetes.templating import compile_as_operators
from tests.unit.options.options_support import COURSE, DATASET, HUB, SIZE, offered, template
from tests.unit.options.test_same_answer import pairs

KEY = f"{HUB}/lab"


def schema_of(held: Template) -> dict[str, Any]:
    made = options_schema(held, compile_as_operators(held))
    Draft202012Validator.check_schema(made)
    return msgspec.json.decode(msgspec.json.encode(made))


def field(declared: dict[str, Any]) -> dict[str, Any]:
    held = template({"name": "v", "userSettable": True, **declared})
    return schema_of(held)["properties"]["variables"]["properties"]["v"]


def test_schema_of_a_template() -> None:
    needed = {"name": "project", "userSettable": True, "required": True}
    rule = {"rule": "vars.size != 'huge'", "message": "Not so huge."}
    held = template(SIZE, DATASET, COURSE, needed, displayName="Laboratory", description="For all", rules=[rule])

    made = schema_of(held)

    assert (made["$schema"], made["title"], made["description"]) == (DIALECT, "Laboratory", "For all. Not so huge.")
    assert made["properties"]["template"] == {"const": KEY}
    assert made["required"] == ["template", "variables"]
    variables = made["properties"]["variables"]
    assert [*variables["properties"]] == ["size", "dataset", "project"]
    assert variables["required"] == ["project"]
    size, dataset = variables["properties"]["size"], variables["properties"]["dataset"]
    assert size["default"] == "small"
    assert size["oneOf"] == [
        {"const": "small", "title": "Small", "description": "1 CPU, 2 GiB."},
        {"const": "medium", "title": "Medium", "description": "Be kind."},
        {"const": "a100", "title": "One A100", "description": "For groups: gpu-users."},
    ]
    assert dataset["pattern"] == r"^(?:[a-z][a-z0-9\-]{0,40})$"
    assert dataset["description"] == "Accepted only when vars.size != 'small'."


@pytest.mark.parametrize(
    ("declared", "fits", "does_not"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 4}, [1, 4], [0, 5, "1", 1.5]),
        ({"type": "number", "maximum": 0.5}, [0.5, -1], [0.6, "0.5"]),
        ({"type": "boolean"}, [True], ["true", 1]),
        ({"type": "quantity", "maximum": "2Gi"}, ["1Gi", "500m"], ["much", 5]),
        ({"enum": ["a", "b"]}, ["a"], ["c"]),
        ({"type": "integer", "choices": [{"value": "2"}]}, [2], ["2", 3]),
        ({"maxLength": 2}, ["ab"], ["abc", 5]),
        ({"pattern": r"\d+"}, ["5", "x"], []),  # not all patterns can be said
    ],
)
def test_schema_of_a_variable(declared: dict[str, Any], fits: list[Any], does_not: list[Any]) -> None:
    made = Draft202012Validator(field(declared))

    assert [value for value in fits if not made.is_valid(value)] == []
    assert [value for value in does_not if made.is_valid(value)] == []


def test_a_template_without_namespace_has_any_key() -> None:
    held = template(namespace="")

    assert schema_of(held)["properties"]["template"] == {"type": "string"}


@given(pairs(), st.data())
def test_what_keeps_to_the_schema_is_taken(pair: tuple[Template, dict[str, str]], data: st.DataObject) -> None:
    """But for conditions, rules, bounds of quantities, and what labels are."""
    held, texts = pair
    typed = {name: data.draw(st.sampled_from([text, *_decoded(text)])) for name, text in texts.items()}
    given = {"template": KEY, "variables": typed}
    if not Draft202012Validator(schema_of(held)).is_valid(given):
        return
    event("valid")
    outcome = choose(offered(held, groups=["staff"]), read_options(given))
    if isinstance(outcome, Refused):
        words = ("accepted only when", "do not go together", "must be at most 2Gi", "labels", "has to be given")
        assert all(any(each in text for each in words) for text in (*outcome.problems, *outcome.fields.values()))
    else:
        assert isinstance(outcome, Chosen)


def _decoded(text: str) -> list[object]:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return []
    return [] if value is None else [value]
