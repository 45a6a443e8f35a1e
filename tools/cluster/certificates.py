"""A certificate authority of one cluster, and every certificate, key and kubeconfig that it gives out.

Whoever may read the cluster's folder may be anybody in the cluster: a tool for tests and demonstrations.
See https://kubernetes.io/docs/setup/best-practices/certificates/
"""

import base64
import datetime
import ipaddress
import json
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.cluster.files import write_file

_LIFETIME = datetime.timedelta(days=365)


class Authority:
    """Signs with the key in `folder`/ca.key, which it makes at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate_file = folder / "ca.crt"
        self.key_file = folder / "ca.key"
        # The key is written last: where it is, the certificate is too.
        if not self.key_file.exists():
            self._make()
        self._certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        self._key = _load_key(self.key_file)

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("jupyternetes-local-cluster", ())
        certificate = (
            _builder(name, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(authority=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        write_file(self.certificate_file, certificate.public_bytes(serialization.Encoding.PEM))
        write_file(self.key_file, _key_pem(key))

    def issue(
        self,
        common_name: str,
        groups: Sequence[str] = (),
        *,
        hosts: Sequence[str] = (),
        lifetime: datetime.timedelta = _LIFETIME,
    ) -> tuple[bytes, bytes]:
        """A certificate and its key, both PEM: user `common_name` in `groups` for clients, `hosts` for servers."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(_name(common_name, groups), self._certificate.subject, key.public_key(), lifetime)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(authority=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]),
                critical=False,
            )
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if hosts:
            names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM), _key_pem(key)

    def issue_files(
        self, name: str, common_name: str, groups: Sequence[str] = (), *, hosts: Sequence[str] = ()
    ) -> None:
        """Write `name`.crt and `name`.key into the folder, unless they are there."""
        certificate_file, key_file = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        if key_file.exists():
            return
        certificate, key = self.issue(common_name, groups, hosts=hosts)
        write_file(certificate_file, certificate)
        write_file(key_file, key)

    def kubeconfig(self, server: str, user: str, groups: Sequence[str] = ()) -> str:
        """A kubeconfig with a new client certificate in it."""
        certificate, key = self.issue(user, groups)
        return self._kubeconfig(
            server, user, {"client-certificate-data": _base64(certificate), "client-key-data": _base64(key)}
        )

    def token_kubeconfig(self, server: str, user: str, token: str) -> str:
        """A kubeconfig that carries a bearer token."""
        return self._kubeconfig(server, user, {"token": token})

    def _kubeconfig(self, server: str, user: str, credentials: dict[str, str]) -> str:
        authority = _base64(self.certificate_file.read_bytes())
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "local", "cluster": {"server": server, "certificate-authority-data": authority}}],
                "users": [{"name": user, "user": credentials}],
                "contexts": [{"name": "local", "context": {"cluster": "local", "user": user}}],
                "current-context": "local",
            },
            indent=1,
        )

    def signing_key_pair(self, name: str) -> None:
        """Write `name`.key and `name`.pub, the keys of service-account tokens, unless they are there."""
        key_file = self.folder / f"{name}.key"
        if key_file.exists():
            return
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        write_file(self.folder / f"{name}.pub", public)
        write_file(key_file, _key_pem(key))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    lifetime: datetime.timedelta = _LIFETIME,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + lifetime)
    )


def _name(common_name: str, groups: Sequence[str]) -> x509.Name:
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is not an elliptic-curve key")
    return key


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
