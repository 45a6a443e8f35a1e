"""What operators do about Instances of which not all can be read."""

from datetime import UTC, datetime
from typing import Any

from jupyternetes.api import conditions
from jupyternetes.api.instance import Instance
from jupyternetes.operators.status.repair import repair_patch, spec_condition

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = {"type": "Theirs", "status": "True", "reason": "R", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
METADATA = {"name": "a", "namespace": "lab", "uid": "u", "resourceVersion": "7", "generation": 2}


def instance(**fields: Any) -> Instance:
    return Instance.partial_decode({"metadata": METADATA, **fields})


def test_fault_in_the_spec_is_a_condition_that_names_path_and_way_out() -> None:
    odd = instance(spec={"suspend": "yes"}, status={"conditions": [OTHER]})

    condition = spec_condition(odd, conditions.READY, now=NOW)

    assert condition is not None
    assert (condition.status, condition.reason, condition.observed_generation) == ("False", "Unreadable", 2)
    assert "Instance lab/a: spec.suspend: Expected bool, got str. Correct" in condition.message
    patch: Any = repair_patch(odd, condition)
    assert [each["type"] for each in patch["status"]["conditions"]] == ["Theirs", "Ready"]


def test_what_was_said_already_is_not_written_again() -> None:
    odd = instance(spec={"suspend": "yes"})
    condition = spec_condition(odd, conditions.READY, now=NOW)
    assert condition is not None
    patch: Any = repair_patch(odd, condition)

    told = instance(spec={"suspend": "yes"}, status=patch["status"])

    assert repair_patch(told, spec_condition(told, conditions.READY, now=NOW)) == {}


def test_faults_of_the_status_are_cleared_and_are_nobodys_condition() -> None:
    odd = instance(status={"pods": {"notebook": {"resourceName": 5, "uid": "u-1"}}, "conditions": {}})

    assert spec_condition(odd, conditions.READY, now=NOW) is None
    assert repair_patch(odd, None) == {"status": {"pods": {"notebook": {"resourceName": None}}, "conditions": None}}


def test_status_that_is_no_object_makes_room() -> None:
    assert repair_patch(instance(status="none"), None) == {"status": None}

    odd = instance(spec=[], status="none")
    patch: Any = repair_patch(odd, spec_condition(odd, conditions.READY, now=NOW))
    assert [each["type"] for each in patch["status"]["conditions"]] == ["Ready"]


def test_many_faults_are_counted() -> None:
    odd = instance(spec={"variables": {f"v{number}": number for number in range(500)}})

    condition = spec_condition(odd, conditions.READY, now=NOW)

    assert condition is not None
    assert "and 490 more" in condition.message
    assert len(condition.message) < 1024


def test_of_the_conditions_only_what_cannot_be_read_goes() -> None:
    odd = instance(status={"conditions": [OTHER, {"type": "Odd", "status": True}, OTHER | {"type": "More"}]})

    assert [fault.path for fault in odd.unreadable] == [("status", "conditions", "[1]")]
    assert repair_patch(odd, None) == {"status": {"conditions": [OTHER, OTHER | {"type": "More"}]}}
