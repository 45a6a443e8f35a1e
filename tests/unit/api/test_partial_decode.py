"""Of an object that does not fit, all is read that can be; what cannot be is named, and its value is not."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template

METADATA = {"name": "a", "namespace": "lab", "uid": "u", "resourceVersion": "7", "generation": 2}

NAMES = [
    "spec",
    "variables",
    "template",
    "name",
    "startId",
    "suspend",
    "pods",
    "notebook",
    "state",
    "conditions",
    "uid",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)


def partially_decoded(**fields: Any) -> Instance:
    return Instance.partial_decode({"metadata": METADATA, **fields})


def faults(instance: Instance | Template) -> list[str]:
    return [str(fault) for fault in instance.unreadable]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"spec": {"variables": {"a": 5}}}, ["spec.variables.a: Expected str, got int"]),
        ({"spec": {"variables": ["a"]}}, ["spec.variables: Expected object, got array"]),
        ({"spec": "none"}, ["spec: Expected object, got str"]),
        ({"spec": {"template": "lab"}}, ["spec.template: Expected object, got str"]),
        (
            {"spec": {"suspend": "yes", "startId": 3}},
            ["spec.suspend: Expected bool, got str", "spec.startId: Expected str, got int"],
        ),
        ({"spec": {"gracePeriodSeconds": -5}}, ["spec.gracePeriodSeconds: Expected int >= 0"]),
        ({"spec": None}, []),
        ({"spec": {"variables": None, "hubEnvironment": None}}, []),
        ({"spec": {"whatever": {"x": 1}}, "more": 1}, []),
        ({"status": "none"}, ["status: Expected object, got str"]),
        ({"status": {"pods": []}}, ["status.pods: Expected object, got array"]),
        ({"status": {"pods": {"b": {"state": "Weird"}}}}, ["status.pods.b.state: not one of the values known"]),
        (
            {"status": {"pods": {"b": {"progress": [{}]}}}},
            ["status.pods.b.progress[0]: Object missing required field time"],
        ),
        ({"status": {"otherResources": []}}, ["status.otherResources: Expected object, got array"]),
    ],
)
def test_each_value_that_cannot_be_read_is_named(fields: dict[str, Any], told: list[str]) -> None:
    assert faults(partially_decoded(**fields)) == told


def test_all_else_is_read() -> None:
    instance = partially_decoded(
        spec={"template": {"name": "lab"}, "variables": {"a": 5, "b": "x"}, "suspend": True, "startId": "x" * 300},
        status={
            "pods": {"notebook": {"resourceName": 5, "uid": "u-1", "startId": "2"}},
            "podsProvisioned": "Completed",
        },
    )

    assert instance.metadata.generation == 2
    assert instance.spec.template.name == "lab"
    assert instance.spec.variables == {"b": "x"}
    assert (instance.spec.suspend, instance.spec.start_id) == (True, "")
    assert (instance.status.pods["notebook"].uid, instance.status.pods["notebook"].start_id) == ("u-1", "2")
    assert instance.status.pods["notebook"].resource_name == ""
    assert instance.status.pods_provisioned == "Completed"


def test_condition_of_another_program_that_does_not_fit_keeps_its_place_and_is_unknown() -> None:
    fine = {"type": "Fine", "status": "True"}
    instance = partially_decoded(status={"conditions": [{"type": "Odd", "status": True}, fine]})

    odd, second = instance.status.conditions
    assert faults(instance) == []
    assert (odd.type, odd.status, odd.message) == (
        "Odd",
        "Unknown",
        "This condition cannot be read: Expected str, got bool",
    )
    assert second == msgspec.convert(fine, Condition)


@pytest.mark.parametrize("item", [7, None, {}, {"type": 3}, {"type": "Ready", "status": True}])
def test_condition_of_nobody_and_one_of_ours_that_cannot_be_read_are_faults(item: object) -> None:
    instance = partially_decoded(status={"conditions": [{"type": "Fine"}, item]})

    assert [each.type for each in instance.status.conditions] == ["Fine"]
    assert [fault.path for fault in instance.unreadable] == [("status", "conditions", "[1]")]


def test_no_value_is_repeated() -> None:
    instance = partially_decoded(spec={"startId": "secret", "hubEnvironment": ["secret value"], "variables": "secret"})

    assert len(instance.unreadable) == 3
    assert "secret" not in str(faults(instance))


@pytest.mark.parametrize("name", ["token", "namespace", "ca.crt", "1A"])
def test_environment_that_could_be_the_keys_of_a_token_is_not_read(name: str) -> None:
    """A definition that does not refuse them may be installed."""
    instance = partially_decoded(spec={"hubEnvironment": ["A", name]})

    assert instance.spec.hub_environment == ()
    assert [fault.path for fault in instance.unreadable] == [("spec", "hubEnvironment")]


def test_object_without_a_name_is_beyond_help() -> None:
    with pytest.raises(msgspec.ValidationError):
        Instance.partial_decode({"metadata": {"namespace": "lab"}})


def test_template_without_a_usable_spec_has_an_empty_one() -> None:
    template = Template.partial_decode({"metadata": METADATA, "spec": []})

    assert (template.spec, faults(template)) == ({}, ["spec: Expected object, got array"])


@given(JSON, JSON)
def test_whatever_stands_there_what_is_read_of_it_fits(spec: object, status: object) -> None:
    instance = partially_decoded(spec=spec, status=status)

    read = msgspec.convert(msgspec.to_builtins(instance), Instance)
    assert read == instance
    assert (read.metadata.name, read.metadata.resource_version) == ("a", "7")
    assert all(fault.path[0] in ("spec", "status") for fault in instance.unreadable)
