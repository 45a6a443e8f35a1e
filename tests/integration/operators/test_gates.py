"""Gates on a real API server: another operator, played with its own account, answers, refuses, is silent and dies.

That nobody waits too long is held in fake time (tests/unit/operators/test_gate_properties.py, test_lease_watch.py).
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import OPERATORS
from tests.support.audit import count
from tests.support.hub import INSTANCES
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import Lab, condition, has_pod, is_running, says, suspended
from tests.support.operators import Operator, Operators
from tests.support.templates import order, template
from tests.support.waiting import eventually

GATE, AUDIT = "licence.example.org/granted", "audit.example.org/done"
LEASE = "licence"
SECONDS = 4


@pytest.fixture(scope="module")
def gated_operators(
    all_operators: Operators, accounts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operators]:
    """Operators of which the Pod operator heeds gates."""
    all_operators.stop_all()
    logs = tmp_path_factory.mktemp("gated")
    options = [f"--template-namespace={RELEASE_NAMESPACE}", "--lease-seconds=6"]
    gates = ["--gates", f"--gate-lease={RELEASE_NAMESPACE}/{LEASE}"]
    ours = Operators(
        [
            Operator(name, accounts[name], logs / f"{name}.log", options=[*options, *(gates if name == "pods" else [])])
            for name in OPERATORS
        ]
    )
    try:
        yield ours
    finally:
        ours.stop_all()


@pytest.fixture
def operators(gated_operators: Operators) -> Operators:
    gated_operators.run_all()
    return gated_operators


@pytest.fixture
def third(accounts: dict[str, Path]) -> Iterator[Kube]:
    """The other operator's account, with the rights that the chart gives it."""
    kube = Kube(accounts["gates"])
    yield kube
    kube.close()


class Third:
    """What the other operator says about the Instance of a lab."""

    def __init__(self, kube: Kube, lab: Lab) -> None:
        self.kube = kube
        self.lab = lab

    def asked(self, name: str = GATE) -> Json:
        """What is asked of a gate, once it is."""
        return self.lab.until(lambda instance: name in instance["status"].get("gates", {}))["status"]["gates"][name]

    def said(self, status: str, name: str = GATE, *, generation: int | None = None, **words: str) -> Json:
        about = self.asked(name)["generation"] if generation is None else generation
        return {
            "type": name,
            "status": status,
            "reason": "AsTold",
            "message": "",
            "observedGeneration": about,
            "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        } | words

    def merge(self, condition: Json, *, version: str = "") -> None:
        """As our own operators may: the whole list, with the version that it rests on; again after a 409."""

        def written() -> bool:
            live = self.lab.instance()
            others = [each for each in live["status"].get("conditions", []) if each["type"] != condition["type"]]
            body = {
                "metadata": {"resourceVersion": live["metadata"]["resourceVersion"]},
                "status": {"conditions": [*others, condition]},
            }
            try:
                self.kube.merge_patch(f"{INSTANCES}/status", self.lab.namespace, "a", body, manager="third")
            except Refused as refused:
                if refused.status != 409:
                    raise
                return False
            return True

        eventually(written)

    def apply(self, condition: Json, *, force: bool = True) -> None:
        """Server-side apply of its own condition, and nothing else."""
        body = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "status": {"conditions": [condition]}}
        self.kube.apply(f"{INSTANCES}/status", self.lab.namespace, "a", body, manager="third", force=force)


def gated(*gates: Json) -> Json:
    return template(gates=list(gates) or [{"name": GATE, "timeoutSeconds": SECONDS}])


def started(lab: Lab, kube: Kube, *gates: Json) -> Third:
    """The first start of a server whose Template has these gates."""
    lab.add_template(gated(*gates))
    lab.hub.first_start("a", order())
    return Third(kube, lab)


LONG: Json = {"name": GATE, "timeoutSeconds": 600}
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


# Leases


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
    lease()
    operator = started(lab, third, LONG | {"lease": f"{RELEASE_NAMESPACE}/{LEASE}"})
    operator.asked()
    lease()
    last = time.monotonic()

    absent = lab.until(says("PodsProvisioned", "GateOperatorAbsent"))

    assert time.monotonic() - last >= 4.9  # and not the ten minutes of the gate
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

    told = eventually(lambda: _accepted(lab), until=lambda found: found.get("reason") == "PartlySupported")
    assert "$.spec.gates[0].lease" in told["message"]
    assert "gates.leases" in told["message"]


def _accepted(lab: Lab) -> Json:
    live = lab.kube.get("jupyternotebooktemplates", lab.namespace, "lab")
    return next(iter(live.get("status", {}).get("conditions", [])), {})


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


# stops


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


# what it costs, and where gates are off


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize("gates", [False, True])
def test_start_without_gates_costs_what_it_did_and_one_with_gates_one_write_more(
    lab: Lab, third: Kube, *, gates: bool
) -> None:
    lab.add_template(gated(LONG) if gates else template())
    mark = lab.audit.mark()
    lab.hub.first_start("a", order())
    if gates:
        operator = Third(third, lab)
        operator.merge(operator.said("True"))
    lab.until(has_pod)

    calls = count([call for call in lab.audit.calls(mark, namespace=lab.namespace) if call.resource != "events"])
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
        told = eventually(lambda: _accepted(lab), until=lambda found: found.get("status") == "False")
        assert "$.spec.gates" in told["message"]
        assert lab.pods() == []
    finally:
        all_operators.stop_all()
