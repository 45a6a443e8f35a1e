"""Starts wait for objects of operators that know nothing of us: of cert-manager itself, and of others as recorded."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography import x509

from tests.integration.foreign.played import Played
from tests.integration.foreign.recordings import RECORDINGS, Recording
from tests.support.cert_manager import ACCOUNT, ISSUER, CertManager
from tests.support.documents import DOCS, blocks
from tests.support.foreign import CERTIFICATE
from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, says, suspended
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually
from tools.cluster import Cluster, Steps

FOREIGN = (CERTIFICATE, *(each.foreign for each in RECORDINGS))
ALL = pytest.mark.parametrize("recording", RECORDINGS, ids=str)
HOW_TO = "how-to/join-an-existing-operator.md"
OPERATOR = "system:serviceaccount:kadense:one-jupyternetes-other-resources"
VALIDITY: Json = {"name": "validity", "enum": ["24h", "720h"], "default": "24h"}
SECRET = "{jupyternetes.otherResources.tls}-key"


@pytest.fixture(scope="module")
def cert_manager(
    control_plane: Cluster, kube: Kube, tmp_path_factory: pytest.TempPathFactory, steps: Steps
) -> Iterator[CertManager]:
    """One that runs now and then."""
    program = CertManager(control_plane, kube, tmp_path_factory.mktemp("cert-manager") / "log", steps)
    yield program
    program.stop()


@pytest.fixture
def running(cert_manager: CertManager) -> CertManager:
    cert_manager.start()
    return cert_manager


@pytest.fixture
def away(cert_manager: CertManager) -> CertManager:
    cert_manager.stop()
    return cert_manager


def with_certificate(*, timeout: int = 300, lifetime: str = "Instance") -> Json:
    entry: Json = {
        "name": "tls",
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "timeoutSeconds": timeout,
        "lifetime": lifetime,
        "spec": {
            "secretName": SECRET,
            "duration": "{validity}",
            "dnsNames": ["{jupyterhub.user.name:dns}.notebooks.example.org"],
            "issuerRef": {"name": "self-signed", "kind": "Issuer"},
        },
    }
    mounts = [{"name": "tls", "mountPath": "/etc/notebook-tls", "readOnly": True}]
    volumes = [{"name": "tls", "secret": {"secretName": SECRET}}]
    spec = pod_spec(containers=[container(volumeMounts=mounts)], volumes=volumes)
    return template(variables=[VALIDITY], otherResources=[entry], pods=[{"name": "notebook", "spec": spec}])


def started(lab: Lab, body: Json | None = None, **variables: str) -> Json:
    made = lab.add_template(body or with_certificate())
    return lab.hub.first_start("a", order(made["metadata"]["name"], **variables))


def certificate(lab: Lab) -> Json:
    (found,) = eventually(lambda: lab.kube.all("certificates", lab.namespace))
    return found


def secret_of(found: Json) -> str:
    """The Template calls it after the Certificate."""
    name = f"{found['metadata']['name']}-key"
    assert found["spec"]["secretName"] == name
    return name


def told(lab: Lab, words: str) -> Json:
    """The Instance, once whoever waits for its server reads these words."""
    return lab.until(lambda instance: words in message(instance))


def message(instance: Json) -> str:
    return condition(instance, "OtherResourcesProvisioned").get("message", "")


def ready_of(found: Json) -> tuple[str, int]:
    """What its condition Ready says, and about which generation; nothing if there is none."""
    conditions = found.get("status", {}).get("conditions", [])
    return next(
        ((each["status"], each["observedGeneration"]) for each in conditions if each["type"] == "Ready"), ("", 0)
    )


@pytest.mark.parametrize(
    ("verb", "group", "resource", "granted"),
    [
        ("create", "cert-manager.io", "certificates", True),
        ("patch", "acid.zalan.do", "postgresqls", True),
        ("update", "cert-manager.io", "certificates/status", False),
        ("get", "cert-manager.io", "issuers", False),
        ("create", "cert-manager.io", "certificaterequests", False),
        ("get", "", "secrets", False),
    ],
)
def test_the_chart_gives_rights_on_the_kinds_of_its_list_alone_X01(
    kube: Kube, verb: str, group: str, resource: str, *, granted: bool
) -> None:
    plural, _, subresource = resource.partition("/")
    about = {"verb": verb, "group": group, "resource": plural, "subresource": subresource, "namespace": "default"}
    review: Json = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": OPERATOR, "resourceAttributes": about},
    }

    answer = kube.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)

    assert answer["status"]["allowed"] is granted


def test_a_pod_mounts_the_secret_of_its_certificate(lab: Lab, running: CertManager) -> None:
    since = lab.audit.mark()
    lab.kube.create("issuers", lab.namespace, ISSUER)

    started(lab, validity="720h")

    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    # It came after cert-manager's word, which is about the object as we wrote it.
    asked = certificate(lab)
    assert ready_of(asked) == ("True", 1)
    name = secret_of(asked)
    assert {"name": "tls", "secret": {"secretName": name, "defaultMode": 420}} in pod["spec"]["volumes"]
    secret = lab.kube.get("secrets", lab.namespace, name)
    made = x509.load_pem_x509_certificate(base64.b64decode(secret["data"]["tls.crt"]))
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["jovyan.notebooks.example.org"]
    assert made.not_valid_after_utc - made.not_valid_before_utc == timedelta(hours=720)
    calls = lab.audit.calls(since, namespace=lab.namespace)
    touched = {call.resource.partition("/")[0] for call in calls if call.user.endswith(f":{ACCOUNT}")}
    assert touched == {"certificates", "certificaterequests", "issuers", "secrets", "events"}


def test_what_the_how_to_says_is_enough(lab: Lab, running: CertManager) -> None:
    values, issuer, written = blocks(HOW_TO)
    assert values == {"otherResources": {"kinds": [CERTIFICATE.allowed]}}
    lab.kube.create("issuers", lab.namespace, issuer)

    started(lab, written)

    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    assert [each["secret"]["secretName"] for each in pod["spec"]["volumes"] if "secret" in each] == [
        secret_of(certificate(lab))
    ]


@ALL
def test_the_how_to_says_of_others_what_was_recorded(recording: Recording) -> None:
    (row,) = [line for line in (DOCS / HOW_TO).read_text().splitlines() if line.startswith(f"| `{recording}` of ")]

    assert f" {recording.foreign.version} |" in row
    for output in recording.entry.get("outputs", []):
        assert f"`{output['path']}`" in row
    said = recording.entry.get("readyWhen")
    assert (f"`readyWhen: {said}`" if said else "condition `Ready`") in row


def test_a_certificate_goes_with_its_instance_and_outlives_a_stop(lab: Lab, running: CertManager) -> None:
    lab.kube.create("issuers", lab.namespace, ISSUER)
    started(lab)
    lab.made_pod()
    first = certificate(lab)
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.hub.start("a")
    lab.made_pod()
    assert certificate(lab)["metadata"]["uid"] == first["metadata"]["uid"]

    lab.kube.delete("jupyternotebookinstances", lab.namespace, "a")

    eventually(lambda: lab.kube.all("certificates", lab.namespace) == [])
    eventually(lambda: lab.kube.find("secrets", lab.namespace, secret_of(first)) is None)


def test_a_certificate_of_a_start_goes_with_it_and_its_secret_is_never_used_again(
    lab: Lab, running: CertManager
) -> None:
    lab.kube.create("issuers", lab.namespace, ISSUER)
    started(lab, with_certificate(lifetime="Start"))
    lab.made_pod()
    first = certificate(lab)
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    eventually(lambda: lab.kube.find("secrets", lab.namespace, secret_of(first)) is None)

    lab.hub.start("a")

    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    second = certificate(lab)
    assert secret_of(second) != secret_of(first)
    assert secret_of(second) in [each["secret"]["secretName"] for each in pod["spec"]["volumes"] if "secret" in each]


def test_a_start_waits_while_cert_manager_is_away_and_goes_on_when_it_is_back(lab: Lab, away: CertManager) -> None:
    lab.kube.create("issuers", lab.namespace, ISSUER)
    started(lab)
    name = certificate(lab)["metadata"]["name"]

    instance = told(lab, "it has no condition Ready or Available yet")

    assert f"entry tls of spec.otherResources: Certificate {name}" in message(instance)
    assert lab.pods() == []
    away.start()
    lab.made_pod()


def test_a_start_ends_in_time_while_cert_manager_is_away_and_the_next_one_goes_on_B31(
    lab: Lab, away: CertManager
) -> None:
    lab.kube.create("issuers", lab.namespace, ISSUER)
    started(lab, with_certificate(timeout=2))

    late = lab.until(says("OtherResourcesProvisioned", "OtherResourceNotReady"))

    assert "entry tls of spec.otherResources" in message(late)
    assert "no condition Ready or Available" in message(late)
    assert lab.pods() == []
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    away.start()
    eventually(lambda: ready_of(certificate(lab)), until=lambda said: said == ("True", 1))
    lab.hub.start("a")
    lab.made_pod()


def test_what_cert_manager_says_of_a_missing_issuer_is_told_until_the_issuer_is_there(
    lab: Lab, running: CertManager
) -> None:
    started(lab)

    told(lab, "its condition Ready is not true (DoesNotExist: Issuing certificate as Secret does not exist")

    assert lab.pods() == []
    lab.kube.create("issuers", lab.namespace, ISSUER)
    lab.made_pod()


def test_a_new_edition_of_the_template_is_issued_anew_under_the_running_server(lab: Lab, running: CertManager) -> None:
    lab.kube.create("issuers", lab.namespace, ISSUER)
    started(lab)
    pod = lab.made_pod()
    edited = with_certificate()
    edited["spec"]["otherResources"][0]["spec"]["dnsNames"].append("notebooks.example.org")

    lab.change_template(edited)

    eventually(lambda: ready_of(certificate(lab)), until=lambda said: said == ("True", 2))
    lab.until(lambda instance: condition(instance, "OtherResourcesProvisioned")["status"] == "True")
    assert [each["metadata"]["name"] for each in lab.pods()] == [pod]


# Recorded


@ALL
def test_a_start_waits_until_a_foreign_operator_is_done_and_tells_how_far_it_is(lab: Lab, recording: Recording) -> None:
    played = Played(lab, recording)

    for step in recording.steps:
        played.write(step.status)
        instance = played.told(step.words)
        assert f"entry {recording.entry['name']}" in played.message(instance)
        assert played.name in played.message(instance)
        assert lab.pods() == []
    played.write(recording.ready)

    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    (made,) = pod["spec"]["containers"]
    assert [each for each in made["env"] if each["name"] in ("HOST", "PASSWORD")] == [
        played.filled(wanted) for _, wanted in recording.env
    ]


@ALL
def test_a_failure_of_a_foreign_operator_is_told_at_once_and_ends_the_start_in_time_B31(
    lab: Lab, recording: Recording
) -> None:
    played = Played(lab, recording)

    played.write(recording.failure.status)

    first = played.told(recording.failure.words)
    assert condition(first, "OtherResourcesProvisioned")["reason"] == "WaitingForOtherResource"
    lab.change_template(played.template(timeout=1))
    late = lab.until(says("OtherResourcesProvisioned", "OtherResourceNotReady"))
    assert played.filled(recording.failure.words) in played.message(late)
    assert lab.pods() == []
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    # It was repaired meanwhile; the object is the Instance's, and so the same one.
    played.write(recording.ready)
    lab.hub.start("a")
    lab.made_pod()


@ALL
def test_what_a_foreign_operator_writes_into_its_own_object_is_left_alone(lab: Lab, recording: Recording) -> None:
    played = Played(lab, recording)
    kind = recording.foreign.kind
    theirs: Json = {"metadata": {"finalizers": ["example.org/theirs"], "annotations": {"example.org/seen": "yes"}}}
    lab.kube.merge_patch(kind.resource, lab.namespace, played.name, theirs, manager=recording.manager)
    played.write(recording.ready)
    lab.made_pod()

    lab.kube.delete("jupyternotebookinstances", lab.namespace, "a")

    # The finalizer keeps its object, and neither the Instance nor the pod waits for that.
    eventually(lambda: lab.kube.find("jupyternotebookinstances", lab.namespace, "a") is None)
    eventually(lambda: lab.pods() == [])
    kept = eventually(
        lambda: lab.kube.get(kind.resource, lab.namespace, played.name),
        until=lambda found: "deletionTimestamp" in found["metadata"],
    )
    assert kept["metadata"]["annotations"]["example.org/seen"] == "yes"
    lab.kube.merge_patch(kind.resource, lab.namespace, played.name, {"metadata": {"finalizers": None}})
    eventually(lambda: lab.kube.find(kind.resource, lab.namespace, played.name) is None)
