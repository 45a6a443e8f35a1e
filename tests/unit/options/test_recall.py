"""What was chosen the last time, after the Template, or the person's groups, have changed."""

from collections.abc import Mapping
from typing import Any

import pytest

from jupyternetes.options.choose import Chosen, Refused
from jupyternetes.options.recall import recall, start_with
from tests.unit.options.options_support import DATASET, HUB, SIZE, offered, template

STORED = {"template": f"{HUB}/lab", "variables": {"size": "medium", "dataset": "stars"}}


def with_choices(*values: str, **changes: Any) -> dict[str, Any]:
    """`SIZE` with the choices `values` alone."""
    kept = [each for each in SIZE["choices"] if each["value"] in values]
    return {**SIZE, "choices": kept, **changes}


def test_what_was_chosen_last_is_started_again() -> None:
    outcome = start_with(offered(template(SIZE, DATASET)), STORED)

    assert isinstance(outcome, Chosen)
    assert (outcome.variables, outcome.notices) == (STORED["variables"], ())


def test_nothing_was_chosen_yet_F04() -> None:
    outcome = start_with(offered(template(SIZE, DATASET)), {})

    assert isinstance(outcome, Chosen)
    assert (outcome.variables, outcome.notices) == ({}, ())


CHANGES: dict[str, tuple[list[Any], Mapping[str, str], str]] = {
    "the choice is gone": (
        [template(with_choices("small"), {**DATASET, "when": ""})],
        {"dataset": "stars"},
        "What you chose last for Size cannot be chosen any more. Small is chosen instead.",
    ),
    "the choice is replaced": (
        [
            template(
                {
                    **SIZE,
                    "choices": [
                        *with_choices("small", "a100", groups=None)["choices"],
                        {"value": "big", "title": "Big", "values": {"cpu": 4, "memory": "8Gi"}},
                        {"value": "medium", "replacedBy": "big"},
                    ],
                },
                DATASET,
            )
        ],
        {"size": "big", "dataset": "stars"},
        "What you chose last for Size is replaced by Big.",
    ),
    "the choice became that of a group": (
        [
            template(
                {**SIZE, "choices": [SIZE["choices"][0], {**SIZE["choices"][1], "groups": ["staff"]}]},
                {**DATASET, "when": ""},
            )
        ],
        {"dataset": "stars"},
        "What you chose last for Size cannot be chosen any more. Small is chosen instead.",
    ),
    "the pattern became narrower": (
        [template(SIZE, {**DATASET, "pattern": "[a-c]*", "default": "a"})],
        {"size": "medium"},
        "What you chose last for Data set cannot be chosen any more. a is chosen instead.",
    ),
    "the type is another": (
        [template(SIZE, {"name": "dataset", "userSettable": True, "type": "integer", "default": 5})],
        {"size": "medium"},
        "What you chose last for dataset cannot be chosen any more. 5 is chosen instead.",
    ),
    "the variable is gone": ([template(SIZE)], {"size": "medium"}, "dataset is not asked for any more."),
    "the variable is not the user's": (
        [template(SIZE, {**DATASET, "userSettable": False})],
        {"size": "medium"},
        "dataset is not asked for any more.",
    ),
    "its when is another": (
        [template(SIZE, {**DATASET, "when": "vars.size == 'small'"})],
        {"size": "medium"},
        "Data set was left out: it does not go with the other choices.",
    ),
    "a new rule forbids it": (
        [template(SIZE, DATASET, rules=[{"rule": "vars.size == 'small'", "message": "Only small ones today."}])],
        {},
        "What you chose last cannot be used as it was. Only small ones today. The defaults are chosen instead.",
    ),
    "the Template is gone": (
        [template(SIZE, name="new", displayName="New laboratory")],
        {},
        "What you chose last cannot be started any more. New laboratory is chosen instead.",
    ),
    "the Template is another group's": (
        [template(SIZE, access={"groups": ["staff"]}), template(name="other")],
        {},
        "What you chose last cannot be started any more. other is chosen instead.",
    ),
    "the Template is broken": (
        [template({"name": "size", "default": 1}), template(name="other")],
        {},
        "What you chose last cannot be started any more. other is chosen instead.",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_does_not_fit_any_more_is_replaced_and_told_F15(change: str) -> None:
    templates, expected, notice = CHANGES[change]

    outcome = start_with(offered(*templates), STORED)

    assert isinstance(outcome, Chosen)
    assert outcome.variables == expected
    assert outcome.notices == (notice,)


def test_what_is_not_to_be_remembered_is_asked_for_afresh() -> None:
    held = template(SIZE, {**DATASET, "remember": False})

    outcome = start_with(offered(held), STORED)

    assert isinstance(outcome, Chosen)
    assert (outcome.variables, outcome.notices) == ({"size": "medium"}, ())


def test_what_the_site_decides_since_is_passed_over() -> None:
    outcome = start_with(offered(template(SIZE, DATASET), site={"size": "medium"}), STORED)

    assert isinstance(outcome, Chosen)
    assert (outcome.variables, outcome.notices) == ({"dataset": "stars"}, ())


def test_nothing_is_invented_where_something_has_to_be_said() -> None:
    needed = {"name": "project", "userSettable": True, "required": True}

    outcome = start_with(offered(template(SIZE, DATASET, needed)), STORED)

    assert isinstance(outcome, Refused)
    assert "ariable 'project' has to be given" in outcome.message
    assert recall(offered(template(SIZE, DATASET, needed)), STORED).options.variables == STORED["variables"]


@pytest.mark.parametrize(
    "stored",
    [
        None,
        5,
        "x",
        [],
        {"profile": "gpu"},
        {"template": 5},
        {"variables": 5},
        {"template": f"{HUB}/lab", "variables": [1]},
    ],
)
def test_what_another_form_stored_is_nothing(stored: object) -> None:
    recalled = recall(offered(template(SIZE)), stored)

    assert recalled.options.variables == {}
    assert isinstance(start_with(offered(template(SIZE)), stored), Chosen)


def test_names_that_anybody_may_have_stored_are_told_in_bounds() -> None:
    stored = {"template": f"{HUB}/lab", "variables": {f"v{index}": "" for index in range(50)} | {"a\nb": ""}}

    notices = recall(offered(template(SIZE)), stored).notices

    assert len(notices) == 8
    only = recall(offered(template(SIZE)), {"variables": {"a\nb": ""}}).notices
    assert only == ("A value is not asked for any more.",)


def test_nobody_is_left_to_recall_anything_for() -> None:
    assert isinstance(start_with([], STORED), Refused)
