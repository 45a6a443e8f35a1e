"""Whatever operators say fits the definition: one text that is too long would make every later write fail."""

import re
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyternetes.api import conditions, reasons
from jupyternetes.api.bounds import bounded, cut
from jupyternetes.api.conditions import Condition, updated
from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.api.fields import POD_OPERATOR, POD_STATUS_OPERATOR, PVC_OPERATOR
from jupyternetes.api.instance import ClaimState, Instance, InstanceStatus, PodState, ProgressEntry, State, Termination
from jupyternetes.operators.status.conditions import report, unmoved
from jupyternetes.operators.status.owned_fields import owned_fields
from jupyternetes.operators.status.repair import repair_patch, spec_condition
from tests.support.objects import instance

Json = dict[str, Any]
TIME = "2026-01-01T00:00:00Z"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPERATORS = (PVC_OPERATOR, POD_OPERATOR, POD_STATUS_OPERATOR)
LENGTHS = (1, 300, 1100, 4096, 4097, 40_000)

texts = st.text() | st.builds(
    lambda char, length: char * length, st.sampled_from("aä€😀\ud800"), st.sampled_from(LENGTHS)
)
numbers = st.integers(-10, 100_000)
resource: dict[str, Any] = {"resource_name": texts, "state": st.sampled_from(get_args(State)), "error_message": texts}
steps = st.lists(st.builds(ProgressEntry, time=texts, reason=texts, message=texts), max_size=30).map(tuple)
pods = st.builds(
    PodState,
    **resource,
    uid=texts,
    observed_uid=texts,
    pod_address=texts,
    port_number=numbers,
    reason=texts,
    message=texts,
    exit_code=numbers,
    restarts=numbers,
    progress=steps,
)


@st.composite
def made_conditions(draw: st.DrawFn) -> tuple[Condition, ...]:
    def one(kind: str) -> Condition:
        reason = reasons.lookup(draw(texts)).name
        return updated(
            None, kind, status="False", reason=reason, message=draw(texts), generation=1, now="2026-01-01T00:00:00Z"
        )

    return tuple(one(kind) for kind in conditions.OWNERS)


statuses = st.builds(
    InstanceStatus,
    pvcs=st.dictionaries(st.just("workspace"), st.builds(ClaimState, **resource, reclaim_policy=texts)),
    pods=st.dictionaries(st.just("notebook"), pods),
    last_termination=st.dictionaries(
        st.just("notebook"), st.builds(Termination, time=texts, reason=texts, exit_code=numbers, message=texts)
    ),
    address=texts,
    node_name=texts,
    conditions=made_conditions(),
)


def schema() -> Json:
    [definition] = [d for d in custom_resource_definitions() if "instances" in d["metadata"]["name"]]  # type: ignore[index]
    return definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"]  # type: ignore[index]


def faults(value: Any, rules: Json, path: str = "status") -> list[str]:
    """What the API server would refuse of ``value``."""
    kinds = {"string": str, "integer": int, "object": dict, "array": list}
    if not isinstance(value, kinds[rules["type"]]):
        return [f"{path}: not {rules['type']}"]
    if isinstance(value, str):
        value.encode()
        fine = (
            len(value) <= rules.get("maxLength", len(value))
            and (not rules.get("enum") or value in rules["enum"])
            and (not rules.get("pattern") or re.search(rules["pattern"], value) is not None)
        )
        return [] if fine else [f"{path}: {value[:20]!r}"]
    if isinstance(value, int):
        return [] if rules.get("minimum", value) <= value <= rules.get("maximum", value) else [f"{path}: {value}"]
    if isinstance(value, list):
        found = [] if len(value) <= rules.get("maxItems", len(value)) else [f"{path}: {len(value)} items"]
        return found + [fault for item in value for fault in faults(item, rules["items"], f"{path}[]")]
    found = [f"{path}.{name}: missing" for name in rules.get("required", ()) if name not in value]
    for name, member in value.items():
        inner = rules["properties"].get(name) if "properties" in rules else rules["additionalProperties"]
        found += faults(member, inner, f"{path}.{name}") if inner else [f"{path}.{name}: unknown"]
    return found


@given(statuses)
@example(InstanceStatus(pods={"notebook": PodState(state="Error", error_message="x" * 40_000)}))
def test_whatever_an_operator_writes_fits_the_definition_C12(status: InstanceStatus) -> None:
    fitting = bounded(status)

    for operator in OPERATORS:
        assert faults(owned_fields(fitting, operator), schema()) == []
    assert bounded(fitting) is fitting, "what fits stays as it is, or it would be written for ever"


@pytest.mark.parametrize("char", "aä€😀")
@pytest.mark.parametrize("length", [9, 10, 11, 5000])
def test_text_that_is_cut_says_so_and_no_other_is_changed_C12(char: str, length: int) -> None:
    text = char * length

    short = cut(text, 10)

    assert short == text if length <= 10 else short == char * 9 + "…"
    assert short.encode().decode() == short


def test_text_that_is_no_utf8_is_written_all_the_same_C12() -> None:
    assert cut("a\udcffb", 10) == "a?b"


def test_condition_without_a_time_is_written_with_one_C12() -> None:
    """An older definition did not ask for it; the API server of today refuses the whole status without it."""
    known = instance(
        status={"conditions": [{"type": "Ready", "status": "False", "reason": "Starting", "message": "m"}]}
    )

    made = unmoved(known, report(known, "Ready", "False", reasons.STARTING, "m", now=NOW))

    assert made.last_transition_time == TIME


def test_repair_that_says_a_lot_is_done_once_C12() -> None:
    spec = {"template": {"name": "lab"}, "variables": {"y" * 5000: 5}}
    broken = {"metadata": {"name": "a", "namespace": "lab", "resourceVersion": "7"}, "spec": spec}

    def patch(known: Json) -> Json:
        read = Instance.partial_decode(known)
        return repair_patch(read, spec_condition(read, conditions.PVCS_PROVISIONED, now=NOW))

    first = patch(broken)

    assert faults(first["status"], schema()) == []
    assert patch(broken | first) == {}
