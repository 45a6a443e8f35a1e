"""Leases of those who answer gates, and gates that make no sense, on a real API server.

That nobody waits too long is held in fake time (tests/unit/operators/test_gate_properties.py, test_lease_watch.py).
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tests.support.gates import GATE, LEASE, LONG, accepted, gated, started
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import Lab, condition, says
from tests.support.waiting import eventually


def renew(kube: Kube, *, seconds: int = 5) -> None:
    spec = {
        "holderIdentity": "them",
        "leaseDurationSeconds": seconds,
        "renewTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": LEASE}, "spec": spec}
    kube.apply("leases", RELEASE_NAMESPACE, LEASE, body)


@pytest.fixture
def lease(kube: Kube) -> Iterator[Callable[[], None]]:
    """Renews the other operator's Lease, which lasts 5 s."""
    yield lambda: renew(kube)
    kube.delete("leases", RELEASE_NAMESPACE, LEASE)


@pytest.mark.usefixtures("operators")
def test_start_does_not_wait_for_an_operator_that_dies(lab: Lab, third: Kube, lease: Callable[[], None]) -> None:
    renew(lab.kube, seconds=60)  # until it is asked
    operator = started(lab, third, LONG | {"lease": f"{RELEASE_NAMESPACE}/{LEASE}"})
    operator.asked()
    before = time.monotonic()
    lease()
    after = time.monotonic()

    absent = lab.until(says("PodsProvisioned", "GateOperatorAbsent"))

    # and not the ten minutes of the gate: two seconds more than the Lease lasts, and on a busy machine two again
    seen = time.monotonic()
    assert seen - before >= 5
    assert seen - after <= 5 + 2 + 2
    message = condition(absent, "PodsProvisioned")["message"]
    assert f"Lease {RELEASE_NAMESPACE}/{LEASE}" in message
    assert "last renewed" in message


@pytest.mark.usefixtures("operators")
def test_operator_that_lives_is_waited_for(lab: Lab, third: Kube, lease: Callable[[], None]) -> None:
    lease()
    operator = started(lab, third, LONG | {"lease": f"{RELEASE_NAMESPACE}/{LEASE}"})
    for _ in range(8):
        lease()
        time.sleep(1)  # more than the Lease lasts, in all
    assert says("PodsProvisioned", "WaitingForGate")(lab.instance())
    operator.merge(operator.said("True"))
    lab.made_pod()


@pytest.mark.usefixtures("operators")
def test_lease_that_is_not_on_the_list_is_said_of_the_template(lab: Lab) -> None:
    lab.add_template(gated(LONG | {"lease": "elsewhere/operator"}))

    told = eventually(lambda: accepted(lab), until=lambda found: found.get("reason") == "PartlySupported")
    assert "$.spec.gates[0].lease" in told["message"]
    assert "gates.leases" in told["message"]


@pytest.mark.parametrize(
    "gate",
    [
        {"name": "Granted"},
        {"name": "kadense.io/x"},
        {"name": "x.kadense.io/x"},
        {"name": GATE, "before": "Ready"},
        {"name": GATE, "before": "Stop", "timeoutSeconds": 121},
        {"name": GATE, "timeoutSeconds": 0},
        {"name": GATE, "timeoutSeconds": 3601},
        {"name": GATE, "lease": "one"},
        {"before": "Start"},
    ],
)
def test_gate_that_makes_no_sense_is_refused_when_it_is_applied(lab: Lab, gate: Json) -> None:
    with pytest.raises(Refused) as refused:
        lab.add_template(gated(gate))
    assert refused.value.status == 422


def test_two_gates_of_one_name_are_refused_when_they_are_applied(lab: Lab) -> None:
    with pytest.raises(Refused, match="Duplicate"):
        lab.add_template(gated(LONG, LONG))
