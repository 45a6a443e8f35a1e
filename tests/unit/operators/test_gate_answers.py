"""What follows from the answers of gates (pods/gates/answers): a table."""

from typing import Any

import pytest

from jupyternetes.api.conditions import Condition
from jupyternetes.api.gate import Gate
from jupyternetes.api.instance import GateState
from jupyternetes.operators.pods.gates.answers import GiveUp, GoOn, Wait, decide

LICENCE, QUOTA = "licence.example.org/granted", "quota.example.org/checked"
ASKED = 7
LEASE = "licence/operator"


def said(status: str, *, kind: str = LICENCE, generation: int = ASKED, reason: str = "Seats", message: str = "") -> Any:
    return Condition(
        type=kind,
        status=status,  # type: ignore[arg-type]
        reason=reason,
        message=message,
        observed_generation=generation,
    )


def decided(
    *conditions: Condition,
    gates: tuple[Gate, ...] = (Gate(name=LICENCE, lease=LEASE),),
    waited: float = 1.0,
    run_out: dict[str, str] | None = None,
) -> GoOn | Wait | GiveUp:
    asked = {gate.name: GateState(before=gate.before, generation=ASKED) for gate in gates}
    return decide(gates, asked, conditions, waited=dict.fromkeys(asked, waited), run_out=run_out or {})


@pytest.mark.parametrize(
    ("conditions", "outcome"),
    [
        ([], Wait((LICENCE,), 59.0)),
        ([said("Unknown", message="Looking for a seat")], Wait((LICENCE,), 59.0)),
        ([said("True")], GoOn()),
        ([said("True", generation=ASKED + 1)], GoOn()),
        ([said("True", generation=ASKED - 1)], Wait((LICENCE,), 59.0)),
        ([said("False", generation=ASKED - 1)], Wait((LICENCE,), 59.0)),
        ([said("True", generation=0)], Wait((LICENCE,), 59.0)),
        ([said("True", kind=QUOTA)], Wait((LICENCE,), 59.0)),
    ],
)
def test_answer_counts_if_it_is_about_the_asking(conditions: list[Condition], outcome: object) -> None:
    assert decided(*conditions) == outcome


def test_refusal_has_the_words_of_who_refuses() -> None:
    outcome = decided(said("False", reason="NoSeat", message="All 20 seats are taken."))

    assert isinstance(outcome, GiveUp)
    assert outcome.reason.name == "GateRefused"
    assert outcome.message.startswith(f"Gate {LICENCE} refuses the start: NoSeat: All 20 seats are taken. Ask whoever")


def test_words_of_others_are_cut_and_hold_nothing_that_cannot_be_printed() -> None:
    outcome = decided(said("False", message="a\nb\x1b[31m\u202e" + "x" * 40_000))

    assert isinstance(outcome, GiveUp)
    assert "Seats: a b [31m x" in outcome.message
    assert outcome.message.isprintable()
    assert len(outcome.message) < 1400


def test_refusal_counts_at_once_whatever_else_is_waited_for_or_late() -> None:
    gates = (Gate(name=QUOTA, timeout_seconds=1), Gate(name="a.example.org/b"), Gate(name=LICENCE))

    outcome = decided(said("False"), gates=gates, waited=2.0)

    assert isinstance(outcome, GiveUp)
    assert outcome.reason.name == "GateRefused"


def test_all_gates_are_waited_for_side_by_side() -> None:
    gates = (Gate(name=QUOTA, timeout_seconds=30), Gate(name=LICENCE))

    assert decided(gates=gates) == Wait((QUOTA, LICENCE), 29.0)
    assert decided(said("True", kind=QUOTA), gates=gates) == Wait((LICENCE,), 59.0)
    assert decided(said("True", kind=QUOTA), said("True"), gates=gates) == GoOn()


@pytest.mark.parametrize("waited", [60.0, 61.0])
def test_time_is_over(waited: float) -> None:
    silent = decided(waited=waited)
    working = decided(said("Unknown", message="Looking for a seat"), waited=waited)

    assert isinstance(silent, GiveUp)
    assert silent.reason.name == "GateTimeout"
    assert silent.message.startswith(f"Gate {LICENCE} did not answer within 60 s. Ask")
    assert isinstance(working, GiveUp)
    assert "within 60 s, and said last: Seats: Looking for a seat. Ask" in working.message


def test_late_answer_still_counts() -> None:
    assert decided(said("True"), waited=1000.0) == GoOn()


def test_gate_may_let_a_start_go_on_when_its_time_is_over() -> None:
    gates = (Gate(name=LICENCE, on_timeout="Proceed"),)

    assert decided(gates=gates, waited=60.0) == GoOn()
    assert isinstance(decided(said("False"), gates=gates, waited=60.0), GiveUp)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ("2026-01-02T09:14:00.5Z", f"its operator last renewed Lease {LEASE} at 2026-01-02T09:14:00.5Z. Ask"),
        ("", f"there is no Lease {LEASE}. Ask"),
    ],
)
def test_nobody_waits_for_an_operator_whose_lease_has_run_out(seen: str, words: str) -> None:
    outcome = decided(run_out={LEASE: seen})

    assert isinstance(outcome, GiveUp)
    assert outcome.reason.name == "GateOperatorAbsent"
    assert words in outcome.message
    assert decided(run_out={"other/operator": ""}) == Wait((LICENCE,), 59.0)
    assert decided(said("True"), run_out={LEASE: seen}) == GoOn(), "it answered before"


@pytest.mark.parametrize(
    ("status", "waited", "run_out", "outcome"),
    [
        ("", 1.0, {}, Wait((LICENCE,), 59.0)),
        ("Unknown", 1.0, {}, Wait((LICENCE,), 59.0)),
        ("True", 1.0, {}, GoOn()),
        ("False", 1.0, {}, GoOn()),
        ("", 60.0, {}, GoOn()),
        ("", 1.0, {LEASE: ""}, GoOn()),
    ],
)
def test_stop_goes_on_with_any_answer_and_without(status: str, waited: float, run_out: Any, outcome: object) -> None:
    gates = (Gate(name=LICENCE, before="Stop", lease=LEASE),)
    conditions = [said(status)] if status else []

    assert decided(*conditions, gates=gates, waited=waited, run_out=run_out) == outcome


def test_stop_is_held_for_two_minutes_at_most_whatever_an_older_definition_let_in() -> None:
    gates = (Gate(name=LICENCE, before="Stop", timeout_seconds=3600),)

    assert decided(gates=gates, waited=119.0) == Wait((LICENCE,), 1.0)
    assert decided(gates=gates, waited=120.0) == GoOn()
