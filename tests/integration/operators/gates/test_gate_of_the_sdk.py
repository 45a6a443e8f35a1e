"""The example operator that approves of starts, made with the SDK, beside our operators on a real API server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.example_operators import chart_policy, example_account, example_operator
from tests.support.gates import gated
from tests.support.hub import INSTANCES
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, says, suspended
from tests.support.operators import Operator, Operators
from tests.support.templates import order
from tests.support.waiting import eventually
from tools.cluster import Cluster

GATE, SCRIPT, NAME = "approval.example.org/granted", "approval/approval.py", "approval"
LONG: Json = {"name": GATE, "timeoutSeconds": 600}
WAITING = "Waits until somebody approves of it"
Run = Callable[[], Operator]


@pytest.fixture(scope="module")
def account(kube: Kube, control_plane: Cluster) -> Iterator[Path]:
    """The operator's account, held by the chart's policy to conditions under its own prefix."""
    values: Json = {"gates": {"accounts": [{"serviceAccount": NAME, "prefix": "approval.example.org"}]}}
    kubeconfig = example_account(kube, control_plane, SCRIPT, NAME, "gates")
    with chart_policy(kube, "gate-answers", values):
        yield kubeconfig


@pytest.fixture
def run(account: Path, lab: Lab, tmp_path: Path) -> Iterator[Run]:
    """Starts replicas that look after the lab; each works, or stands by for the one that does."""
    with ExitStack() as started:

        def run() -> Operator:
            log = tmp_path / f"approval-{len(replicas)}.log"
            replicas.append(example_operator(SCRIPT, NAME, account, log, f"--namespace={lab.namespace}"))
            replicas[-1].launch()
            replicas[-1].wait_says("caches are filled")
            started.callback(lambda replica=replicas[-1]: replica.runs and replica.kill())
            return replicas[-1]

        replicas: list[Operator] = []
        yield run


def decide(lab: Lab, **lists: str) -> None:
    """As whoever approves of users does: in a ConfigMap."""
    metadata = {"name": "users", "labels": {"approval.example.org/list": ""}}
    body: Json = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": lists}
    lab.kube.apply("configmaps", lab.namespace, "users", body)


def start(lab: Lab, **gate: object) -> None:
    """The first start of Zoë's server, whose Template wants an approval."""
    lab.add_template(gated(LONG | gate))
    lab.hub.create("a", {**order(), "startId": "1", "suspend": True})
    made = lab.hub.change("a", {"metadata": {"annotations": {"hub.jupyter.org/username": "Zoë"}}})
    lab.hub.resume(made, lab.hub.give_environment(made, 2))


def answered(lab: Lab) -> Json:
    """The answer, once it is about what is asked now."""

    def is_answer(instance: Json) -> bool:
        asked = instance["status"].get("gates", {}).get(GATE)
        return bool(asked) and condition(instance, GATE).get("observedGeneration") == asked["generation"]

    return condition(lab.until(is_answer), GATE)


@pytest.mark.usefixtures("operators")
def test_start_waits_says_why_and_goes_on_with_the_approval(lab: Lab, run: Run) -> None:
    run()
    start(lab)

    lab.until(says("PodsProvisioned", "WaitingForGate"))
    lab.until(lambda instance: condition(instance, GATE).get("message") == WAITING)
    assert condition(lab.instance(), GATE)["status"] == "Unknown"
    assert lab.pods() == []

    decide(lab, approved="Zoë")
    lab.serving()
    assert {each["type"] for each in lab.instance()["status"]["conditions"]} == {
        *("PodsProvisioned", "PvcsProvisioned", "Ready"),
        GATE,
    }


@pytest.mark.usefixtures("operators")
def test_each_start_is_answered_anew(lab: Lab, run: Run) -> None:
    run()
    decide(lab, approved="Zoë")
    start(lab)
    lab.serving()
    first = answered(lab)
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    assert condition(lab.instance(), GATE) == first

    lab.hub.start("a")
    lab.serving()
    assert answered(lab)["observedGeneration"] > first["observedGeneration"]


@pytest.mark.usefixtures("operators")
def test_refusal_is_shown_in_the_operators_own_words(lab: Lab, run: Run) -> None:
    run()
    decide(lab, denied="Zoë")
    start(lab)

    refused = lab.until(says("PodsProvisioned", "GateRefused"))
    assert "Denied: You may not start servers of this kind" in condition(refused, "PodsProvisioned")["message"]
    lab.until(says("Ready", "GateRefused"))
    assert lab.pods() == []


@pytest.mark.usefixtures("operators")
def test_operator_that_was_killed_answers_after_its_restart_what_was_asked_meanwhile(lab: Lab, run: Run) -> None:
    replica = run()
    start(lab)
    lab.until(lambda instance: condition(instance, GATE))
    replica.kill()
    decide(lab, approved="Zoë")

    run()
    lab.serving()
    generation = lab.instance()["status"]["gates"][GATE]["generation"]
    assert answered(lab)["observedGeneration"] == generation


@pytest.mark.usefixtures("operators")
def test_second_replica_stands_by_and_takes_over(lab: Lab, run: Run) -> None:
    first, second = run(), run()
    start(lab)
    lab.until(lambda instance: condition(instance, GATE))
    [leader] = [each for each in (first, second) if "leading, working" in each.life]
    [other] = [each for each in (first, second) if each is not leader]

    leader.kill()
    decide(lab, approved="Zoë")
    other.wait_ready()
    lab.serving()


def test_death_of_the_operator_ends_a_start_before_its_time(lab: Lab, run: Run, operators: Operators) -> None:
    replica = run()
    lease = f"{RELEASE_NAMESPACE}/{NAME}"
    start(lab, lease=lease)
    lab.until(lambda instance: condition(instance, GATE))
    assert lab.kube.get("leases", RELEASE_NAMESPACE, NAME)["metadata"]["labels"] == {
        "jupyternetes.kadense.io/contract": "v1"
    }

    replica.kill()

    absent = lab.until(says("PodsProvisioned", "GateOperatorAbsent"))
    assert lease in condition(absent, "PodsProvisioned")["message"]


@pytest.mark.usefixtures("operators")
def test_operator_that_is_told_to_end_gives_up_its_lease(lab: Lab, run: Run) -> None:
    replica = run()
    eventually(lambda: "leading, working" in replica.life)

    assert replica.stop() == 0
    assert lab.kube.get("leases", RELEASE_NAMESPACE, NAME)["spec"]["holderIdentity"] == ""
    assert lab.kube.all(INSTANCES, lab.namespace) == []
