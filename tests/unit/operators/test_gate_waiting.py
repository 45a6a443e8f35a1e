"""For how long gates are asked, and how many wait (pods/gates/waiting); what stays on record (pods/gates/asking)."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs
from prometheus_client import CollectorRegistry

from jupyternetes.api import gate_reasons, reasons
from jupyternetes.api.instance import GateState, Instance
from jupyternetes.operators.pods.gates.asking import to_keep
from jupyternetes.operators.pods.gates.waiting import GateWaiting
from jupyternetes.operators.pods.steps import Plan, PodsStatus
from jupyternetes.runtime.objects import ObjectKey
from tests.support.objects import NAMESPACE, instance

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = ObjectKey(NAMESPACE, "a")
GATE = "licence.example.org/granted"
ASKED = GateState(before="Start", generation=3, start_id="2", asked_at="2026-01-02T03:04:05.000000Z")

pytestmark = pytest.mark.looptime


class Leases:
    run_out: Mapping[str, str] = {"licence/operator": ""}


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def waiting(registry: CollectorRegistry) -> GateWaiting:
    return GateWaiting(on=True, leases=Leases(), registry=registry)


def asking(asked: Mapping[str, Any] | None = None) -> Instance:
    known = instance(startId="2")
    gates = {GATE: ASKED} if asked is None else dict(asked)
    return structs.replace(known, status=structs.replace(known.status, gates=gates))


def said(asked: Mapping[str, GateState] | None) -> PodsStatus:
    return PodsStatus({}, "Pending", gate_reasons.WAITING_FOR_GATE, "", asked)


async def test_time_is_counted_by_our_own_clock_from_the_asking_on(waiting: GateWaiting) -> None:
    waiting.note(KEY, Plan(status=said({GATE: ASKED}), waits_for=(GATE,)), NOW)
    await asyncio.sleep(7)

    facts = waiting.facts(asking(), NOW + timedelta(hours=1))  # somebody set the clock

    assert facts.waited == {GATE: 7.0}
    assert facts.run_out == Leases.run_out


@pytest.mark.parametrize(("ahead", "waited"), [(30.0, 30.0), (0.25, 0.25), (-3600.0, 0.0)])
async def test_what_passed_before_this_process_is_taken_from_the_record(
    waiting: GateWaiting, ahead: float, waited: float
) -> None:
    assert waiting.facts(asking(), NOW + timedelta(seconds=ahead)).waited == {GATE: waited}
    await asyncio.sleep(2)
    assert waiting.facts(asking(), NOW).waited == {GATE: waited + 2}


@pytest.mark.parametrize("asked_at", ["", "yesterday", "2026-01-02T03:04:05"])
async def test_time_that_cannot_be_read_is_now(waiting: GateWaiting, asked_at: str) -> None:
    odd = asking({GATE: structs.replace(ASKED, asked_at=asked_at)})

    assert waiting.facts(odd, NOW + timedelta(hours=1)).waited == {GATE: 0.0}


async def test_next_asking_begins_anew(waiting: GateWaiting) -> None:
    waiting.facts(asking(), NOW)
    await asyncio.sleep(50)
    later = structs.replace(ASKED, start_id="3", asked_at="2026-01-02T03:04:55.000000Z")

    assert waiting.facts(asking({GATE: later}), NOW + timedelta(seconds=50)).waited == {GATE: 0.0}
    assert waiting.facts(asking({}), NOW).waited == {}


async def test_number_of_those_who_wait_is_told_by_gate(waiting: GateWaiting, registry: CollectorRegistry) -> None:
    def told(gate: str) -> float | None:
        return registry.get_sample_value("jupyternetes_gate_waiting", {"gate": gate})

    second = ObjectKey(NAMESPACE, "b")
    assert told(GATE) is None
    waiting.note(KEY, Plan(waits_for=(GATE, "b.example.org/b")), NOW)
    waiting.note(second, Plan(waits_for=(GATE,)), NOW)
    assert (told(GATE), told("b.example.org/b"), set(waiting.keys)) == (2, 1, {KEY, second})

    waiting.note(KEY, Plan(waits_for=(GATE,)), NOW)
    waiting.note(KEY, Plan(waits_for=(GATE,)), NOW)
    waiting.forget(second)
    assert (told(GATE), told("b.example.org/b"), set(waiting.keys)) == (1, 0, {KEY})

    waiting.note(KEY, Plan(), NOW)
    assert (told(GATE), set(waiting.keys)) == (0, set())


@pytest.mark.parametrize(
    ("reason", "suspend", "kept"),
    [
        (reasons.PROVISIONED, False, True),
        (reasons.QUOTA_EXCEEDED, False, True),
        (reasons.START_SPENT, False, False),
        (reasons.SUSPENDED, True, False),
        (reasons.FAILED_DELETE, True, False),
    ],
)
async def test_record_stays_as_long_as_its_start(reason: reasons.Reason, suspend: bool, kept: bool) -> None:
    known = asking()
    known = structs.replace(known, spec=structs.replace(known.spec, suspend=suspend))

    assert to_keep(known, reason) == ({GATE: ASKED} if kept else {})
