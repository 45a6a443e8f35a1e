"""What the status, Prometheus and ``kubectl describe`` are told of other resources, and of starts that end by them."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from jupyternetes.api import reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.operators.other_resources.metrics import OthersMetrics
from jupyternetes.operators.other_resources.report import newly_ready
from jupyternetes.operators.pods.metrics import StartFailures
from jupyternetes.operators.status.failures import Failure
from jupyternetes.runtime.objects import key_of
from tests.support.objects import instance
from tests.unit.operators.others_case import CONFIG, DATABASE, DB, UP, Case, asked, made, recorded


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def told(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"jupyternetes_{name}", labels)


def test_number_of_those_that_are_waited_for_is_told_by_kind_and_reason(registry: CollectorRegistry) -> None:
    numbers, about = OthersMetrics(registry), {"kind": "Database", "reason": "WaitingForOtherResource"}
    first, second = Case([CONFIG, DB], [made(CONFIG), made(DB)]), Case([DB], [made(DB)], of=asked(uid="b"))

    numbers.note(first.of, first.status())
    numbers.note(first.of, first.status())
    assert told(registry, "other_resource_waiting", **about) == 1
    assert told(registry, "other_resource_waiting", kind="ConfigMap", reason="") is None

    ready = Case([DB], [made(DB, status=UP)])
    numbers.note(ready.of, ready.status())
    assert told(registry, "other_resource_waiting", **about) == 0

    numbers.note(second.of, second.status())
    numbers.forget(key_of(second.of))
    assert told(registry, "other_resource_waiting", **about) == 0


def test_failure_counts_once_a_start(registry: CollectorRegistry) -> None:
    numbers, about = OthersMetrics(registry), {"kind": "Database", "reason": "ObjectOfAnother"}
    failed = {"db": Failure(reasons.OBJECT_OF_ANOTHER, "taken", 20.0)}
    standing = {"startId": "2", "reason": "ObjectOfAnother", "how": "Error"}

    for status in ({}, recorded(db={**standing}), recorded(db=standing | {"startId": "1"})):
        case = Case([DB], failed=failed, of=asked(status=status))
        numbers.note(case.of, case.status())

    assert told(registry, "other_resource_failures_total", **about) == 2


def test_an_event_tells_once_a_start_that_an_object_is_ready() -> None:
    def ready(status: Any) -> list[str]:
        case = Case([DB], [made(DB, status=UP)], of=asked(status=status))
        return [name for name, _ in newly_ready(case.of, case.status())]

    assert ready({}) == ["db"]
    assert ready(recorded(db={"startId": "2", "how": "Pending"})) == ["db"]
    assert ready(recorded(db={"startId": "1"})) == ["db"]
    assert ready(recorded(db={"startId": "2"})) == []


def refusal(reason: str, generation: int = 3) -> Condition:
    return Condition(type="PodsProvisioned", status="False", reason=reason, observed_generation=generation)


def test_start_that_comes_to_nothing_counts_once_by_its_reason(registry: CollectorRegistry) -> None:
    failures = StartFailures(registry)
    before = {"type": "PodsProvisioned", "status": "False", "reason": "GateTimeout", "observedGeneration": 3}

    failures.note(instance(), refusal("GateTimeout"))
    failures.note(instance(status={"conditions": [before]}), refusal("GateTimeout"))
    failures.note(instance(status={"conditions": [before]}), refusal("GateTimeout", generation=4))
    failures.note(instance(), refusal("WaitingForGate"))
    failures.note(instance(), refusal("StartSpent"))

    assert told(registry, "start_failures_total", reason="GateTimeout") == 2
    assert told(registry, "start_failures_total", reason="WaitingForGate") is None
    assert told(registry, "start_failures_total", reason="StartSpent") is None


def test_each_entry_says_its_kind_and_what_it_waits_for_until_it_is_ready() -> None:
    waiting = Case([CONFIG, DB], [made(CONFIG), made(DB)]).status().entries
    ready = Case([DB], [made(DB, status=UP)]).status().entries["db"]

    assert (waiting["db"].api_version, waiting["db"].kind) == DATABASE
    assert waiting["db"].reason == "WaitingForOtherResource"
    assert (
        waiting["db"].message == f"Database {waiting['db'].resource_name}: it has no condition Ready or Available yet"
    )
    assert (waiting["config"].kind, waiting["config"].reason, waiting["config"].message) == ("ConfigMap", "", "")
    assert (ready.kind, ready.reason, ready.message) == ("Database", "", "")


def test_what_failed_stands_in_the_error_message_alone() -> None:
    state = Case([DB], failed={"db": Failure(reasons.OBJECT_OF_ANOTHER, "taken", 20.0)}).status().entries["db"]

    assert (state.reason, state.error_message, state.message) == ("ObjectOfAnother", "taken", "")
