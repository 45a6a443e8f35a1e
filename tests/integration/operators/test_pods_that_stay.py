"""Pods that are to go, and what keeps them: the API server does not take the delete, their node is lost."""

import pytest

from tests.support.kubelet import running, terminated
from tests.support.lab import Lab, condition, is_running, is_stopped, says, suspended
from tests.support.operators import Operators
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually
from tests.support.webhook import Allow, Fail, Refuse, Webhook

HEALED_WITHIN = 15  # seconds


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def start(lab: Lab, name: str, of: str = "lab") -> str:
    """A running server; the name of its pod, which no node ends from now on."""
    lab.hub.first_start(name, order(of))
    return lab.serving(name)


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
