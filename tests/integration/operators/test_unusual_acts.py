"""Acts that are legal and that no hub does: what people do to Instances and pods by hand."""

import pytest

from jupyternetes.operators.templates.objects import naming
from tests.support.hub import INSTANCES
from tests.support.kube import Json
from tests.support.lab import Lab, condition, is_stopped, says, suspended
from tests.support.operators import Operators
from tests.support.templates import CLAIM, container, order, pod_spec, template
from tests.support.waiting import eventually

PREFIX = "jupyternetes.kadense.io"


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def patch_spec(lab: Lab, **spec: object) -> Json:
    return lab.kube.merge_patch(INSTANCES, lab.namespace, "a", {"spec": spec})


@pytest.mark.parametrize("had_pod", [True, False], ids=["with a pod", "before it had a pod"])
def test_stopped_start_that_is_resumed_by_hand_is_spent_C14(lab: Lab, had_pod: bool) -> None:
    claim = {"name": "workspace", "spec": CLAIM} | ({} if had_pod else {"claimName": "none"})
    lab.looked_at(lab.add_template(template(pvcs=[claim])))
    lab.hub.first_start("a", order())
    if had_pod:
        lab.made_pod()
    else:
        lab.until(says("PvcsProvisioned", "ClaimNotFound"))
    patch_spec(lab, suspend=True, gracePeriodSeconds=0)
    lab.until(suspended)

    patch_spec(lab, suspend=False)

    lab.until(says("PodsProvisioned", "StartSpent"))
    assert lab.pods() == []
    lab.hub.start("a")
    lab.until(says("PodsProvisioned", "Provisioned") if had_pod else says("PvcsProvisioned", "ClaimNotFound"))


def delete_instance(lab: Lab, propagation: str) -> None:
    path = f"{lab.kube.path(INSTANCES, lab.namespace, 'a')}?propagationPolicy={propagation}"
    lab.kube.request("DELETE", path)


def test_orphaned_pod_that_mounts_the_volume_stands_in_the_way_of_a_second_one_C16(lab: Lab) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    orphan = lab.serving()
    delete_instance(lab, "Orphan")
    eventually(lambda: lab.kube.find(INSTANCES, lab.namespace, "a"), until=lambda found: found is None)
    impostor = {
        "metadata": {"name": "labelled-only", "labels": {f"{PREFIX}/instance": "a"}},
        "spec": pod_spec(volumes=[]),
    }
    impostor["spec"]["containers"][0] = container(volumeMounts=None)
    lab.kube.create("pods", lab.namespace, impostor)

    lab.hub.first_start("a", order())

    told = lab.until(says("PodsProvisioned", "VolumeInUse"))
    assert orphan in condition(told, "PodsProvisioned")["message"]
    lab.kube.delete("pods", lab.namespace, orphan)
    lab.kubelet.finish(orphan)
    assert lab.made_pod() != orphan


def test_instance_that_a_foreign_finalizer_keeps_ends_its_pod_and_says_who_keeps_it_C16(lab: Lab) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    pod = lab.serving()
    lab.kube.merge_patch(INSTANCES, lab.namespace, "a", {"metadata": {"finalizers": ["example.org/audit"]}})
    try:
        delete_instance(lab, "Background")

        told = lab.until(says("PodsProvisioned", "BeingDeleted"))
        assert "example.org/audit" in condition(told, "PodsProvisioned")["message"]
        lab.kubelet.finish(pod)
        lab.until(is_stopped)
        assert lab.pods() == []
    finally:
        lab.kube.merge_patch(INSTANCES, lab.namespace, "a", {"metadata": {"finalizers": None}})
    eventually(lambda: lab.kube.find(INSTANCES, lab.namespace, "a"), until=lambda found: found is None)


def test_stable_name_that_a_foreign_pod_has_is_told_and_heals_C18(lab: Lab) -> None:
    lab.add_template(template(naming="Stable"))
    made = lab.hub.create("a", order() | {"startId": "1", "suspend": True})
    name = naming("notebook", made["metadata"]["uid"], "1", stable=True)["name"]
    spec = pod_spec(volumes=[], containers=[container(volumeMounts=None)])
    lab.kube.create("pods", lab.namespace, {"metadata": {"name": name}, "spec": spec})

    patch_spec(lab, suspend=False)

    told = lab.until(says("PodsProvisioned", "Rejected"))
    assert name in condition(told, "PodsProvisioned")["message"]
    lab.kube.delete("pods", lab.namespace, name, grace_seconds=0)
    assert lab.made_pod() == name


def test_pod_for_windows_is_accepted_by_the_api_server_C20(lab: Lab) -> None:
    spec = pod_spec(os={"name": "windows"}, volumes=[], containers=[container(volumeMounts=None)])
    lab.add_template(template(pods=[{"name": "notebook", "spec": spec}]))

    lab.hub.first_start("a", order())

    lab.made_pod()
