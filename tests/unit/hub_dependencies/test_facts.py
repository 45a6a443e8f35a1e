"""What is read off a hub's traits."""

import ssl
from typing import Any

import pytest
from traitlets import Any as AnyTrait
from traitlets import Bool, Dict, HasTraits, Int, List, Unicode, default

from jupyternetes.api.hub_dependencies import DependencyKind
from jupyternetes.hub_dependencies.addresses import NOWHERE, HostPort
from jupyternetes.hub_dependencies.connections import TcpProbe, TlsProbe
from jupyternetes.hub_dependencies.facts import database_of, proxy_of, services_of, value_of
from jupyternetes.hub_dependencies.own_errors import OwnErrors
from jupyternetes.hub_dependencies.proxy_routes import RoutesProbe
from jupyternetes.hub_dependencies.watch import Dependency

LIMIT = 3.0


class OAuthLike(HasTraits):
    """The traits that oauthenticator's classes have in common."""

    authorize_url = Unicode()
    token_url = Unicode()
    userdata_url = AnyTrait("")
    oauth_callback_url = Unicode("https://hub.example.org/hub/oauth_callback")
    logout_redirect_url = Unicode("https://portal.example.org")
    http_request_kwargs = Dict()
    validate_server_cert = Bool(True)

    @default("token_url")
    def _token_url_default(self) -> str:
        return "https://login.example.org/token"


class LdapLike(HasTraits):
    """Those of ldapauthenticator."""

    server_address = Unicode("ldap.example.org")
    server_port = Int(allow_none=True)

    @default("server_port")
    def _server_port_default(self) -> int:
        return 636


class Proxy(HasTraits):
    api_url = Unicode("http://proxy-api:8001")
    auth_token = Unicode("Canary")


class Hub(HasTraits):
    db_url = Unicode("postgresql://hub:Canary@db/hub")
    db_kwargs = Dict()
    internal_ssl = Bool(False)
    proxy = AnyTrait()
    hub_routespec = Unicode("/")


def probe(dependency: Dependency) -> object:
    """The object that asks."""
    return getattr(dependency.ask, "__self__", None)


def addresses(authenticator: HasTraits, kind: DependencyKind) -> set[HostPort]:
    return {each.address for each in services_of(authenticator, LIMIT) if each.kind == kind}


def test_default_is_computed_and_not_set() -> None:
    authenticator = OAuthLike()

    assert value_of(authenticator, "token_url") == "https://login.example.org/token"
    assert not authenticator.trait_has_value("token_url")
    assert value_of(authenticator, "another") is None


def test_database_of_a_hub() -> None:
    assert database_of(Hub(), LIMIT, OwnErrors()).address == HostPort("db", 5432)


def test_oauth_hosts_are_those_that_the_hub_asks_each_once() -> None:
    authenticator = OAuthLike(
        token_url="https://login.example.org/token",
        authorize_url="https://login.example.org/authorize",
        userdata_url="https://login.example.org/userinfo",
    )

    (only,) = services_of(authenticator, LIMIT)

    assert (only.kind, only.address) == (DependencyKind.OAUTH, HostPort("login.example.org", 443))
    assert isinstance(probe(only), TlsProbe)


def test_oauth_host_for_browsers_is_told_and_not_asked() -> None:
    authenticator = OAuthLike(token_url="http://mock:8080/token", authorize_url="https://login.example.org/authorize")

    inside, outside = services_of(authenticator, LIMIT)

    assert isinstance(probe(inside), TcpProbe)
    assert (outside.address, outside.ask) == (HostPort("login.example.org", 443), None)
    assert "browsers" in outside.unasked


@pytest.mark.parametrize("value", ["", None, lambda handler: "https://x", ["https://x"], "ftp://x", "https://u:p/w@x"])
def test_value_that_names_no_host_is_left_out(value: Any) -> None:
    assert addresses(OAuthLike(userdata_url=value), DependencyKind.OAUTH) == {HostPort("login.example.org", 443)}


def test_default_that_fails_is_left_out() -> None:
    class AsksTheNetwork(OAuthLike):
        @default("token_url")
        def _token_url_default(self) -> str:
            raise TimeoutError

    authenticator = AsksTheNetwork(userdata_url="https://users.example.org/me")

    assert addresses(authenticator, DependencyKind.OAUTH) == {HostPort("users.example.org", 443)}


def test_relatives_of_oauth_are_found_by_their_names() -> None:
    class Lti(HasTraits):
        jwks_endpoint = Unicode("https://lms.example.org/jwks")

    class Cas(HasTraits):
        cas_service_validate_url = Unicode("https://cas.example.org/validate")
        cas_login_url = Unicode("https://cas.example.org/login")

    assert addresses(Lti(), DependencyKind.OAUTH) == {HostPort("lms.example.org", 443)}
    assert addresses(Cas(), DependencyKind.OAUTH) == set(), "it speaks another protocol"
    assert addresses(Cas(), DependencyKind.LOGIN) == {HostPort("cas.example.org", 443)}


def test_oauth_behind_a_proxy_for_http_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    (behind,) = services_of(OAuthLike(http_request_kwargs={"proxy_host": "squid", "proxy_port": 3128}), LIMIT)
    assert (behind.ask, behind.address) == (None, HostPort("login.example.org", 443))


def test_proxy_of_the_environment_counts_only_where_the_hub_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://squid:3128")
    (direct,) = services_of(OAuthLike(), LIMIT)
    assert direct.ask is not None

    class CurlAsyncHTTPClient:
        """The name is what counts."""

    monkeypatch.setattr("tornado.httpclient.AsyncHTTPClient.configured_class", lambda: CurlAsyncHTTPClient)
    (behind,) = services_of(OAuthLike(), LIMIT)
    assert behind.ask is None


def test_trust_is_the_authenticators_own() -> None:
    (trusting,) = services_of(OAuthLike(validate_server_cert=False), LIMIT)

    asking = probe(trusting)
    assert isinstance(asking, TlsProbe)
    assert asking._make_context().verify_mode == ssl.CERT_NONE


def test_ldap_server_is_found() -> None:
    (only,) = services_of(LdapLike(), LIMIT)

    assert (only.kind, only.address) == (DependencyKind.LDAP, HostPort("ldap.example.org", 636))


def test_ldap_servers_are_found_in_a_list_of_urls() -> None:
    class Several(HasTraits):
        server_hosts = List(["ldaps://one.example.org:1636", "two.example.org", "/no/host"])

    found = addresses(Several(), DependencyKind.LDAP)

    assert found == {HostPort("one.example.org", 1636), HostPort("two.example.org", 389)}


def test_authenticator_that_knows_everybody_needs_nothing() -> None:
    assert list(services_of(HasTraits(), LIMIT)) == []


def test_proxy_is_asked_for_the_hubs_route() -> None:
    found = proxy_of(Hub(proxy=Proxy(), hub_routespec="/site/"), LIMIT)

    assert found.address == HostPort("proxy-api", 8001)
    asking = probe(found)
    assert isinstance(asking, RoutesProbe)
    assert (asking.token, asking.context) == ("Canary", None)
    assert asking._hub_route == "/api/routes/site"


def test_proxy_with_tls_is_asked_with_tls() -> None:
    asking = probe(proxy_of(Hub(proxy=Proxy(api_url="https://proxy-api:8001")), LIMIT))

    assert isinstance(asking, RoutesProbe)
    assert asking.context is not None


def test_other_proxy_is_asked_whether_it_listens() -> None:
    class Traefik(HasTraits):
        traefik_api_url = Unicode("http://traefik:8099")

    found = proxy_of(Hub(proxy=Traefik()), LIMIT)

    assert found.address == HostPort("traefik", 8099)
    assert isinstance(probe(found), TcpProbe)


@pytest.mark.parametrize("proxy", [HasTraits(), Proxy(api_url="http+unix://%2Fsrv%2Fproxy.sock")])
def test_proxy_without_a_host_is_not_asked(proxy: HasTraits) -> None:
    found = proxy_of(Hub(proxy=proxy), LIMIT)

    assert (found.address, found.ask) == (NOWHERE, None)
