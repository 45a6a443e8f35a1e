"""What is to stand in a status, and the patch that makes it so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.sdk import Object
from jupyternetes.sdk.work.status import answered, difference, held_up
from tests.support.fakekube.kinds import Json
from tests.support.fakekube.patches import merged

NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
SCALARS = st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
STATUSES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def obj(status: Json | None = None, generation: int = 3) -> Object:
    metadata = {"name": "a", "resourceVersion": "7", "generation": generation}
    return Object.from_content({"metadata": metadata, "status": status or {}})


@given(STATUSES, STATUSES)
def test_patch_makes_one_status_of_the_other(old: Json, new: Json) -> None:
    assert merged(old, difference(old, new)) == new


@given(STATUSES)
def test_equal_statuses_need_no_patch(status: Json) -> None:
    assert difference(status, status) == {}


@given(STATUSES)
def test_answer_that_was_written_is_not_written_again(returned: Json) -> None:
    first = answered(obj(), returned, (), NOW)

    again = answered(obj(first), returned, (), LATER)

    assert difference(first, again) == {}


@given(STATUSES)
def test_what_holds_it_up_changes_nothing_but_ready(returned: Json) -> None:
    first = answered(obj(), returned, (), NOW)

    held = held_up(obj(first, generation=4), "NotYet", "moves", LATER)

    changed = {name for name in held if held[name] != first.get(name)}
    assert changed == {"conditions", "observedGeneration"}
    assert held_up(obj(held, generation=4), "NotYet", "moves", "2026-01-01T00:02:00Z") == held


def test_time_of_a_condition_moves_with_its_status_only() -> None:
    first = answered(obj(), {}, (), NOW)
    held = held_up(obj(first), "NotYet", "", LATER)
    once_more = held_up(obj(held), "Slow", "", "2026-01-01T00:02:00Z")

    assert [each["conditions"][0]["lastTransitionTime"] for each in (first, held, once_more)] == [NOW, LATER, LATER]


@pytest.mark.parametrize(
    ("returned", "written"),
    [
        ({"ports": (1, 2)}, {"ports": [1, 2]}),
        ({"port": None, "nested": {"port": None}}, {"nested": {}}),
        ({"list": [None, {"a": None}]}, {"list": [None, {}]}),
    ],
)
def test_answer_is_written_as_json_without_nulls(returned: Any, written: Json) -> None:
    said = answered(obj(), returned, (), NOW)

    assert {name: said[name] for name in said.keys() - {"conditions", "observedGeneration"}} == written


def test_what_is_no_json_is_an_error() -> None:
    with pytest.raises(TypeError):
        answered(obj(), {"self": object()}, (), NOW)


def test_long_message_is_cut_to_what_the_api_server_takes() -> None:
    [ready] = held_up(obj(), "NotYet", "x" * 9999, NOW)["conditions"]

    assert len(ready["message"]) == 4096
