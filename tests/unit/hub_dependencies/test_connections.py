"""Real services on loopback, asked as the hub's are."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.connections import TcpProbe, TlsProbe
from tests.unit.hub_dependencies.services import (
    LOOPBACK,
    closed_port,
    failure,
    full_service,
    plain_service,
    silent_service,
    tls_service,
)
from tools.cluster.certificates import Authority

LIMIT = 10.0
SHORT = 0.1


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def provider(authority: Authority, folder: Path, host: str) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate for ``host``."""
    certificate, key = authority.issue("provider", hosts=[host])
    (folder / "tls.crt").write_bytes(certificate)
    (folder / "tls.key").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return context


@pytest.fixture
def secure(authority: Authority, tmp_path: Path) -> Iterator[HostPort]:
    """A provider of logins with a certificate of the authority."""
    with tls_service(provider(authority, tmp_path, LOOPBACK)) as address:
        yield address


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.certificate_file))


def test_tcp_that_answers() -> None:
    with silent_service() as address:
        TcpProbe(address, LIMIT).ask()


def test_tcp_that_is_refused() -> None:
    with closed_port() as address:
        assert failure(TcpProbe(address, LIMIT)) == "Refused"


def test_tcp_to_a_name_that_is_not_known() -> None:
    assert failure(TcpProbe(HostPort("nobody.invalid", 5432), LIMIT)) in ("NoName", "NameLookupFailed")


@pytest.mark.parametrize("speaks", ["tcp", "tls"])
def test_host_to_which_no_connection_comes_about_is_told_from_one_that_hangs(speaks: str) -> None:
    with full_service() as cut, silent_service() as hangs:
        probes = {
            "tcp": lambda address: TcpProbe(address, SHORT),
            "tls": lambda address: TlsProbe(address, SHORT, ssl.create_default_context),
        }

        assert failure(probes[speaks](cut)) == "NoConnection"
        if speaks != "tcp":
            assert failure(probes[speaks](hangs)) == "NoAnswerInTime"


def test_name_that_is_looked_up_for_long_is_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    probe = TcpProbe(HostPort("db", 5432), SHORT)
    meanwhile: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: meanwhile.append(probe.late().name) or [])

    with pytest.raises(OSError, match="no address"):
        probe.ask()

    assert meanwhile == ["NameLookupFailed"]


def test_tls_that_is_trusted(secure: HostPort, authority: Authority) -> None:
    TlsProbe(secure, LIMIT, lambda: trusting(authority)).ask()


def test_tls_that_the_system_does_not_trust(secure: HostPort) -> None:
    assert failure(TlsProbe(secure, LIMIT, ssl.create_default_context)) == "CertificateNotTrusted"


def test_tls_for_another_host(authority: Authority, tmp_path: Path) -> None:
    with tls_service(provider(authority, tmp_path, "elsewhere.example.org")) as address:
        probe = TlsProbe(address, LIMIT, lambda: trusting(authority))

        assert failure(probe) == "CertificateOfAnotherHost"


def test_tls_with_a_service_that_does_not_speak_it() -> None:
    with plain_service() as address:
        said = failure(TlsProbe(address, LIMIT, ssl.create_default_context))

    assert said in ("NoTls", "Broken")


def test_tls_with_a_service_that_hangs() -> None:
    with silent_service() as address:
        assert failure(TlsProbe(address, SHORT, ssl.create_default_context)) == "NoAnswerInTime"


def test_authorities_are_read_again_after_a_certificate_was_not_trusted(secure: HostPort, authority: Authority) -> None:
    contexts = iter([ssl.create_default_context(), trusting(authority)])
    probe = TlsProbe(secure, LIMIT, lambda: next(contexts))
    failure(probe)

    probe.ask()
    probe.ask()
