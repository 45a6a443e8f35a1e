"""What operators do about Instances of which not all can be read."""

from datetime import UTC, datetime
from typing import Any

from jupyternetes.api import conditions
from jupyternetes.api.instance import Instance
from jupyternetes.operators.status.repair import repair_patch, spec_condition

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = {"type": "Theirs", "status": "True", "reason": "R", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
ODD = {"type": "Odd", "status": True, "reason": None, "since": {"days": [1, 2.5]}}
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


def test_of_the_conditions_only_those_go_that_cannot_be_read_and_are_no_other_programs() -> None:
    """One without a type is nobody's, and ours are written anew."""
    ours = {"type": conditions.READY, "status": True}
    odd = instance(status={"conditions": [OTHER, 7, ODD, ours, {"status": "True"}, OTHER | {"type": "More"}]})

    assert [fault.path[2] for fault in odd.unreadable] == ["[1]", "[3]", "[4]"]
    assert repair_patch(odd, None) == {"status": {"conditions": [OTHER, ODD, OTHER | {"type": "More"}]}}


def test_condition_of_another_program_that_cannot_be_read_is_no_fault() -> None:
    odd = instance(status={"conditions": [OTHER, ODD]})

    assert odd.unreadable == ()
    assert repair_patch(odd, None) == {}


def test_condition_of_another_program_stays_as_it_stands_beside_what_is_said_of_the_spec() -> None:
    without_time = {"type": "Old", "status": "True", "reason": "R"}
    odd = instance(spec={"suspend": "yes"}, status={"conditions": [ODD, without_time]})

    patch: Any = repair_patch(odd, spec_condition(odd, conditions.READY, now=NOW))

    assert patch["status"]["conditions"][:-1] == [ODD, without_time]
