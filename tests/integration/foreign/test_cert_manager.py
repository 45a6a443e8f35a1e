"""cert-manager, unchanged: a Template asks for a Certificate, and the pod mounts what cert-manager makes of it."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography import x509

from tests.support.cert_manager import ACCOUNT, ISSUER, CertManager
from tests.support.foreign import CERTIFICATE
from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, says, suspended
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually
from tools.cluster import Cluster, Steps

FOREIGN = (CERTIFICATE,)
VALIDITY: Json = {"name": "validity", "enum": ["24h", "720h"], "default": "24h"}
SECRET = "tls-{jupyternetes.instance.uid}"


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


def with_certificate(*, timeout: int = 300) -> Json:
    entry: Json = {
        "name": "tls",
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "timeoutSeconds": timeout,
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
    lab.add_template(body or with_certificate())
    return lab.hub.first_start("a", order(**variables))


def certificate(lab: Lab) -> Json:
    (found,) = eventually(lambda: lab.kube.all("certificates", lab.namespace))
    return found


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


def test_a_pod_mounts_the_secret_of_its_certificate(lab: Lab, running: CertManager) -> None:
    since = lab.audit.mark()
    lab.kube.create("issuers", lab.namespace, ISSUER)

    instance = started(lab, validity="720h")

    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    name = f"tls-{instance['metadata']['uid']}"
    assert {"name": "tls", "secret": {"secretName": name, "defaultMode": 420}} in pod["spec"]["volumes"]
    secret = lab.kube.get("secrets", lab.namespace, name)
    made = x509.load_pem_x509_certificate(base64.b64decode(secret["data"]["tls.crt"]))
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["jovyan.notebooks.example.org"]
    assert made.not_valid_after_utc - made.not_valid_before_utc == timedelta(hours=720)
    # The pod came after cert-manager's word, which is about the object as we wrote it.
    (asked,) = lab.kube.all("certificates", lab.namespace)
    assert ready_of(asked) == ("True", 1)
    calls = lab.audit.calls(since, namespace=lab.namespace)
    touched = {call.resource.partition("/")[0] for call in calls if call.user.endswith(f":{ACCOUNT}")}
    assert touched == {"certificates", "certificaterequests", "issuers", "secrets", "events"}


def test_a_certificate_goes_with_its_instance_and_outlives_a_stop(lab: Lab, running: CertManager) -> None:
    lab.kube.create("issuers", lab.namespace, ISSUER)
    instance = started(lab)
    lab.made_pod()
    first = certificate(lab)
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.hub.start("a")
    lab.made_pod()
    assert certificate(lab)["metadata"]["uid"] == first["metadata"]["uid"]

    lab.kube.delete("jupyternotebookinstances", lab.namespace, "a")

    eventually(lambda: lab.kube.all("certificates", lab.namespace) == [])
    name = f"tls-{instance['metadata']['uid']}"
    eventually(lambda: lab.kube.find("secrets", lab.namespace, name) is None)


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
