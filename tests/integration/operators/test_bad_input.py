"""What is wrong is said on the Instance, with the way out, and mends itself once its cause is gone."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.audit import count
from tests.support.installation import RELEASE_NAMESPACE, make_namespace
from tests.support.kube import Json, Refused
from tests.support.lab import TEMPLATES, Lab, condition, says
from tests.support.operators import Operators
from tests.support.quotas import is_used_up
from tests.support.rest import look_again
from tests.support.templates import CLAIM, container, order, pod_spec, template
from tests.support.waiting import eventually

FINAL_WITHIN = 60  # seconds; a quota that is used up is so after 30

NO_ACCESS_MODES = {key: value for key, value in CLAIM.items() if key != "accessModes"}


def pods(*containers: Json, **fields: Any) -> Json:
    """A Template whose pod has these containers."""
    spec = pod_spec(containers=[*containers] or [container()])
    return template(pods=[{"name": "notebook", "spec": spec} | fields])


def labelled(value: str) -> Json:
    return template(pods=[{"name": "notebook", "labels": {"who": value}, "spec": pod_spec()}])


FAULTY_TEMPLATES = {
    "unknown variable": (
        pods(container(env=[{"name": "A", "value": "{no.such.variable}"}])),
        "PodsProvisioned",
        "TemplateError",
        ["no.such.variable", "$.spec.pods[0].spec.containers[0].env[0].value", "Correct"],
    ),
    "a kind that nobody allowed": (
        template(
            pods=[{"name": "notebook", "labels": {"to": "{jupyternetes.otherResources.s}"}, "spec": pod_spec()}],
            otherResources=[{"name": "s", "apiVersion": "v1", "kind": "Endpoints"}],
        ),
        "PodsProvisioned",
        "TemplateError",
        ["$.spec.otherResources[0].kind", "otherResources.kinds of the chart", "Correct"],
    ),
    "label too long": (
        labelled("{jupyterhub.user.name}" + "x" * 60),
        "PodsProvisioned",
        "TemplateError",
        ["63", "Correct"],
    ),
    "pod spec that the API server refuses": (
        pods(container(image=None, imagePullPolicy="Sometimes")),
        "PodsProvisioned",
        "Rejected",
        ["spec.containers[0].imagePullPolicy", "Sometimes", "Correct the Template"],
    ),
    "pod spec of the wrong shape": (
        template(pods=[{"name": "notebook", "spec": {"containers": "none", "volumes": 7}}]),
        "PodsProvisioned",
        "Rejected",
        ["containers", "Correct the Template"],
    ),
    "security context of the wrong shape": (
        pods(container(securityContext="strict")),
        "PodsProvisioned",
        "Rejected",
        ["securityContext", "Correct the Template"],
    ),
    "environment of the wrong shape": (
        pods(container(env=["A=B"])),
        "PodsProvisioned",
        "Rejected",
        ["env", "Correct the Template"],
    ),
    "port that the pod does not have": (
        pods(container(), port="no-such-port"),
        "PodsProvisioned",
        "TemplateError",
        ["$.spec.pods[0].port", "no-such-port", "http"],
    ),
    "claim spec without accessModes": (
        template(pvcs=[{"name": "workspace", "spec": NO_ACCESS_MODES}]),
        "PvcsProvisioned",
        "Rejected",
        ["spec.accessModes", "Correct the Template"],
    ),
    "adopted claim that does not exist": (
        template(pvcs=[{"name": "workspace", "spec": CLAIM, "claimName": "no-such-claim"}]),
        "PvcsProvisioned",
        "ClaimNotFound",
        ["no-such-claim", "claimName"],
    ),
}


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def says_what_to_do(
    lab: Lab, kind: str, reason: str, words: list[str], name: str = "a", *, seconds: float = 30
) -> Json:
    """The Instance carries the condition, mirrors it in Ready, and an Event says the same."""
    instance = lab.until(says(kind, reason), name, seconds=seconds)
    message = condition(instance, kind)["message"]
    assert [word for word in words if word not in message] == [], message
    assert condition(instance, kind)["status"] == "False"
    lab.until(says("Ready", reason), name)
    events = eventually(
        lambda: [event for event in lab.events(reason) if event["involvedObject"]["name"] == name],
        until=lambda found: any(
            event["message"] == message[:1023] + "…" or event["message"] == message for event in found
        ),
    )
    assert {event["type"] for event in events} == {"Warning"}
    assert {event["involvedObject"]["uid"] for event in events} == {instance["metadata"]["uid"]}
    return instance


@pytest.mark.parametrize("fault", FAULTY_TEMPLATES)
def test_faulty_template_is_reported_and_its_correction_heals_B02_B33_B36_B39_C15(
    lab: Lab, operators: Operators, fault: str
) -> None:
    body, kind, reason, words = FAULTY_TEMPLATES[fault]
    lab.add_template(body)

    lab.hub.first_start("a", order())

    says_what_to_do(lab, kind, reason, words)
    assert lab.pods() == []
    # no faster than the status changes: a refusal must not cause the next attempt
    mark = lab.audit.mark()
    look_again(lab, operators)
    patches = [call for call in lab.writes(mark) if call.verb == "patch"]
    assert len(patches) <= 2, patches

    lab.change_template(template())
    lab.serving()
    instance = lab.until(says("Ready", "ServerReady"))
    assert "Error" not in str(instance["status"])
    assert len(lab.claims()) == 1


def test_nothing_is_half_made_when_one_entry_is_wrong(lab: Lab) -> None:
    faulty = {"name": "helper", "spec": {"containers": [container(image="{no.such.variable}")]}}
    lab.add_template(template(pods=[{"name": "notebook", "spec": pod_spec()}, faulty]))

    lab.hub.first_start("a", order())
    lab.until(says("PodsProvisioned", "TemplateError"))

    assert (lab.pods(), lab.claims()) == ([], [])


def test_missing_and_forbidden_templates_are_reported_B12(lab: Lab) -> None:
    elsewhere = make_namespace(lab.kube, f"{lab.namespace}-other")
    lab.kube.create(TEMPLATES, elsewhere, template())
    lab.kube.create(TEMPLATES, RELEASE_NAMESPACE, template(lab.namespace, access={"namespaces": ["others"]}))

    lab.hub.first_start("missing", order("no-such-template"))
    lab.hub.first_start("forbidden", order(namespace=elsewhere))
    lab.hub.first_start("not-granted", order(lab.namespace, namespace=RELEASE_NAMESPACE))

    words = [f"{lab.namespace}/no-such-template", "Create the Template"]
    says_what_to_do(lab, "PvcsProvisioned", "TemplateNotFound", words, "missing")
    words = [f"{elsewhere}/lab", "--template-namespace"]
    says_what_to_do(lab, "PvcsProvisioned", "TemplateNotAllowed", words, "forbidden")
    words = [lab.namespace, "spec.access.namespaces"]
    says_what_to_do(lab, "PodsProvisioned", "TemplateNotAllowed", words, "not-granted")
    assert (lab.pods(), lab.claims()) == ([], [])

    granted = template(lab.namespace, access={"namespaces": [lab.namespace]})
    lab.kube.apply(TEMPLATES, RELEASE_NAMESPACE, lab.namespace, granted)
    lab.made_pod("not-granted")
    lab.kube.delete("namespaces", "", elsewhere)
    lab.kube.delete(TEMPLATES, RELEASE_NAMESPACE, lab.namespace)


def quota(name: str, hard: Mapping[str, str]) -> Json:
    metadata = {"name": name}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": dict(hard)}}


def allow_no_more(lab: Lab, *, claims: int) -> None:
    """Quotas of no pod and of so many claims, all of which are there; returns when they are in force."""
    lab.kube.create("resourcequotas", lab.namespace, quota("pods", {"count/pods": "0"}))
    lab.kube.create("resourcequotas", lab.namespace, quota("claims", {"persistentvolumeclaims": str(claims)}))
    # The API server acts on a quota only once it has seen its status, and sees that later than others do.
    for resource in ("pods", "persistentvolumeclaims"):
        eventually(lambda resource=resource: is_used_up(lab.kube, lab.namespace, resource))


def is_made(lab: Lab, claim: Json) -> bool:
    """Make a claim, if the quota that is gone is not held against it any more."""
    try:
        return bool(lab.kube.create("persistentvolumeclaims", lab.namespace, claim))
    except Refused:
        return False


def test_what_no_watch_shows_is_tried_again_until_it_heals_V10_B33_B36(lab: Lab, operators: Operators) -> None:
    """Quotas and lost claims in one test, since each takes up to a third of a minute to heal."""
    lab.add_template()
    lab.hub.first_start("lost", order())
    lab.serving("lost")
    claim = lab.instance("lost")["status"]["pvcs"]["workspace"]["resourceName"]
    lab.hub.stop("lost", grace_seconds=0)
    lab.until(says("PodsProvisioned", "Suspended"), "lost")
    lab.hub.first_start("no-pod", order())
    lab.kubelet.finish(lab.serving("no-pod"))
    lab.until(says("PodsProvisioned", "StartSpent"), "no-pod")
    allow_no_more(lab, claims=2)

    lab.hub.start("no-pod")
    lab.hub.first_start("no-claim", order())
    words = ["exceeded quota: claims", "delete volumes that nobody needs"]
    says_what_to_do(  # before another claim's end makes room
        lab, "PvcsProvisioned", "QuotaExceeded", words, "no-claim", seconds=FINAL_WITHIN
    )
    lab.kube.merge_patch("persistentvolumeclaims", lab.namespace, claim, {"metadata": {"finalizers": None}})
    lab.kube.delete("persistentvolumeclaims", lab.namespace, claim)

    instance = says_what_to_do(
        lab,
        "PodsProvisioned",
        "QuotaExceeded",
        ["exceeded quota: pods", "raise the ResourceQuota"],
        "no-pod",
        seconds=FINAL_WITHIN,
    )
    state = eventually(
        lambda: lab.instance("no-pod")["status"]["pods"]["notebook"], until=lambda state: state["state"] == "Error"
    )
    assert "exceeded quota" in state["errorMessage"]
    assert instance["status"]["podsProvisioned"] == "Pending"
    eventually(lambda: lab.kube.find("persistentvolumeclaims", lab.namespace, claim), until=lambda found: found is None)
    lab.until(lambda instance: "does not exist" in condition(instance, "PvcsProvisioned")["message"], "lost")
    words = [f"{lab.namespace}/{claim}", "does not exist", "Restore the claim", "delete the Instance"]
    instance = says_what_to_do(lab, "PvcsProvisioned", "ClaimLost", words, "lost")
    assert instance["status"]["pvcs"]["workspace"]["resourceName"] == claim
    assert lab.pods() == []

    mark = lab.audit.mark()
    lab.kube.delete("resourcequotas", lab.namespace, "claims")
    lab.kube.delete("resourcequotas", lab.namespace, "pods")
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": claim}, "spec": CLAIM}
    eventually(lambda: is_made(lab, body))
    lab.made_pod("no-pod")
    lab.made_pod("no-claim")
    healed = lab.until(says("PvcsProvisioned", "Provisioned"), "lost")
    assert healed["status"]["pvcs"]["workspace"] == {
        "resourceName": claim,
        "state": "Processed",
        "reclaimPolicy": "Retain",
        "parameters": {},
    }
    assert lab.instance("no-pod")["status"]["pods"]["notebook"]["errorMessage"] == ""
    # a few attempts, not hundreds
    creates = count(lab.audit.calls(mark, namespace=lab.namespace))
    assert creates["pods", "create pods"] <= 20


def test_account_that_comes_late_is_waited_for_B33_B36(lab: Lab) -> None:
    """As the default one of a new namespace does."""
    lab.add_template(template(pods=[{"name": "notebook", "spec": pod_spec(serviceAccountName="late")}]))

    lab.hub.first_start("a", order())

    instance = lab.until(says("PodsProvisioned", "ServiceAccountNotFound"))
    message = condition(instance, "PodsProvisioned")["message"]
    words = [f"service account {lab.namespace}/late", "create the ServiceAccount", "correct serviceAccountName"]
    assert [word for word in words if word not in message] == [], message
    lab.until(says("Ready", "ServiceAccountNotFound"))
    assert lab.pods() == []

    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "late"}}
    lab.kube.create("serviceaccounts", lab.namespace, body)
    lab.serving()
    instance = lab.until(says("Ready", "ServerReady"))
    assert "Error" not in str(instance["status"])


def test_template_says_itself_that_it_cannot_be_used_B11(lab: Lab) -> None:
    claim = {"name": "workspace", "spec": CLAIM | {"volumeName": "{jupyternetes.pods.notebook}"}}
    lab.add_template(template(pvcs=[claim]))

    def accepted() -> Json:
        return condition({"status": {}} | lab.kube.get(TEMPLATES, lab.namespace, "lab"), "Accepted")

    faulty = eventually(accepted)
    assert (faulty["status"], faulty["reason"]) == ("False", "Invalid")
    assert "$.spec.p" in faulty["message"]
    lab.change_template(template())
    eventually(accepted, until=lambda found: found["status"] == "True")


def test_condition_of_the_pod_that_serves_is_an_error_never_ignored_B07(lab: Lab) -> None:
    lab.add_template(template(pods=[{"name": "notebook", "condition": "false", "spec": pod_spec()}]))

    lab.hub.first_start("a", order())

    says_what_to_do(lab, "PodsProvisioned", "TemplateError", ["$.spec.pods[0].condition"])
    assert (lab.pods(), lab.claims()) == ([], [])
