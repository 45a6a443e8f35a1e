"""What an operator patches of a status: what it says comes to stand, what others say stays, nothing is left behind."""

import copy
from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.api.fields import (
    OPERATORS,
    OTHER_RESOURCES_OPERATOR,
    POD_OPERATOR,
    POD_STATUS_OPERATOR,
)
from jupyternetes.api.instance import (
    ClaimState,
    Instance,
    InstanceStatus,
    OtherState,
    PodState,
    ProgressEntry,
    Termination,
)
from jupyternetes.operators.status.guarded_patch import guarded_patch
from jupyternetes.operators.status.owned_fields import Fields, owned_fields, status_patch
from tests.support.fakekube import NAMESPACES, Registry
from tests.support.fakekube.kinds import from_definition
from tests.support.fakekube.refusals import Refused

Json = dict[str, Any]
INSTANCES: Final = next(
    kind for kind in map(from_definition, custom_resource_definitions()) if kind.plural == "jupyternotebookinstances"
)
THEIRS: Final = {
    "type": "Theirs",
    "status": "True",
    "reason": "R",
    "message": "",
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}

PROVISIONED: Final = Condition(
    type=conditions.PODS_PROVISIONED, status="True", reason="A", last_transition_time="2026-01-01T00:00:00Z"
)

names = st.sampled_from(["notebook", "side", "third"])
texts = st.sampled_from(["", "a", "b"])
pods = st.builds(
    PodState,
    resource_name=texts,
    state=st.sampled_from(["Processed", "Running", "Stopped", "Error"]),
    error_message=texts,
    uid=texts,
    start_id=texts,
    observed_uid=texts,
    pod_address=texts,
    port_number=st.sampled_from([None, 8888]),
    exit_code=st.sampled_from([None, 0, 137]),
    restarts=st.integers(0, 2),
    progress=st.lists(st.builds(ProgressEntry, time=st.just("t"), reason=texts), max_size=2).map(tuple),
)
claims = st.builds(ClaimState, resource_name=texts, error_message=texts, reclaim_policy=st.sampled_from(["", "Retain"]))
others = st.builds(
    OtherState,
    resource_name=texts,
    kind=texts,
    message=texts,
    start_id=texts,
    outputs=st.dictionaries(st.just("host"), texts, max_size=1),
)
terminations = st.builds(Termination, time=texts, exit_code=st.sampled_from([None, 1]))
said = st.builds(
    Condition,
    type=st.sampled_from([*conditions.OWNERS]),
    status=st.sampled_from(["True", "False"]),
    reason=st.sampled_from(["A", "B"]),
    last_transition_time=st.just("2026-01-01T00:00:00Z"),
)
statuses = st.builds(
    InstanceStatus,
    observed_generation=st.integers(0, 2),
    pvcs=st.dictionaries(names, claims, max_size=2),
    pods=st.dictionaries(names, pods, max_size=3),
    other_resources=st.dictionaries(names, others, max_size=2),
    other_resources_provisioned=st.dictionaries(names, st.sampled_from(["Pending", "Completed", "Error"]), max_size=2),
    pvcs_provisioned=st.sampled_from(["Pending", "Completed"]),
    pods_provisioned=st.sampled_from(["Pending", "Completed"]),
    last_termination=st.dictionaries(names, terminations, max_size=2),
    address=texts,
    conditions=st.lists(said, max_size=3, unique_by=lambda condition: condition.type).map(tuple),
)
writes = st.lists(st.tuples(st.sampled_from(OPERATORS), statuses), min_size=1, max_size=6)


class Stored:
    """An Instance as an API server keeps it that fills in the defaults of our definition."""

    def __init__(self) -> None:
        self._registry = Registry([NAMESPACES, INSTANCES])
        self._registry.create(NAMESPACES, "", {"metadata": {"name": "lab"}})
        made = {"apiVersion": INSTANCES.api_version, "kind": INSTANCES.kind, "metadata": {"name": "a"}}
        self._registry.create(INSTANCES, "lab", {**made, "spec": {"template": {"name": "lab"}}})
        self.patch({"conditions": [THEIRS]})

    def patch(self, status: Fields) -> None:
        self._registry.patch("merge", INSTANCES, "lab", "a", {"status": status}, subresource="status")

    def write(self, operator: str, wanted: InstanceStatus, seen: Instance | None = None) -> None:
        """As an operator writes that goes by ``seen``, if not by what stands now; Refused if that is out of date."""
        steps = steps_to(seen or self.instance, wanted, operator)
        if steps is None:
            assert seen is None
            self.patch(status_patch(self.status, wanted, operator))
        elif len(steps) > 1:
            self._registry.patch("json", INSTANCES, "lab", "a", steps, subresource="status")

    @property
    def instance(self) -> Instance:
        return msgspec.convert(self._registry.get(INSTANCES, "lab", "a"), Instance)

    @property
    def raw(self) -> Json:
        return copy.deepcopy(self._registry.get(INSTANCES, "lab", "a")["status"])

    @property
    def status(self) -> InstanceStatus:
        return self.instance.status


@given(writes)
def test_each_operators_part_reads_as_it_wrote_last_B40(writes: list[tuple[str, InstanceStatus]]) -> None:
    stored = Stored()
    last: dict[str, Fields] = {}

    for operator, wanted in writes:
        stored.write(operator, wanted)
        last[operator] = owned_fields(wanted, operator)

        for owner, fields in last.items():
            assert comparable(owned_fields(stored.status, owner)) == comparable(fields)
        assert THEIRS in stored.raw["conditions"]
        assert status_patch(stored.status, wanted, operator) in ({}, {"conditions": stored.raw["conditions"]})


@given(writes)
def test_an_entry_goes_with_the_last_word_that_is_said_of_it(writes: list[tuple[str, InstanceStatus]]) -> None:
    """Whoever goes last: no entry stays that has nothing but what the definition fills in."""
    stored = Stored()
    for operator, wanted in writes:
        stored.write(operator, wanted)

    for operator in (*OPERATORS, *OPERATORS):
        stored.write(operator, InstanceStatus())

    assert stored.raw["pods"] == stored.raw["pvcs"] == {}
    assert stored.raw["conditions"] == [THEIRS]


@settings(max_examples=40)
@given(writes, st.permutations(OPERATORS), statuses, statuses)
def test_words_of_others_in_between_disturb_no_write_and_are_kept_B40(
    writes: list[tuple[str, InstanceStatus]], order: list[str], theirs: InstanceStatus, wanted: InstanceStatus
) -> None:
    first, second, *_ = order
    stored = Stored()
    for operator, status in writes:
        stored.write(operator, status)
    seen = stored.instance
    assume(steps_to(seen, wanted, second) is not None)
    stored.write(first, theirs)
    between = stored.instance

    try:
        stored.write(second, wanted, seen)
    except Refused:  # what both speak of has changed: entries or their state; or a condition went that stood before
        moved = kinds(between)[: len(kinds(seen))] != kinds(seen)
        assert moved or states(seen) != states(between)
        assert stored.instance == between
        return

    assert comparable(owned_fields(stored.status, second)) == comparable(owned_fields(wanted, second))
    assert comparable(owned_fields(stored.status, first)) == comparable(owned_fields(theirs, first))


@pytest.mark.parametrize(
    "newer",
    [
        {"pods": {"notebook": PodState(resource_name="n-2", uid="two", start_id="2")}},
        {"pods_provisioned": "Partially Processed"},
        {"conditions": (PROVISIONED,)},
    ],
    ids=["record", "progress", "condition"],
)
def test_write_that_comes_late_replaces_no_newer_words_of_ones_own_B40(newer: Json) -> None:
    stored = Stored()
    late = InstanceStatus(
        pods={"notebook": PodState(resource_name="n-1", uid="one", start_id="1")},
        pods_provisioned="Completed",
        conditions=(msgspec.structs.replace(PROVISIONED, reason="B"),),
    )
    seen = stored.instance
    stored.write(POD_OPERATOR, InstanceStatus(**newer))
    now = stored.instance

    with pytest.raises(Refused):
        stored.write(POD_OPERATOR, late, seen)

    assert stored.instance == now


def of_pod(**fields: Any) -> InstanceStatus:
    return InstanceStatus(pods={"notebook": PodState(**fields)})


@pytest.mark.parametrize(
    ("operator", "newer", "late"),
    [
        (POD_STATUS_OPERATOR, of_pod(pod_address="10.0.0.2"), of_pod(pod_address="10.0.0.1")),
        (POD_STATUS_OPERATOR, of_pod(state="Stopped"), of_pod(state="Running")),
        (POD_STATUS_OPERATOR, InstanceStatus(address="10.0.0.2:1"), InstanceStatus(address="10.0.0.1:1")),
        (
            OTHER_RESOURCES_OPERATOR,
            InstanceStatus(other_resources_provisioned={"db": "Completed"}),
            InstanceStatus(other_resources_provisioned={"db": "Pending"}),
        ),
    ],
    ids=["field of an entry", "state that others may say", "field", "field that the definition fills in"],
)
def test_write_that_comes_late_replaces_no_words_that_were_not_there_then_B40(
    operator: str, newer: InstanceStatus, late: InstanceStatus
) -> None:
    """When it was decided, nothing stood in the field, or what the definition fills in."""
    stored = Stored()
    stored.write(POD_OPERATOR, of_pod(uid="u"))
    seen = stored.instance
    stored.write(operator, newer, seen)
    now = stored.instance

    with pytest.raises(Refused):
        stored.write(operator, late, seen)

    assert stored.instance == now


@settings(max_examples=100)
@given(writes, st.sampled_from(OPERATORS), statuses, statuses)
def test_whatever_comes_late_replaces_nothing_that_its_operator_said_since_B40(
    writes: list[tuple[str, InstanceStatus]], operator: str, newer: InstanceStatus, late: InstanceStatus
) -> None:
    stored = Stored()
    for other, status in writes:
        stored.write(other, status)
    seen = stored.instance
    assume(steps_to(seen, late, operator) is not None)
    before = words(seen, operator)
    stored.write(operator, newer)
    after = words(stored.instance, operator)
    said_since = {path: after.get(path) for path in before.keys() | after if before.get(path) != after.get(path)}

    with suppress(Refused):
        stored.write(operator, late, seen)

    now = words(stored.instance, operator)
    assert {path: now.get(path) for path in said_since} == said_since


def test_an_entry_of_which_others_speak_stays_with_what_they_say() -> None:
    stored = Stored()
    both = InstanceStatus(pods={"notebook": PodState(uid="u", observed_uid="u", pod_address="10.1.2.3")})
    for operator in (POD_OPERATOR, POD_STATUS_OPERATOR):
        stored.patch(status_patch(stored.status, both, operator))

    stored.patch(status_patch(stored.status, InstanceStatus(), POD_OPERATOR))

    assert stored.status.pods == {"notebook": PodState(observed_uid="u", pod_address="10.1.2.3")}
    stored.patch(status_patch(stored.status, InstanceStatus(), POD_STATUS_OPERATOR))
    assert stored.raw["pods"] == {}


def test_texts_that_older_clients_expect_are_written_empty_B14() -> None:
    stored = Stored()

    stored.patch(status_patch(stored.status, InstanceStatus(pods={"notebook": PodState(uid="u")}), POD_OPERATOR))

    assert stored.raw["pods"]["notebook"] == {"state": "Processed", "errorMessage": "", "parameters": {}, "uid": "u"}


def steps_to(seen: Instance, wanted: InstanceStatus, operator: str) -> list[Fields] | None:
    return guarded_patch(seen, owned_fields(seen.status, operator), owned_fields(wanted, operator))


def words(instance: Instance, operator: str) -> dict[tuple[str, ...], object]:
    """What an operator says, by each field that is written as a whole; empty fields say nothing."""
    fields = owned_fields(instance.status, operator)
    entries: Any = fields.pop("pods", {})
    listed: Any = fields.pop("conditions", [])
    found = (
        {(name,): value for name, value in fields.items()}
        | {("pods", name, key): value for name, entry in entries.items() for key, value in entry.items()}
        | {("conditions", each["type"]): each for each in listed}
    )
    return {path: value for path, value in found.items() if value not in ("", {})}


def kinds(instance: Instance) -> list[str]:
    return [condition.type for condition in instance.status.conditions]


def states(instance: Instance) -> dict[str, str]:
    return {name: entry.state for name, entry in instance.status.pods.items()}


def comparable(fields: Fields) -> Fields:
    """Without what two may say of a pod, ``state``, of which the last word counts; conditions are in any order.

    An entry that says nothing else goes with that word: what is left of it is what the definition fills in.
    """
    listed: Any = fields.get("conditions", [])
    entries: Any = fields.get("pods", {})
    pods = {name: {key: value for key, value in entry.items() if key != "state"} for name, entry in entries.items()}
    told = sorted(listed, key=lambda condition: condition["type"])
    return {**fields, "conditions": told, "pods": {name: entry for name, entry in pods.items() if any(entry.values())}}
