"""Pods that are to go, and what keeps them: their node is lost, or the API server does not take the delete."""

import pytest

from tests.support.audit import Call
from tests.support.kube import Json
from tests.support.kubelet import running, terminated
from tests.support.lab import Lab, condition, goes, is_running, is_stopped, says, suspended
from tests.support.operators import Operators
from tests.support.rest import until_at_rest
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually
from tests.support.webhook import Allow, Fail, Refuse, Webhook

FINALIZER = "example.org/hold"
GRACE = 1  # seconds
HEALED_WITHIN = 15  # seconds


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def impatient(name: str = "lab") -> Json:
    """A Template whose pods are removed one second after their grace period."""
    return template(name, pods=[{"name": "notebook", "spec": pod_spec(), "forceDeleteAfterSeconds": 1}])


def start(lab: Lab, name: str, of: str = "lab") -> str:
    """A running server; the name of its pod, which no node ends from now on."""
    lab.hub.first_start(name, order(of))
    return lab.serving(name)


def deletes(lab: Lab, since: int) -> list[Call]:
    return [call for call in lab.writes(since) if (call.verb, call.resource) == ("delete", "pods")]


def test_stop_ends_by_force_where_the_template_says_so_and_nowhere_else_C27(lab: Lab) -> None:
    lab.add_template(impatient())
    lab.add_template(template("patient"))
    pod, other = start(lab, "a"), start(lab, "b", "patient")

    lab.hub.stop("b", grace_seconds=GRACE)
    eventually(lambda: lab.kube.get("pods", lab.namespace, other)["metadata"].get("deletionTimestamp"))
    lab.hub.stop("a", grace_seconds=GRACE)

    lab.until(suspended)
    assert "jni-a-1" not in lab.secrets()
    [told] = eventually(lambda: lab.events("PodForceDeleted"))
    assert told["involvedObject"]["name"] == "a"
    assert (told["type"], f"Pod {pod}" in told["message"], "node node-1" in told["message"]) == ("Warning", True, True)
    assert [each["metadata"]["name"] for each in lab.pods()] == [other]
    assert lab.kube.get("pods", lab.namespace, other)["metadata"]["deletionGracePeriodSeconds"] == GRACE


def test_next_start_goes_on_once_the_old_pod_was_removed_by_force_C27(lab: Lab) -> None:
    lab.add_template(impatient())
    old = start(lab, "a")
    lab.hub.stop("a", grace_seconds=GRACE)
    eventually(lambda: lab.kube.find("pods", lab.namespace, old), until=goes)

    lab.hub.start("a")

    assert lab.made_pod() != old
    assert len(lab.pods()) == 1


def test_pod_that_a_finalizer_keeps_is_forced_once_and_says_who_keeps_it_C27(lab: Lab, operators: Operators) -> None:
    lab.add_template(impatient())
    pod = start(lab, "a")
    lab.kube.merge_patch("pods", lab.namespace, pod, {"metadata": {"finalizers": [FINALIZER]}})
    mark = lab.audit.mark()

    lab.hub.stop("a", grace_seconds=GRACE)

    [told] = eventually(lambda: lab.events("PodForceDeleted"))
    assert FINALIZER in told["message"]
    assert lab.kube.get("pods", lab.namespace, pod)["metadata"]["deletionGracePeriodSeconds"] == 0
    told = lab.until(lambda instance: instance["status"]["pods"]["notebook"].get("reason") == "PodHeld", seconds=60)
    assert FINALIZER in told["status"]["pods"]["notebook"]["message"]
    until_at_rest(lab, operators, "a")
    assert len(deletes(lab, mark)) == 2
    lab.kube.merge_patch("pods", lab.namespace, pod, {"metadata": {"finalizers": None}})
    lab.until(suspended)


@pytest.mark.parametrize("act", [Fail(), Refuse("keep it")], ids=["webhook fails", "policy refuses"])
def test_delete_that_is_refused_is_told_and_heals_C10(lab: Lab, webhook: Webhook, act: Fail | Refuse) -> None:
    lab.add_template()
    pod = start(lab, "a")
    with webhook.intercepts("pods", act, operations=["DELETE"], namespaces=[lab.namespace]) as pods:
        lab.hub.stop("a", grace_seconds=0)

        told = condition(lab.until(says("PodsProvisioned", "FailedDelete")), "PodsProvisioned")
        assert pod in told["message"]
        assert told["message"].endswith("goes on by itself.")
        pods.act = Allow()
        lab.until(suspended, seconds=HEALED_WITHIN)

    assert lab.pods() == []


def test_ended_server_whose_pod_lost_its_label_leaves_no_container_behind_C01(lab: Lab) -> None:
    spec = pod_spec(containers=[container(), container(name="beside", ports=None)])
    lab.add_template(template(pods=[{"name": "notebook", "spec": spec}]))
    lab.hub.first_start("a", order())
    pod = lab.made_pod()
    lab.kubelet.bind(pod)
    lab.kubelet.report(pod, running("notebook"), running("beside"))
    lab.until(is_running)
    labels = {"jupyternetes.kadense.io/instance": None}
    lab.kube.merge_patch("pods", lab.namespace, pod, {"metadata": {"labels": labels}})
    lab.kubelet.report(pod, terminated("notebook", 0, "Completed"), running("beside"))
    lab.until(is_stopped, seconds=60)  # nothing tells the Pod status operator, which looks every 20 seconds

    eventually(lambda: lab.kube.get("pods", lab.namespace, pod)["metadata"].get("deletionTimestamp"))

    assert not says("PodsProvisioned", "StartSpent")(lab.instance())
    lab.kubelet.finish(pod)
    lab.until(says("PodsProvisioned", "StartSpent"))
