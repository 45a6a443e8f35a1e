"""A quota that is used up at the moment: a server that is being stopped frees it."""

import pytest

from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, says
from tests.support.operators import Operators
from tests.support.quotas import is_not_counted, is_used_up
from tests.support.templates import order
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def add_quota(kube: Kube, namespace: str, **hard: str) -> None:
    body = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "quota"}, "spec": {"hard": hard}}
    kube.create("resourcequotas", namespace, body)


def test_start_waits_for_the_quota_that_a_stopping_server_frees_C07(lab: Lab) -> None:
    lab.add_template()
    add_quota(lab.kube, lab.namespace, pods="1")
    eventually(lambda: lab.kube.get("resourcequotas", lab.namespace, "quota")["status"].get("hard"))
    lab.hub.first_start("first", order())
    lab.made_pod("first")
    eventually(lambda: is_used_up(lab.kube, lab.namespace, "pods"))
    lab.hub.first_start("second", order())
    stops, starts = "first", "second"
    for _ in range(3):
        pod = lab.serving(stops)
        waiting = lab.until(says("PodsProvisioned", "WaitingForQuota"), starts)
        assert "exceeded quota" in condition(waiting, "PodsProvisioned")["message"]

        lab.hub.stop(stops)
        eventually(lambda pod=pod: lab.kube.get("pods", lab.namespace, pod)["metadata"].get("deletionTimestamp"))
        lab.kubelet.finish(pod)

        lab.made_pod(starts)
        lab.until(says("PodsProvisioned", "Suspended"), stops)
        lab.hub.start(stops)
        stops, starts = starts, stops


def set_count(kube: Kube, namespace: str, used: Json) -> None:
    """Write over how much is used; the quota controller takes no notice of a change of a status alone."""
    operation = {"op": "replace", "path": "/status/used", "value": used}
    kube.json_patch("resourcequotas/status", namespace, "quota", [operation])


def test_quota_that_was_not_counted_yet_is_waited_for_C07(lab: Lab) -> None:
    lab.add_template()
    add_quota(lab.kube, lab.namespace, pods="1")
    counted = eventually(
        lambda: lab.kube.get("resourcequotas", lab.namespace, "quota")["status"], until=lambda status: "used" in status
    )
    set_count(lab.kube, lab.namespace, {})  # as it is for a moment where a quota gets a new limit
    eventually(lambda: is_not_counted(lab.kube, lab.namespace, "pods"))

    lab.hub.first_start("a", order())

    waiting = lab.until(says("PodsProvisioned", "WaitingForQuota"))
    assert "status unknown for quota" in condition(waiting, "PodsProvisioned")["message"]
    set_count(lab.kube, lab.namespace, counted["used"])
    lab.made_pod()
