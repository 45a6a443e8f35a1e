"""Operators that die or are away at the wrong moment: afterwards there is one pod, one claim, and the right status."""

from collections.abc import Callable

import pytest

from tests.support.hub import INSTANCES
from tests.support.lab import Lab, goes, is_running, is_stopped, says, suspended
from tests.support.operators import Operators
from tests.support.templates import order
from tests.support.waiting import eventually


def is_being_made(lab: Lab, resource: str) -> Callable[[], bool]:
    """Whether the object is there; by then its operator has not yet, or just now, written that down."""
    return lambda: bool(lab.kube.all(resource, lab.namespace))


@pytest.mark.parametrize(
    ("victim", "moment"),
    [
        ("pvcs", None),
        ("pvcs", "persistentvolumeclaims"),
        ("pods", "persistentvolumeclaims"),
        ("pods", "pods"),
        ("pod-status", "pods"),
    ],
)
def test_operator_killed_during_a_start_leaves_one_of_everything_R04(
    lab: Lab, operators: Operators, victim: str, moment: str | None
) -> None:
    lab.add_template()

    lab.hub.first_start("a", order())
    if moment is not None:
        eventually(is_being_made(lab, moment))
    operators[victim].kill()
    operators[victim].start()

    lab.kubelet.serve(lab.made_pod())
    lab.until(is_running)
    assert len(lab.pods()) == len(lab.claims()) == 1
    assert lab.secrets() == ["jni-a-1"]


def test_all_operators_killed_at_once_during_many_starts_R04(lab: Lab, operators: Operators) -> None:
    lab.add_template()
    users = [f"user-{number}" for number in range(8)]
    for user in users:
        lab.hub.first_start(user, order())
    eventually(lambda: len(lab.pods()) >= 2)

    for name in ("pods", "pvcs", "pod-status"):
        operators[name].kill()
    operators.run_all()

    for user in users:
        lab.kubelet.serve(lab.made_pod(user))
    for user in users:
        lab.until(is_running, user)
    assert len(lab.pods()) == len(lab.claims()) == len(users)


def test_pod_that_vanished_while_the_operators_were_away_is_reported_P07(lab: Lab, operators: Operators) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    pod = lab.serving()
    operators.stop_all()

    lab.kubelet.finish(pod)
    operators.run_all()

    lab.until(says("PodsProvisioned", "StartSpent"))
    lab.until(is_stopped)
    assert lab.pods() == []
    assert lab.secrets() == []


def test_stop_that_the_pod_operator_missed_is_made_up_for_B18(lab: Lab, operators: Operators) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    lab.serving()
    operators["pods"].kill()

    lab.hub.stop("a", grace_seconds=0)
    operators.run_all()

    lab.until(suspended)
    assert lab.pods() == []
    assert lab.secrets() == []


def test_instance_deleted_while_the_operators_are_away_is_cleaned_up_B21(lab: Lab, operators: Operators) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    lab.made_pod()
    operators.stop_all()

    lab.kube.delete(INSTANCES, lab.namespace, "a")

    # owner references; Kubernetes' garbage collector looks for new kinds twice a minute
    eventually(lambda: (lab.pods(), lab.secrets()), until=lambda left: left == ([], []), seconds=90)
    operators.run_all()
    lab.hub.first_start("a", order())
    lab.serving()
    assert len(lab.pods()) == len(lab.claims()) == 1


def test_instance_deleted_and_made_again_while_the_operators_are_away_gets_its_own_pod_B21(
    lab: Lab, operators: Operators
) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    old = lab.serving()
    operators.stop_all()
    lab.kube.delete(INSTANCES, lab.namespace, "a")

    made = lab.hub.first_start("a", order())
    operators.run_all()
    eventually(lambda: lab.kube.find("pods", lab.namespace, old), until=goes, seconds=90)
    lab.kubelet.finish(old)

    pod = lab.kube.get("pods", lab.namespace, lab.serving())
    assert [owner["uid"] for owner in pod["metadata"]["ownerReferences"]] == [made["metadata"]["uid"]]
    assert len(lab.pods()) == len(lab.claims()) == 1


@pytest.mark.parametrize("name", ["pvcs", "pods", "pod-status"])
def test_operator_ends_in_order_when_told_to_B65(operators: Operators, name: str) -> None:
    assert operators[name].stop() == 0
    assert "Traceback" not in operators[name].text
