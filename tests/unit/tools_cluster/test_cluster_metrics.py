"""metrics-server beside a node: who trusts whom, and how the API server finds it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from tools.cluster import control_plane, node
from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.errors import ClusterError
from tools.cluster.layout import NODE_ADDRESS, Layout, Profile, Record, choose_ports
from tools.cluster.node import metrics

RECORD = Record(Profile.NODE, choose_ports(), {})


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout.of("a", tmp_path)


@pytest.fixture
def authority(layout: Layout) -> Authority:
    return control_plane.prepare(layout, RECORD)


def test_api_server_shows_extension_servers_a_certificate_that_no_client_can_have(
    layout: Layout, authority: Authority
) -> None:
    api_server = options(control_plane.components(layout, RECORD)[1])
    shown = certificate(Path(api_server["proxy-client-cert-file"]))

    shown.verify_directly_issued_by(certificate(Path(api_server["requestheader-client-ca-file"])))
    assert shown.subject.rfc4514_string() == f"CN={api_server['requestheader-allowed-names']}"
    with pytest.raises(InvalidSignature):
        shown.verify_directly_issued_by(certificate(Path(api_server["client-ca-file"])))


@pytest.mark.parametrize("wanted", [False, True])
def test_metrics_server_is_a_component_where_it_was_added(wanted: bool, layout: Layout) -> None:
    record = Record(Profile.NODE, RECORD.ports, {}, metrics=wanted)

    names = [component.name for component in node.components(layout, record)]

    assert ("metrics-server" in names) is wanted


def test_api_server_finds_metrics_server_by_a_service_and_can_check_its_certificate(
    layout: Layout, authority: Authority
) -> None:
    metrics.prepare(layout, authority, control_plane.server_url(RECORD))
    server, objects = options(metrics.component(layout)), by_kind(metrics.manifests(authority))
    reference = objects["APIService"]["spec"]["service"]

    assert reference["name"] == objects["Service"]["metadata"]["name"]
    assert reference["namespace"] == objects["Service"]["metadata"]["namespace"]
    (port,), (target,) = objects["Service"]["spec"]["ports"], objects["EndpointSlice"]["ports"]
    assert (port["name"], port["port"]) == (target["name"], reference["port"])
    assert objects["EndpointSlice"]["endpoints"] == [{"addresses": [server["bind-address"]]}]
    assert str(target["port"]) == server["secure-port"]

    shown = certificate(Path(server["tls-cert-file"]))
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [f"{reference['name']}.{reference['namespace']}.svc"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == [NODE_ADDRESS]
    bundle = base64.b64decode(objects["APIService"]["spec"]["caBundle"])
    shown.verify_directly_issued_by(x509.load_pem_x509_certificate(bundle))


def test_rights_are_granted_to_the_user_of_the_kubeconfig(layout: Layout, authority: Authority) -> None:
    metrics.prepare(layout, authority, control_plane.server_url(RECORD))
    kubeconfig = json.loads(layout.component_kubeconfig("metrics-server").read_text())
    (user,) = [user["name"] for user in kubeconfig["users"]]

    bindings = [item for item in metrics.manifests(authority) if str(item["kind"]).endswith("Binding")]

    assert len(bindings) == 3
    for binding in bindings:
        assert binding["subjects"] == [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]


@pytest.mark.parametrize(("names", "there"), [([], False), (["other"], False), (["other", "local-node"], True)])
def test_sample_is_one_of_the_node(names: list[str], there: bool) -> None:
    answer = json.dumps({"items": [{"metadata": {"name": name}} for name in names]})

    assert metrics.has_sample(lambda *arguments: answer) is there


def test_there_is_no_sample_while_the_api_server_refuses() -> None:
    def refuse(*arguments: str) -> str:
        raise ClusterError("Error from server (ServiceUnavailable): the server is currently unable to handle it")

    assert not metrics.has_sample(refuse)


def options(component: Component) -> dict[str, str]:
    pairs = (argument.removeprefix("--").partition("=") for argument in component.arguments)
    return {name: value for name, _, value in pairs}


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def by_kind(objects: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The last object of each kind."""
    return {item["kind"]: item for item in objects}
