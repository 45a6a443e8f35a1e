"""Real services on loopback, asked as the hub's are."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.connections import RoutesProbe, TcpProbe, TlsProbe
from jupyternetes.hub_dependencies.failures import LATE, REFUSED, explain
from tests.unit.hub_dependencies.services import (
    LOOPBACK,
    closed_port,
    plain_service,
    proxy_api,
    silent_service,
    tls_service,
)
from tools.cluster.certificates import Authority

LIMIT = 10.0
SHORT = 0.1
TOKEN = "the-token"


def failure(ask: Callable[[], None]) -> str:
    """What is said of a question that must fail."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, it is explained
        ask()
    return explain(raised.value)


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
        assert failure(TcpProbe(address, LIMIT).ask) == REFUSED


def test_tls_that_is_trusted(secure: HostPort, authority: Authority) -> None:
    TlsProbe(secure, LIMIT, lambda: trusting(authority)).ask()


def test_tls_that_the_system_does_not_trust(secure: HostPort) -> None:
    assert failure(TlsProbe(secure, LIMIT, ssl.create_default_context).ask) == "The certificate is not trusted."


def test_tls_for_another_host(authority: Authority, tmp_path: Path) -> None:
    with tls_service(provider(authority, tmp_path, "elsewhere.example.org")) as address:
        probe = TlsProbe(address, LIMIT, lambda: trusting(authority))

        assert failure(probe.ask) == "The certificate is for another host."


def test_tls_with_a_service_that_does_not_speak_it() -> None:
    with plain_service() as address:
        said = failure(TlsProbe(address, LIMIT, ssl.create_default_context).ask)

    assert said in ("No TLS connection can be agreed upon.", "The connection was broken off.")


def test_tls_with_a_service_that_hangs() -> None:
    with silent_service() as address:
        assert failure(TlsProbe(address, SHORT, ssl.create_default_context).ask) == LATE


def test_authorities_are_read_again_after_a_certificate_was_not_trusted(secure: HostPort, authority: Authority) -> None:
    contexts = iter([ssl.create_default_context(), trusting(authority)])
    probe = TlsProbe(secure, LIMIT, lambda: next(contexts))
    failure(probe.ask)

    probe.ask()
    probe.ask()


def routes(address: HostPort, *, limit: float = LIMIT, path: str = "") -> RoutesProbe:
    return RoutesProbe(address, path, TOKEN, None, limit)


@pytest.mark.parametrize("path", ["", "/", "/below/"])
def test_proxy_that_knows_its_routes(path: str) -> None:
    with proxy_api(TOKEN) as proxy:
        routes(proxy.address, path=path).ask()

    assert proxy.paths == [f"{path.rstrip('/')}/api/routes?inactive_since=1970-01-01T00:00:00Z"]


def test_proxy_with_another_token() -> None:
    with proxy_api("another") as proxy:
        assert failure(routes(proxy.address).ask) == "The proxy does not accept the hub's token."


def test_proxy_that_fails() -> None:
    with proxy_api(TOKEN, status=500) as proxy:
        assert failure(routes(proxy.address).ask) == "The proxy answers with HTTP status 500."


def test_proxy_that_hangs() -> None:
    with silent_service() as address:
        assert failure(routes(address, limit=SHORT).ask) == LATE


def test_token_of_the_proxy_is_in_no_text() -> None:
    assert TOKEN not in repr(routes(HostPort("proxy", 8001)))
