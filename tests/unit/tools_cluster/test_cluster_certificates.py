"""Certificates say who somebody is, and stay the same when a cluster is repaired."""

import base64
import json
import stat
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from tools.cluster.certificates import Authority


def test_client_certificate_carries_user_and_groups_and_is_signed_by_the_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    certificate = x509.load_pem_x509_certificate(authority.issue("alice", ["staff", "Ünïcode"])[0])

    assert [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["alice"]
    groups = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert {name.value for name in groups} == {"staff", "Ünïcode"}
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.certificate_file.read_bytes()))


def test_server_certificate_names_addresses_and_host_names(tmp_path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(
        Authority(tmp_path).issue("server", hosts=["10.96.0.1", "localhost"])[0]
    )

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.96.0.1"]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]


def test_authority_and_issued_files_are_kept(tmp_path: Path) -> None:
    first = Authority(tmp_path)
    first.issue_files("server", "server")
    first.signing_key_pair("tokens")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    again = Authority(tmp_path)
    again.issue_files("server", "server")
    again.signing_key_pair("tokens")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert set(before) == {"ca.crt", "ca.key", "server.crt", "server.key", "tokens.key", "tokens.pub"}


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    Authority(tmp_path)

    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600


def test_kubeconfig_is_complete_in_itself(tmp_path: Path) -> None:
    kubeconfig = json.loads(Authority(tmp_path).kubeconfig("https://127.0.0.1:6443", "alice"))

    assert kubeconfig["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"
    user = kubeconfig["users"][0]["user"]
    certificate = x509.load_pem_x509_certificate(base64.b64decode(user["client-certificate-data"]))
    assert certificate.subject.rfc4514_string() == "CN=alice"
