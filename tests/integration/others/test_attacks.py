"""Attacks on other resources by a hub, by somebody else's account, and by what somebody else's object says.

Each is refused with a message, or has no effect; nothing is half made. What an account that answers gates may forge of
a status is in tests/integration/admission/test_gate_answers.py.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.others.scene import RIGHTS_OF_THEIRS, THEIRS
from tests.support.audit import AuditLog
from tests.support.hub import INSTANCES, instance
from tests.support.installation import install_accounts, make_namespace
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import TEMPLATES, Lab, condition, says
from tests.support.operators import Operators
from tests.support.others import answer, database
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually
from tools.cluster import Cluster

PREFIX = "jupyternetes.kadense.io/"
MADE_FOR = f"{PREFIX}resourceName"
KINDS = ("configmaps", "services", "networkpolicies", "databases")
BESIDE: Json = {"name": "beside", "apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}}
"""An entry with which nothing is wrong, and of which nothing may be made either."""
SECRET_NAME = {"name": "secret", "path": "status.secret", "pattern": "[a-z0-9.-]{1,63}"}
THEIR_SECRET = "{jupyternetes.otherResources.db.secret}"

pytestmark = pytest.mark.usefixtures("operators")


def asks(*entries: Json, spec: Json | None = None, **fields: Any) -> Json:
    pods = [{"name": "notebook", "spec": spec or pod_spec()}]
    return template(pods=pods, otherResources=[*entries, BESIDE], **fields)


def config(**fields: Any) -> Json:
    return asks({"name": "config", "apiVersion": "v1", "kind": "ConfigMap", **fields})


def service(**spec: Any) -> Json:
    ports = {"ports": [{"port": 80}], "selector": {"a": "b"}}
    return asks({"name": "web", "apiVersion": "v1", "kind": "Service", "spec": ports | spec})


def policy(**spec: Any) -> Json:
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    return asks({"name": "wall", **kind, "spec": {"podSelector": {}, **spec}})


def reads(**fields: Any) -> Json:
    """A pod that reads a Secret's name from a database."""
    return asks(database(outputs=[SECRET_NAME]), **fields)


def of_kind(api_version: str, kind: str, **fields: Any) -> Json:
    return asks({"name": "x", "apiVersion": api_version, "kind": kind, **fields})


def made(lab: Lab, name: str = "a") -> list[str]:
    """The names of all pods and of all objects that were made for an Instance."""
    labels = f"{PREFIX}instance={name}"
    found = [each for kind in ("pods", *KINDS) for each in lab.kube.all(kind, lab.namespace, labels=labels)]
    return [each["metadata"]["name"] for each in found]


def accepted(lab: Lab, name: str) -> Json:
    status = lab.kube.get(TEMPLATES, lab.namespace, name).get("status", {})
    return next((each for each in status.get("conditions", []) if each["type"] == "Accepted"), {})


SECRET_VOLUME = [{"name": "home", "secret": {"secretName": THEIR_SECRET}}]
RBAC = "rbac.authorization.k8s.io/v1"
NEVER, FREE = "is never made", "{x} is free"
#: What a Template leaves to the hub or to a foreign object, what the hub then asks for, and what is said.
TEMPLATES_OF_ATTACKS: dict[str, tuple[Json, str, str]] = {
    "an output names a Secret": (
        reads(spec=pod_spec(containers=[container(envFrom=[{"secretRef": {"name": THEIR_SECRET}}])])),
        "",
        "may not choose it",
    ),
    "an output and a suffix name a Secret": (
        reads(spec=pod_spec(containers=[container(envFrom=[{"secretRef": {"name": f"{THEIR_SECRET}-app"}}])])),
        "",
        "may not choose it",
    ),
    "an output names a Secret that is mounted": (reads(spec=pod_spec(volumes=SECRET_VOLUME)), "", "may not choose it"),
    "an output names a service account": (
        reads(spec=pod_spec(serviceAccountName=THEIR_SECRET)),
        "",
        "may not choose it",
    ),
    "an output without pattern names an image": (
        asks(
            database(outputs=[{"name": "image", "path": "status.image"}]),
            spec=pod_spec(containers=[container(image="{jupyternetes.otherResources.db.image}")]),
        ),
        "",
        "give the output a pattern",
    ),
    "an entry named like a start Secret": (
        asks({"name": "jni-b", "apiVersion": "v1", "kind": "ConfigMap"}),
        "",
        "start Secrets",
    ),
    "a kind": (of_kind("v1", "{x}"), "Secret", "cannot come from a placeholder"),
    "a version": (of_kind("{x}", "ConfigMap"), RBAC, "cannot come from a placeholder"),
    "a Service for another address": (service(externalIPs=["{x}"]), "10.0.0.1", FREE),
    "a Service for another name": (service(type="ExternalName", externalName="{x}"), "evil.example.org", FREE),
    "a Service of another type": (service(type="{x}"), "LoadBalancer", FREE),
    "a Service for other pods": (service(selector={"app": "{x}"}), "hub", FREE),
    "a Service by another key": (service(selector={"{x}": "hub"}), "app", FREE),
    "a Service of a chosen address": (service(loadBalancerIP="{x}"), "10.0.0.1", FREE),
    "a policy for other pods": (policy(podSelector={"matchLabels": {"app": "{x}"}}), "hub", FREE),
    "a policy that lets in whom the hub likes": (
        policy(ingress=[{"from": [{"ipBlock": {"cidr": "{x}"}}]}]),
        "0.0.0.0/0",
        FREE,
    ),
    "lists and keys of its own": (
        service(ports="{x}") | {"spec": service(ports="{x}")["spec"] | {"variables": [{"name": "x", "type": "json"}]}},
        '[{"port": 22}]',
        "lists and keys of its own",
    ),
    "a spec of somebody else's kind": (asks(database(spec={"owner": "{x}"})), "postgres", FREE),
    "the key of what a ConfigMap holds": (config(data={"{x}": "1"}), "kubeconfig", FREE),
    "the key of a label": (config(labels={"{x}": "1"}), "app", FREE),
    "another Instance's label": (config(labels={f"{PREFIX}instance": "{x}"}), "b", "$.spec.otherResources[0].labels"),
    "another Instance's uid": (config(labels={f"{PREFIX}instanceUid": "{x}"}), "b", "$.spec.otherResources[0].labels"),
    "an annotation that others act on": (config(annotations={"evil.example.org/run": "{x}"}), "yes", FREE),
    "an owner": (config(metadata={"ownerReferences": [{"uid": "{x}"}]}), "u", "remove it"),
    "another namespace": (config(metadata={"namespace": "{x}"}), "kube-system", "remove it"),
    "a status": (asks(database(status={"host": "{x}"})), "10.6.6.6", "remove it"),
    "a Secret": (of_kind("v1", "Secret", stringData={"a": "{x}"}), "b", NEVER),
    "a Role": (of_kind(RBAC, "Role", rules=[]), "", NEVER),
    "a ClusterRole that others gather up": (
        of_kind(RBAC, "ClusterRole", labels={"rbac.authorization.k8s.io/aggregate-to-admin": "true"}),
        "",
        NEVER,
    ),
    "a binding": (of_kind(RBAC, "RoleBinding"), "", NEVER),
    "a webhook": (of_kind("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"), "", NEVER),
    "a policy of admission": (of_kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"), "", NEVER),
    "a definition": (of_kind("apiextensions.k8s.io/v1", "CustomResourceDefinition"), "", NEVER),
    "an Instance": (of_kind("kadense.io/v1", "JupyterNotebookInstance", spec={}), "", NEVER),
    "a Template": (of_kind("kadense.io/v1", "JupyterNotebookTemplate", spec={}), "", NEVER),
    "a Namespace": (of_kind("v1", "Namespace"), "", NEVER),
    "a Lease": (of_kind("coordination.k8s.io/v1", "Lease", spec={}), "", NEVER),
    "a request for a certificate": (of_kind("certificates.k8s.io/v1", "CertificateSigningRequest"), "", NEVER),
    "a pod": (of_kind("v1", "Pod", spec={}), "", "is not allowed"),
    "a Job": (of_kind("batch/v1", "Job", spec={}), "", "is not allowed"),
    "a service account": (of_kind("v1", "ServiceAccount"), "", "is not allowed"),
}


@pytest.fixture(scope="module")
def attacked(all_operators: Operators, kube: Kube, hub_kube: Kube, control_plane: Cluster) -> Iterator[Lab]:
    """A namespace with all these Templates, and a start of each under the same name."""
    all_operators.run_all()
    namespace = make_namespace(kube, f"attacks-{uuid.uuid4().hex[:8]}")
    lab = Lab(kube, hub_kube, AuditLog(control_plane.audit_log, kube), namespace)
    for number, (body, wanted, _) in enumerate(TEMPLATES_OF_ATTACKS.values()):
        name = f"attack-{number}"
        lab.add_template(body | {"metadata": {"name": name}})
        lab.hub.first_start(name, order(name, **({"x": wanted} if wanted else {})))
    yield lab
    kube.delete("namespaces", "", namespace)


@pytest.mark.parametrize("attack", TEMPLATES_OF_ATTACKS)
def test_template_that_gives_away_too_much_is_refused_and_makes_nothing_X02(attacked: Lab, attack: str) -> None:
    name, (_, _, words) = f"attack-{[*TEMPLATES_OF_ATTACKS].index(attack)}", TEMPLATES_OF_ATTACKS[attack]

    refused = attacked.until(says("PodsProvisioned", "TemplateError"), name)
    assert words in condition(refused, "PodsProvisioned")["message"]
    said = eventually(lambda: accepted(attacked, name))
    assert (said["status"], words in said["message"]) == ("False", True)
    refused = attacked.until(says("PvcsProvisioned", "TemplateError"), name)
    assert made(attacked, name) == []
    assert refused["status"]["pvcs"] == {}


OPEN: Json = config(data={"user": "{x}"}, labels={"team": "{y}"})
OPEN["spec"]["variables"] = [{"name": "x"}, {"name": "y", "default": "blue"}, {"name": "z", "default": "config"}]
NAMED: Json = asks({"name": "{z}", "apiVersion": "v1", "kind": "ConfigMap"})
NAMED["spec"]["variables"] = [{"name": "z", "pattern": "[a-z-]{1,20}"}]
TEXTS = {
    "a command": "$(reboot); `reboot` && reboot",
    "a variable of kubelet": "$(JUPYTERHUB_API_TOKEN) $$(OWN)",
    "a placeholder": "{jupyterhub.api_token} {jupyternetes.instance.uid} {{x}}",
    "YAML": 'a\nkind: Secret\nmetadata:\n  ownerReferences: [{"uid": "x"}]',
    "JSON": '"}, "kind": "Secret", "x": {"y": "',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_of_a_hub_stays_text_and_changes_nothing_around_it_X02(lab: Lab, text: str) -> None:
    lab.add_template(OPEN)
    lab.hub.first_start("a", order(x=text))

    lab.made_pod()
    (found,) = lab.kube.all("configmaps", lab.namespace, labels=f"{MADE_FOR}=config")
    (owner,) = found["metadata"]["ownerReferences"]
    assert found["data"] == {"user": text}
    assert owner["uid"] == lab.instance()["metadata"]["uid"]


@pytest.mark.parametrize(
    ("body", "variables", "words"),
    [
        pytest.param(OPEN, {"x": "a", "y": "not a label; at all"}, "label", id="a label that is none"),
        pytest.param(OPEN, {"x": "a", "y": "b" * 64}, "label", id="too long a label"),
        pytest.param(NAMED, {"z": "jni-b-"}, "start Secrets", id="the name of a start Secret"),
        pytest.param(NAMED, {"z": "-"}, "name", id="a name that is none"),
        pytest.param(OPEN, {"x": "a", "w": "b"}, "w", id="a variable that is not declared"),
    ],
)
def test_value_of_a_hub_that_does_not_fit_makes_nothing_X02(
    lab: Lab, body: Json, variables: dict[str, str], words: str
) -> None:
    lab.add_template(body)
    lab.hub.first_start("a", order(**variables))

    refused = lab.until(says("PodsProvisioned", "TemplateError"))
    assert words in condition(refused, "PodsProvisioned")["message"]
    assert made(lab) == []


def test_variables_of_a_hub_are_no_outputs_and_no_identity_X02(lab: Lab) -> None:
    env = [{"name": "DB", "value": "{jupyternetes.otherResources.db.host}"}]
    entry = {"name": "me", "apiVersion": "v1", "kind": "ConfigMap", "data": {"uid": "{jupyternetes.instance.uid}"}}
    lab.add_template(asks(database(), entry, spec=pod_spec(containers=[container(env=env)])))
    forged = {"jupyternetes.otherResources.db.host": "10.6.6.6", "jupyternetes.instance.uid": "somebody-elses"}

    lab.hub.first_start("a", order(**forged))

    (found,) = eventually(lambda: lab.kube.all("configmaps", lab.namespace, labels=f"{MADE_FOR}=me"))
    assert found["data"]["uid"] == lab.instance()["metadata"]["uid"]
    assert lab.pods() == []
    (db,) = eventually(lambda: lab.kube.all("databases", lab.namespace, labels=MADE_FOR))
    answer(lab.kube, lab.namespace, db["metadata"]["name"])
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    assert {"name": "DB", "value": "db.example.org"} in pod["spec"]["containers"][0]["env"]


def test_owner_that_a_hub_forges_of_its_instance_owns_nothing_of_others_X02(lab: Lab, hub_kube: Kube) -> None:
    lab.add_template(asks())
    theirs = lab.hub.first_start("b", order())["metadata"]
    lab.made_pod("b")
    reference = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "name": "b", "uid": theirs["uid"]}
    labels = {f"{PREFIX}instanceUid": theirs["uid"], f"{PREFIX}instance": "b", MADE_FOR: "beside"}
    forged = instance("a", lab.namespace, order())
    forged["metadata"] |= {"ownerReferences": [reference], "labels": labels}
    forged["status"] = {"otherResources": {"beside": {"resourceName": "hub"}}}

    hub_kube.create(INSTANCES, lab.namespace, forged)

    lab.made_pod("a")
    found = lab.kube.all("configmaps", lab.namespace, labels=MADE_FOR)
    owners = {each["metadata"]["labels"][f"{PREFIX}instance"]: each["metadata"]["ownerReferences"] for each in found}
    assert [each["uid"] for each in owners["b"]] == [theirs["uid"]]
    assert [each["uid"] for each in owners["a"]] == [lab.instance("a")["metadata"]["uid"]]
    assert len(found) == 2


BODY: Json = {"metadata": {"name": "x"}}
OF_A_HUB: dict[str, Callable[[Kube, str], object]] = {
    "writes what is ready": lambda hub, namespace: hub.merge_patch(
        f"{INSTANCES}/status", namespace, "a", {"status": {"otherResources": {"db": {"resourceName": "hub"}}}}
    ),
    "makes the object itself": lambda hub, namespace: hub.create("configmaps", namespace, BODY),
    "makes a Service": lambda hub, namespace: hub.create("services", namespace, BODY | {"spec": {"ports": []}}),
    "makes a database": lambda hub, namespace: hub.create("databases", namespace, BODY),
    "answers in a database's place": lambda hub, namespace: hub.merge_patch(
        "databases/status", namespace, "x", {"status": {"host": "10.6.6.6"}}
    ),
    "reads the Secret of a database": lambda hub, namespace: hub.get("secrets", namespace, "db-app"),
    "changes the Template": lambda hub, namespace: hub.merge_patch(
        TEMPLATES, namespace, "lab", {"spec": {"otherResources": []}}
    ),
    "deletes an object": lambda hub, namespace: hub.request("DELETE", Kube.path("configmaps", namespace, "x")),
}


@pytest.mark.parametrize("attack", OF_A_HUB.values(), ids=OF_A_HUB)
def test_hub_has_no_right_to_it_X02(lab: Lab, hub_kube: Kube, attack: Callable[[Kube, str], object]) -> None:
    lab.add_template(asks())

    with pytest.raises(Refused, match="cannot"):
        attack(hub_kube, lab.namespace)


@pytest.fixture
def theirs(kube: Kube, control_plane: Cluster) -> Iterator[Kube]:
    """The account of the operator of databases."""
    kubeconfigs = install_accounts(kube, control_plane, {THEIRS: RIGHTS_OF_THEIRS})
    account = Kube(kubeconfigs[THEIRS])
    yield account
    account.close()


def waiting(lab: Lab, *entries: Json, **fields: Any) -> str:
    """A start that waits for a database, whose name is the answer."""
    lab.add_template(asks(*(entries or (database(timeoutSeconds=300),)), **fields))
    lab.hub.first_start("a", order())
    (found,) = eventually(lambda: lab.kube.all("databases", lab.namespace, labels=MADE_FOR))
    return found["metadata"]["name"]


@pytest.mark.parametrize(
    "text", ["$(JUPYTERHUB_API_TOKEN)", "{jupyterhub.api_token}", "; reboot", '", "privileged": true']
)
def test_text_of_a_foreign_status_stays_text_X02(lab: Lab, theirs: Kube, text: str) -> None:
    env = [{"name": "DB", "value": "at {jupyternetes.otherResources.db.host}"}]
    free = database(timeoutSeconds=300, outputs=[{"name": "host", "path": "status.host"}])
    name = waiting(lab, free, spec=pod_spec(containers=[container(env=env)]))

    answer(theirs, lab.namespace, name, host=text)

    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    written = {"name": "DB", "value": "at " + text.replace("$", "$$")}
    assert written in pod["spec"]["containers"][0]["env"], "kubelet makes one of two dollars"


@pytest.mark.parametrize("host", ["jni-b-1\n", "Hub", "../../etc", "a" * 5000, "10.1.2.3;"])
def test_text_of_a_foreign_status_that_does_not_fit_is_not_there_X02(lab: Lab, theirs: Kube, host: str) -> None:
    name = waiting(lab)

    answer(theirs, lab.namespace, name, host=host)

    told = lab.until(lambda each: "output host" in condition(each, "OtherResourcesProvisioned").get("message", ""))
    assert "is not what output host may be" in condition(told, "OtherResourcesProvisioned")["message"]
    assert host not in str(told["status"])
    assert lab.pods() == []


FORGED_METADATA: dict[str, Callable[[str], Json]] = {
    "another Instance's label": lambda _: {"labels": {f"{PREFIX}instance": "b"}},
    "no label": lambda _: {"labels": {f"{PREFIX}instance": None}},
    "another uid in the label": lambda uid: {"labels": {f"{PREFIX}instanceUid": uid}},
    "another Instance as owner": lambda uid: {
        "ownerReferences": [
            {
                "apiVersion": "kadense.io/v1",
                "kind": "JupyterNotebookInstance",
                "name": "b",
                "uid": uid,
                "controller": True,
            }
        ]
    },
    "no owner": lambda _: {"ownerReferences": None},
}


ENDS = ("Provisioned", "ObjectOfAnother", "FieldOfAnother")


@pytest.mark.parametrize("forged", FORGED_METADATA.values(), ids=FORGED_METADATA)
def test_object_that_its_operator_gives_away_is_nobodys_X02(
    lab: Lab, theirs: Kube, forged: Callable[[str], Json]
) -> None:
    name = waiting(lab)
    other = lab.hub.first_start("b", order())["metadata"]["uid"]
    eventually(lambda: len(lab.kube.all("databases", lab.namespace, labels=MADE_FOR)) == 2)

    theirs.merge_patch("databases", lab.namespace, name, {"metadata": forged(other)})
    answer(theirs, lab.namespace, name, host="10.6.6.6")

    # then it is repaired, or refused: whoever runs has read its own database
    said = lab.until(lambda each: condition(each, "OtherResourcesProvisioned").get("reason") in ENDS)
    assert lab.pods() == [] or condition(said, "OtherResourcesProvisioned")["status"] == "True"
    waits = lab.instance("b")
    assert condition(waits, "OtherResourcesProvisioned")["reason"] == "WaitingForOtherResource"
    assert waits["status"]["otherResources"]["db"].get("outputs", {}) == {}
    assert len(lab.kube.all("databases", lab.namespace)) == 2, "nothing is made twice"
