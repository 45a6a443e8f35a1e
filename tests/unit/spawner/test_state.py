"""The state in the hub's database: total in both directions, and without secrets."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from jupyternetes.spawner.hub.state import SavedState, dump_state, read_state

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
FIELDS = st.sampled_from(["version", "instance", "namespace", "hub_id", "start_id", "token_id", "pod_name"])
FULL = SavedState(instance="i", namespace="n", hub_id="", start_id="3", token_id=7)


@given(JSON | st.dictionaries(FIELDS, JSON))
def test_anything_can_be_loaded(saved: object) -> None:
    assert isinstance(read_state(saved), SavedState)


def test_state_survives_the_database_S05() -> None:
    assert read_state(json.loads(json.dumps(dump_state(FULL)))) == FULL
    assert dump_state(FULL)["version"] == 1


def test_nothing_to_remember_is_an_empty_state() -> None:
    assert dump_state(SavedState()) == {}


@pytest.mark.parametrize("field", ["instance", "namespace", "hub_id", "start_id", "token_id"])
def test_field_of_a_wrong_type_counts_as_absent_and_spoils_no_other(field: str) -> None:
    saved = dump_state(FULL) | {field: [1]}

    assert read_state(saved) == replace(FULL, **{field: getattr(SavedState(), field)})


def test_place_of_the_volume_outlives_a_stop_and_the_start_does_not_S04() -> None:
    assert FULL.kept == SavedState(instance="i", namespace="n", hub_id="")
