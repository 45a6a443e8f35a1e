"""Gates before a stop, on a real API server, and what gates cost.

That nobody waits too long is held in fake time (tests/unit/operators/test_gate_properties.py, test_lease_watch.py).
"""

import time
from typing import Any

import pytest

from tests.support.audit import count
from tests.support.gates import AUDIT, LONG, SECONDS, Third, accepted, gated, started
from tests.support.hub import INSTANCES
from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, has_pod, is_running, says, suspended
from tests.support.operators import Operators
from tests.support.templates import order, template
from tests.support.waiting import eventually

STOP: Json = {"name": AUDIT, "before": "Stop", "timeoutSeconds": SECONDS}


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize("status", ["True", "False"])
def test_stop_waits_for_the_answer_whatever_it_is(lab: Lab, third: Kube, status: str) -> None:
    operator = started(lab, third, STOP | {"timeoutSeconds": 120})
    lab.serving()

    generation = lab.hub.stop("a", grace_seconds=0)["metadata"]["generation"]
    lab.until(says("PodsProvisioned", "WaitingForGate"))
    assert operator.asked(AUDIT) | {"askedAt": ""} == {
        "before": "Stop",
        "generation": generation,
        "startId": "1",
        "askedAt": "",
    }
    assert "deletionTimestamp" not in lab.pods()[0]["metadata"]
    assert is_running(lab.instance())

    operator.merge(operator.said(status, AUDIT))
    lab.until(suspended)
    assert lab.pods() == []


@pytest.mark.usefixtures("operators")
def test_stop_is_held_up_for_so_long_and_no_longer(lab: Lab, third: Kube) -> None:
    started(lab, third, STOP)
    lab.serving()

    begun = time.monotonic()
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)

    assert time.monotonic() - begun >= SECONDS - 0.5


@pytest.mark.usefixtures("operators")
def test_deleting_the_instance_passes_no_gate(lab: Lab, third: Kube) -> None:
    started(lab, third, STOP | {"timeoutSeconds": 120})
    lab.serving()

    lab.kube.delete(INSTANCES, lab.namespace, "a")

    eventually(lambda: [pod for pod in lab.pods() if "deletionTimestamp" not in pod["metadata"]], until=lambda p: not p)


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize("gates", [False, True])
def test_start_without_gates_costs_what_it_did_and_one_with_gates_one_write_more(
    lab: Lab, third: Kube, *, gates: bool
) -> None:
    lab.add_template(gated(LONG) if gates else template())
    lab.rehearsed()  # no part of a start
    mark = lab.audit.mark()
    lab.hub.first_start("a", order())
    if gates:
        operator = Third(third, lab)
        operator.merge(operator.said("True"))
    lab.until(has_pod)

    asked = lab.audit.calls(mark, namespace=lab.namespace)
    calls = count([call for call in asked if call.resource != "events" and not call.met_another])
    made = {what: number for (who, what), number in calls.items() if who == "pods"}
    assert made == {"create pods": 1, f"patch {INSTANCES}/status": 2 if gates else 1}


def test_template_with_gates_cannot_be_used_where_they_are_off(
    lab: Lab, third: Kube, all_operators: Operators, gated_operators: Operators
) -> None:
    gated_operators.stop_all()
    all_operators.run_all()
    try:
        started(lab, third, LONG)
        failed: Any = lab.until(says("PodsProvisioned", "TemplateError"))
        assert "gates.enabled" in condition(failed, "PodsProvisioned")["message"]
        told = eventually(lambda: accepted(lab), until=lambda found: found.get("status") == "False")
        assert "$.spec.gates" in told["message"]
        assert lab.pods() == []
    finally:
        all_operators.stop_all()
