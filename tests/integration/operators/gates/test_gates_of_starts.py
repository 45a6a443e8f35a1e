"""Gates before a start, on a real API server: answered, refused, met with silence and with nonsense.

That nobody waits too long is held in fake time (tests/unit/operators/test_gate_properties.py, test_lease_watch.py).
"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.support.gates import AUDIT, GATE, LONG, SECONDS, Third, started
from tests.support.hub import INSTANCES
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import Lab, condition, says, suspended
from tests.support.operators import Operators
from tests.support.waiting import eventually

WRITES: list[Callable[[Third, Json], None]] = [Third.merge, Third.apply]


@pytest.mark.usefixtures("operators")
def test_server_starts_with_the_answer_and_claims_are_made_meanwhile(lab: Lab, third: Kube) -> None:
    operator = started(lab, third, LONG)

    lab.until(says("PodsProvisioned", "WaitingForGate"))
    eventually(lab.claims)
    assert lab.pods() == []
    assert operator.asked()["startId"] == "1"
    assert GATE in condition(lab.instance(), "PodsProvisioned")["message"]
    lab.until(says("Ready", "WaitingForGate"))
    [event] = eventually(lambda: lab.events("GateAsked"))
    assert event["message"] == f"Asked {GATE} whether the server may start"

    operator.merge(operator.said("Unknown", message="Looking for a seat"))
    operator.merge(operator.said("True"))
    lab.serving()
    assert lab.instance()["status"]["gates"].keys() == {GATE}


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize("write", WRITES)
def test_each_start_needs_an_answer_of_its_own_and_conditions_of_others_stay_B40(
    lab: Lab, third: Kube, write: Callable[[Third, Json], None]
) -> None:
    operator = started(lab, third, LONG)
    write(operator, operator.said("True"))
    lab.serving()
    first = condition(lab.instance(), GATE)

    lab.hub.stop("a", grace_seconds=0)
    stopped = lab.until(suspended)
    assert "gates" not in stopped["status"]
    assert condition(stopped, GATE) == first
    lab.hub.start("a")
    waiting = lab.until(says("PodsProvisioned", "WaitingForGate"))

    assert condition(waiting, GATE) == first, "the old answer stays, and does not count"
    write(operator, operator.said("True", generation=first["observedGeneration"], message="Once more"))
    lab.until(lambda instance: condition(instance, GATE).get("message") == "Once more")
    assert lab.pods() == []
    write(operator, operator.said("True"))
    lab.serving()
    answer = condition(lab.instance(), GATE)
    assert answer["observedGeneration"] == lab.instance()["metadata"]["generation"]
    assert {each["type"] for each in lab.instance()["status"]["conditions"]} == {
        *("PodsProvisioned", "PvcsProvisioned", "Ready"),
        GATE,
    }


@pytest.mark.usefixtures("operators")
def test_client_that_applies_without_force_is_told_of_the_record_that_a_start_ended(lab: Lab, third: Kube) -> None:
    """Its own answer of the last start belongs to nobody it knows of any more: it has to apply with force."""
    operator = started(lab, third, LONG)
    operator.apply(operator.said("True"), force=False)
    lab.serving()
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.hub.start("a")
    lab.until(says("PodsProvisioned", "WaitingForGate"))

    operator.apply(operator.said("Unknown", "licence.example.org/other", generation=1), force=False)
    with pytest.raises(Refused, match="before-first-apply"):
        operator.apply(operator.said("True"), force=False)
    operator.apply(operator.said("True"))
    lab.serving()


@pytest.mark.usefixtures("operators")
def test_answer_that_rests_on_an_old_list_is_refused_and_loses_nothing_B40(lab: Lab, third: Kube) -> None:
    operator = started(lab, third, LONG)
    old = lab.until(says("PodsProvisioned", "WaitingForGate"))["metadata"]["resourceVersion"]
    operator.merge(operator.said("Unknown"))
    body = {"metadata": {"resourceVersion": old}, "status": {"conditions": [operator.said("True")]}}

    with pytest.raises(Refused) as refused:
        third.merge_patch(f"{INSTANCES}/status", lab.namespace, "a", body)

    assert refused.value.status == 409
    operator.merge(operator.said("True"))
    lab.serving()
    assert condition(lab.instance(), "PvcsProvisioned")["status"] == "True"


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize("write", WRITES)
def test_refusal_is_shown_at_once_in_the_words_of_who_refuses(
    lab: Lab, third: Kube, write: Callable[[Third, Json], None]
) -> None:
    operator = started(lab, third, LONG, {"name": AUDIT, "timeoutSeconds": 600})

    write(operator, operator.said("False", reason="NoSeat", message="All 20 seats are taken"))

    refused = lab.until(says("PodsProvisioned", "GateRefused"))
    assert "NoSeat: All 20 seats are taken" in condition(refused, "PodsProvisioned")["message"]
    lab.until(says("Ready", "GateRefused"))
    assert "All 20 seats" in eventually(lambda: lab.events("GateRefused"))[0]["message"]
    assert lab.pods() == []


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize(("way", "reason"), [("Fail", "GateTimeout"), ("Proceed", "Provisioned")])
def test_silence_is_over_when_its_time_is(lab: Lab, third: Kube, way: str, reason: str) -> None:
    operator = started(lab, third, {"name": GATE, "timeoutSeconds": SECONDS, "onTimeout": way})
    asked_at = datetime.fromisoformat(operator.asked()["askedAt"])

    lab.until(says("PodsProvisioned", reason))

    assert (datetime.now(UTC) - asked_at).total_seconds() >= SECONDS
    assert len(lab.pods()) == (way == "Proceed")


@pytest.mark.parametrize("when", ["asked", "answered while it was down"])
def test_restart_of_the_pod_operator_asks_nobody_again(lab: Lab, third: Kube, operators: Operators, when: str) -> None:
    operator = started(lab, third, LONG)
    asked = operator.asked()
    operators["pods"].kill()
    if when != "asked":
        operator.apply(operator.said("True"))
    lab.hub.change("a", {"spec": {"gracePeriodSeconds": 3}})  # a later edit of the spec

    operators.run_all()
    if when == "asked":
        lab.until(says("PodsProvisioned", "WaitingForGate"))
        assert operator.asked() == asked
        operator.apply(operator.said("True", generation=asked["generation"]))
    lab.serving()


def test_time_that_passes_while_nobody_leads_counts(lab: Lab, third: Kube, operators: Operators) -> None:
    operator = started(lab, third, LONG)
    operator.asked()
    operators["pods"].kill()
    long_ago = {"status": {"gates": {GATE: {"askedAt": "2026-01-01T00:00:00.000000Z"}}}}
    lab.kube.merge_patch(f"{INSTANCES}/status", lab.namespace, "a", long_ago)

    operators.run_all()
    lab.until(says("PodsProvisioned", "GateTimeout"))


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize(
    "nonsense",
    [
        {"type": "Granted", "status": "True", "reason": "X", "message": ""},
        {"type": GATE, "status": "True", "reason": "X", "message": "", "observedGeneration": 0},
        {"type": f"{GATE}x", "status": "True", "reason": "X", "message": "", "observedGeneration": 99},
    ],
)
def test_nonsense_is_no_answer(lab: Lab, third: Kube, nonsense: Json) -> None:
    operator = started(lab, third)
    operator.asked()
    operator.apply({"lastTransitionTime": "2026-01-01T00:00:00Z"} | nonsense)

    lab.until(says("PodsProvisioned", "GateTimeout"))
    assert lab.pods() == []


@pytest.mark.usefixtures("operators")
def test_condition_that_the_definition_does_not_let_in_is_refused(lab: Lab, third: Kube) -> None:
    operator = started(lab, third)
    for field, value in (
        ("status", "Yes"),
        ("reason", "no word"),
        ("observedGeneration", -1),
        ("message", "x" * 40_000),
    ):
        with pytest.raises(Refused):
            operator.apply(operator.said("True") | {field: value})
