"""Pods that are to go, and what keeps them: the API server does not take the delete, their node is lost."""

import pytest

from tests.support.kubelet import running, terminated
from tests.support.lab import Lab, is_running, is_stopped, says
from tests.support.operators import Operators
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually

HEALED_WITHIN = 15  # seconds


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def start(lab: Lab, name: str, of: str = "lab") -> str:
    """A running server; the name of its pod, which no node ends from now on."""
    lab.hub.first_start(name, order(of))
    return lab.serving(name)


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
