"""Whether the cluster would take the pods of a Template is tried when it is applied; no start has a part in that."""

import pytest

from tests.support.kube import Json, Refused
from tests.support.lab import TEMPLATES, Lab
from tests.support.operators import Operators
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually
from tests.support.webhook import Fail, Refuse, Webhook

PROBE: Json = {"metadata": {"generateName": "probe-"}, "spec": {"containers": [{"name": "a", "image": "none"}]}}
FIVE_GIGABYTES = {"resources": {"limits": {"memory": "5Gi"}}}


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def of_pod(**fields: object) -> Json:
    return template(pods=[{"name": "notebook", "spec": pod_spec(**fields)}])


def until_refused(lab: Lab, spec: Json) -> None:
    """Until the API server has learnt of a policy that refuses such a pod."""

    def refusal() -> str:
        body = PROBE | {"spec": PROBE["spec"] | spec}
        try:
            lab.kube.request("POST", f"{lab.kube.path('pods', lab.namespace)}?dryRun=All", body)
        except Refused as refused:
            return refused.message
        return ""

    eventually(refusal)


def test_template_whose_pods_the_cluster_takes_says_so_and_nothing_was_made(lab: Lab) -> None:
    mark = lab.audit.mark()
    lab.add_template()

    told = lab.rehearsed()

    assert (told["status"], told["reason"]) == ("True", "Rehearsed")
    assert f"in namespace {lab.namespace}" in told["message"]
    [tried] = lab.audit.dry_runs(mark, namespace=lab.namespace)
    assert (tried.verb, tried.resource, tried.status) == ("create", "pods", 201)
    assert tried.user.endswith(":pods")
    assert lab.pods() == []
    assert lab.claims() == []


def test_pod_security_that_refuses_the_pod_is_told_in_its_words_and_an_edit_is_tried_again(lab: Lab) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    lab.kube.merge_patch("namespaces", "", lab.namespace, {"metadata": {"labels": labels}})
    privileged: Json = {"securityContext": {"privileged": True}}
    until_refused(lab, {"containers": [{"name": "a", "image": "none", **privileged}]})
    lab.add_template(of_pod(containers=[container(**privileged)]))

    told = lab.rehearsed()

    assert (told["status"], told["reason"]) == ("False", "RehearsalRefused")
    assert f"In namespace {lab.namespace}: pod notebook: " in told["message"]
    assert 'violates PodSecurity "baseline:latest": privileged' in told["message"]
    [event] = eventually(
        lambda: [e for e in lab.kube.all("events", lab.namespace) if e["reason"] == "RehearsalRefused"]
    )
    assert event["involvedObject"]["kind"] == "JupyterNotebookTemplate"
    lab.change_template(template())
    assert lab.rehearsed(generation=2)["status"] == "True"


def test_limit_range_that_the_pod_breaks_is_told(lab: Lab) -> None:
    limit = {"type": "Container", "max": {"memory": "1Gi"}}
    body: Json = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "small"}, "spec": {"limits": [limit]}}
    lab.kube.create("limitranges", lab.namespace, body)
    until_refused(lab, {"containers": [{"name": "a", "image": "none", **FIVE_GIGABYTES}]})
    lab.add_template(of_pod(containers=[container(**FIVE_GIGABYTES)]))

    told = lab.rehearsed()

    assert told["status"] == "False"
    assert "maximum memory usage per Container is 1Gi, but limit is 5Gi" in told["message"]


def test_quota_that_is_used_up_is_no_fault_of_the_template(lab: Lab) -> None:
    body: Json = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}}
    lab.kube.create("resourcequotas", lab.namespace, body | {"spec": {"hard": {"pods": "0"}}})
    until_refused(lab, {})
    eventually(lambda: lab.kube.get("resourcequotas", lab.namespace, "none")["status"].get("used"))
    lab.add_template()

    told = lab.rehearsed()

    assert (told["status"], told["reason"]) == ("Unknown", "QuotaExceeded")
    assert "exceeded quota: none" in told["message"]


def test_admission_policy_that_refuses_the_pod_is_told_with_its_message(lab: Lab) -> None:
    group = "admissionregistration.k8s.io"
    name = f"no-latest-{lab.namespace}"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    validation = {"expression": "!object.spec.containers.exists(c, c.image.endsWith(':latest'))", "message": "Pin it."}
    policy: Json = {
        "apiVersion": f"{group}/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {"matchConstraints": {"resourceRules": [rule]}, "validations": [validation]},
    }
    here = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": lab.namespace}}}
    binding: Json = {
        "apiVersion": f"{group}/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"], "matchResources": here},
    }
    lab.kube.create("validatingadmissionpolicies", "", policy)
    lab.kube.create("validatingadmissionpolicybindings", "", binding)
    try:
        until_refused(lab, {"containers": [{"name": "a", "image": "none:latest"}]})
        lab.add_template(of_pod(containers=[container(image="localhost/notebook:latest")]))

        told = lab.rehearsed()
    finally:
        lab.kube.delete("validatingadmissionpolicybindings", "", name)
        lab.kube.delete("validatingadmissionpolicies", "", name)

    assert (told["status"], told["reason"]) == ("False", "RehearsalRefused")
    assert "Pin it." in told["message"]


def test_value_that_only_the_api_server_refuses_is_told(lab: Lab) -> None:
    lab.add_template(of_pod(containers=[container(ports=[{"name": "http", "containerPort": 70000}])]))

    told = lab.rehearsed()

    assert told["status"] == "False"
    assert "spec.containers[0].ports[0].containerPort: Invalid value: 70000" in told["message"]


def test_webhook_that_refuses_is_told_and_one_that_does_not_answer_leaves_it_open(lab: Lab, webhook: Webhook) -> None:
    with webhook.intercepts("pods", Refuse("no such image"), namespaces=[lab.namespace]) as policy:
        lab.add_template()
        told = lab.rehearsed()
        assert (told["status"], told["reason"]) == ("False", "RehearsalRefused")
        assert "denied the request: no such image" in told["message"]

        policy.act = Fail()
        lab.change_template(template(description="edited"))
        lab.hub.first_start("a", order())

    lab.made_pod()
    assert lab.rehearsed(generation=2)["status"] == "True", "it was tried again, once the webhook was gone"


def test_required_variable_without_default_leaves_it_open_and_makes_no_request(lab: Lab) -> None:
    mark = lab.audit.mark()
    lab.add_template(template(variables=[{"name": "course", "required": True}]))

    told = lab.rehearsed()

    assert (told["status"], told["reason"]) == ("Unknown", "NeedsValues")
    assert "requires the variable 'course'" in told["message"]
    assert lab.audit.dry_runs(mark, namespace=lab.namespace) == []


def test_starts_and_restarts_of_the_operator_try_nothing(lab: Lab, operators: Operators) -> None:
    lab.add_template()
    before = lab.rehearsed()
    mark = lab.audit.mark()

    lab.hub.first_start("a", order())
    lab.serving()
    operators["pods"].stop()
    operators.run_all()
    lab.hub.first_start("b", order())
    lab.serving("b")

    assert lab.audit.dry_runs(mark, namespace=lab.namespace) == []
    assert lab.rehearsed() == before
    written = [call for call in lab.writes(mark) if call.resource == f"{TEMPLATES}/status"]
    assert written == []
