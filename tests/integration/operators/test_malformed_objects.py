"""Objects that no API server would take today, and ones that somebody edited by hand.

An older CustomResourceDefinition let them in, or an older program wrote their status. Each says on itself what is
wrong with it, and every other one goes on.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from jupyternetes.api import conditions
from jupyternetes.api.crds import custom_resource_definitions
from tests.support.audit import AuditLog
from tests.support.hub import INSTANCES, instance
from tests.support.installation import install_kinds, make_namespace
from tests.support.kinds import permissive
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import TEMPLATES, Lab, condition, is_running, says
from tests.support.operators import Operators
from tests.support.rest import look_again
from tests.support.templates import order, pod_spec, template
from tests.support.waiting import eventually

NAMESPACE = "malformed"
PREFIX = "jupyternetes.kadense.io"

ODD_SPECS: dict[str, tuple[Json, str]] = {
    "variable-is-a-number": ({"variables": {"a": 5}}, "spec.variables.a: Expected str, got int"),
    "variables-are-a-list": ({"variables": ["a"]}, "spec.variables: Expected object, got array"),
    "template-is-text": ({"template": "lab"}, "spec.template: Expected object, got str"),
    "suspend-is-text": ({"suspend": "yes"}, "spec.suspend: Expected bool, got str"),
    "start-id-is-a-number": ({"startId": 3}, "spec.startId: Expected str, got int"),
    "start-id-is-absurd": ({"startId": "x" * 300}, "spec.startId"),
    "grace-is-negative": ({"gracePeriodSeconds": -5}, "spec.gracePeriodSeconds"),
    "grace-is-huge": ({"gracePeriodSeconds": 10**30}, "spec.gracePeriodSeconds"),
    "environment-names-a-token": ({"startId": "1", "hubEnvironment": ["token"]}, "spec.hubEnvironment"),
}
"""What stands in the spec, and what is said of it."""

ODD_STATUS: dict[str, Any] = {
    "pods-are-a-list": {"pods": []},
    "pods-are-null": {"pods": None},
    "status-is-text": "none",
    "values-of-other-types": {
        "pods": {"notebook": {"resourceName": 5, "state": "Weird", "progress": [{}]}},
        "otherResources": [],
        "pvcsProvisioned": "Sometimes",
        "conditions": {},
    },
}


OF_OTHERS: list[Json] = [
    {"type": "example.org/odd", "status": True},
    {"type": "Old", "status": "True", "message": "From before a reason and a time were asked for"},
    {"type": "Older", "status": "False"},
]
"""Conditions of other programs that do not fit the definition; the first cannot even be read."""

OF_NOBODY: list[Any] = [{"status": "True"}, "text"]


@pytest.fixture(scope="module")
def malformed(kube: Kube, hub_kube: Kube, audit: AuditLog, all_operators: Operators) -> Iterator[Lab]:
    """A namespace of malformed objects, beside a Template that is in order; the operators are at work all the while."""
    all_operators.run_all()
    make_namespace(kube, NAMESPACE)
    lab = Lab(kube, hub_kube, audit, NAMESPACE)
    lab.add_template()
    for definition in custom_resource_definitions():
        kube.apply("customresourcedefinitions", "", str(definition["metadata"]["name"]), permissive(definition))  # type: ignore[index]
    eventually(lambda: accepted(kube, {"template": "odd"}))
    for name, (spec, _) in ODD_SPECS.items():
        kube.create(INSTANCES, NAMESPACE, instance(name, NAMESPACE, order() | spec))
    for name, status in ODD_STATUS.items():
        kube.create(INSTANCES, NAMESPACE, instance(name, NAMESPACE, order()))
        operations = [{"op": "add", "path": "/status", "value": status}]
        kube.json_patch(f"{INSTANCES}/status", NAMESPACE, name, operations)
    kube.create(INSTANCES, NAMESPACE, instance("conditions", NAMESPACE, order()))
    listed = [OF_OTHERS[0], OF_NOBODY[0], {"type": "Ready", "status": True}, OF_NOBODY[1], *OF_OTHERS[1:]]
    operations = [{"op": "add", "path": "/status", "value": {"conditions": listed}}]
    kube.json_patch(f"{INSTANCES}/status", NAMESPACE, "conditions", operations)
    kube.create(TEMPLATES, NAMESPACE, template("pods-are-text") | {"spec": {"pods": "x", "variables": 3}})
    kube.create(TEMPLATES, NAMESPACE, template("spec-is-a-list") | {"spec": []})
    odd_pod = {"name": "notebook", "hubEnvironment": "inject", "spec": pod_spec()}
    kube.create(TEMPLATES, NAMESPACE, template("word-is-unknown", pods=[odd_pod]))
    install_kinds(kube)
    eventually(lambda: not accepted(kube, {"template": "odd"}))
    yield lab
    kube.delete("namespaces", "", NAMESPACE)


def accepted(kube: Kube, spec: Json) -> bool:
    """Whether the API server takes such an Instance."""
    try:
        kube.create(INSTANCES, NAMESPACE, instance("probe", NAMESPACE, spec))
    except Refused:
        return False
    kube.delete(INSTANCES, NAMESPACE, "probe")
    return True


@pytest.mark.parametrize("name", ODD_SPECS)
def test_instance_that_cannot_be_read_says_so_and_heals_once_corrected(malformed: Lab, name: str) -> None:
    _, words = ODD_SPECS[name]

    for kind in ("PvcsProvisioned", "PodsProvisioned", "Ready"):
        found = condition(malformed.until(says(kind, "Unreadable"), name), kind)
        assert found["status"] == "False"
        assert words in found["message"]
        assert f"{NAMESPACE}/{name}" in found["message"]
        assert "kubectl edit" in found["message"]
    assert "xxx" not in str(malformed.instance(name)["status"]), "values are nobody else's business"
    assert made_for(malformed, name) == []

    operations = [{"op": "replace", "path": "/spec", "value": order()}]
    malformed.kube.json_patch(INSTANCES, NAMESPACE, name, operations)
    malformed.serving(name)
    malformed.until(says("Ready", "ServerReady"), name)
    assert len(made_for(malformed, name)) == 1


@pytest.mark.parametrize("name", ODD_STATUS)
def test_status_of_another_program_is_cleared_and_written_anew(malformed: Lab, name: str) -> None:
    malformed.serving(name)

    status = malformed.until(says("Ready", "ServerReady"), name)["status"]

    assert status["pvcsProvisioned"] == status["podsProvisioned"] == "Completed"
    assert status["otherResources"] == {}
    assert status["pods"]["notebook"]["resourceName"] == made_for(malformed, name)[0]["metadata"]["name"]


def test_conditions_of_others_that_do_not_fit_stay_as_they_stand_B40(malformed: Lab) -> None:
    """Whichever way an operator writes: a stop takes words away, so its write carries the whole list."""

    def of_others() -> list[Any]:
        listed = malformed.instance("conditions")["status"]["conditions"]
        return [each for each in listed if each in OF_NOBODY or each["type"] not in conditions.OWNERS]

    malformed.serving("conditions")
    malformed.until(says("Ready", "ServerReady"), "conditions")
    assert of_others() == OF_OTHERS

    malformed.hub.stop("conditions", grace_seconds=0)
    malformed.until(says("PodsProvisioned", "Suspended"), "conditions")
    malformed.until(says("Ready", "Suspended"), "conditions")

    assert of_others() == OF_OTHERS


def test_others_go_on_beside_what_is_malformed(malformed: Lab) -> None:
    malformed.hub.first_start("in-order", order())
    malformed.serving("in-order")

    malformed.hub.stop("in-order", grace_seconds=0)

    malformed.until(says("PodsProvisioned", "Suspended"), "in-order")


@pytest.mark.parametrize("name", ["pods-are-text", "spec-is-a-list", "word-is-unknown"])
def test_template_that_cannot_be_read_says_so_and_so_do_its_instances(malformed: Lab, name: str) -> None:
    malformed.hub.first_start(f"of-{name}", order(name))

    found = malformed.until(says("PodsProvisioned", "TemplateError"), f"of-{name}")
    assert "must be" in condition(found, "PodsProvisioned")["message"] or "Expected" in str(found["status"])
    refused = eventually(
        lambda: condition({"status": {}} | malformed.kube.get(TEMPLATES, NAMESPACE, name), "Accepted"),
    )
    assert (refused["status"], refused["reason"]) == ("False", "Invalid")

    operations = [{"op": "replace", "path": "/spec", "value": template()["spec"]}]
    malformed.kube.json_patch(TEMPLATES, NAMESPACE, name, operations)
    malformed.made_pod(f"of-{name}")


def test_template_of_a_megabyte_and_a_half_harms_nobody(malformed: Lab) -> None:
    """It is near what etcd takes; a pod of it, with what everybody adds, may be beyond."""
    for name, size in (("large", 1_000_000), ("largest", 1_480_000)):
        command = ["sh", "-c", "# " + "x" * size]
        spec = pod_spec(containers=[{"name": "notebook", "image": "none", "command": command}], volumes=[])
        malformed.kube.create(TEMPLATES, NAMESPACE, template(name, pods=[{"name": "notebook", "spec": spec}], pvcs=[]))
        malformed.hub.first_start(f"of-{name}", order(name))
    malformed.hub.first_start("beside", order())

    malformed.made_pod("beside")
    malformed.made_pod("of-large")
    ends = ("Provisioned", "Rejected")
    told = malformed.until(lambda found: condition(found, "PodsProvisioned").get("reason") in ends, "of-largest")
    assert len(str(told["status"])) < 20_000
    for name in ("of-large", "of-largest"):
        malformed.kube.delete(INSTANCES, NAMESPACE, name)


def test_labels_changed_by_hand_end_no_server_and_double_none(lab: Lab, operators: Operators) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    pod = lab.serving()
    uid = lab.instance()["status"]["pods"]["notebook"]["uid"]
    mark = lab.audit.mark()

    for changes in ({"podName": "another"}, {"startId": "7"}, {"instanceUid": None}, {"port": None}, {"startId": None}):
        relabel(lab, "pods", pod, changes)
    claim = lab.claims()[0]["metadata"]["name"]
    relabel(lab, "persistentvolumeclaims", claim, {"instance": None, "pvcName": None})
    lab.kube.merge_patch(INSTANCES, lab.namespace, "a", {"spec": {"variables": {"more": "x"}}})
    lab.until(
        lambda found: condition(found, "PodsProvisioned")["observedGeneration"] == found["metadata"]["generation"]
    )
    look_again(lab, operators)

    assert is_running(lab.instance())
    assert lab.instance()["status"]["pods"]["notebook"]["portNumber"] == 8888
    assert [each["metadata"]["uid"] for each in lab.kube.all("pods", lab.namespace)] == [uid]
    assert len(lab.claims()) == 1
    assert [call for call in lab.writes(mark) if call.verb in ("create", "delete")] == []

    relabel(lab, "pods", pod, {"instance": None})
    found = lab.until(says("PodsProvisioned", "PodUnlabelled"))
    assert f"{PREFIX}/instance=a" in condition(found, "PodsProvisioned")["message"]
    assert [each["metadata"]["uid"] for each in lab.kube.all("pods", lab.namespace)] == [uid]
    relabel(lab, "pods", pod, {"instance": "a"})
    lab.until(says("PodsProvisioned", "Provisioned"))

    relabel(lab, "pods", pod, {"instance": None})
    lab.hub.stop("a", grace_seconds=0)
    lab.until(says("PodsProvisioned", "Suspended"))
    assert lab.kube.all("pods", lab.namespace) == []


@pytest.mark.parametrize("change", ["removed", "not the controller", "another owner"])
def test_pod_whose_owner_was_changed_by_hand_is_let_go_and_the_instance_says_so(
    lab: Lab, operators: Operators, change: str
) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    pod = lab.serving()
    reference = lab.kube.get("pods", lab.namespace, pod)["metadata"]["ownerReferences"][0]
    owners = {
        "removed": [],
        "not the controller": [reference | {"controller": False}],
        "another owner": [reference | {"controller": False}, other_owner(lab)],
    }[change]

    operations = [{"op": "replace", "path": "/metadata/ownerReferences", "value": owners}]
    lab.kube.json_patch("pods", lab.namespace, pod, operations)

    found = lab.until(lambda found: found["status"]["pods"]["notebook"].get("reason") == "PodReleased")
    assert found["status"]["pods"]["notebook"]["state"] == "Stopped"
    assert "ownerReferences" in found["status"]["lastTermination"]["notebook"]["message"]
    lab.until(says("PodsProvisioned", "StartSpent"))
    assert [each["metadata"]["name"] for each in lab.kube.all("pods", lab.namespace)] == [pod]

    lab.kube.delete("pods", lab.namespace, pod, grace_seconds=0)
    lab.hub.start("a")
    assert lab.serving() != pod


def made_for(lab: Lab, name: str) -> list[Json]:
    return [pod for pod in lab.pods() if pod["metadata"]["labels"][f"{PREFIX}/instance"] == name]


def relabel(lab: Lab, resource: str, name: str, changes: dict[str, str | None]) -> None:
    body = {"metadata": {"labels": {f"{PREFIX}/{key}": value for key, value in changes.items()}}}
    lab.kube.merge_patch(resource, lab.namespace, name, body)


def other_owner(lab: Lab) -> Json:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner"}}
    uid = lab.kube.create("configmaps", lab.namespace, body)["metadata"]["uid"]
    return {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid, "controller": True}
