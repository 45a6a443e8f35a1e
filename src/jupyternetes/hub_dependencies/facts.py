"""What does a hub depend on, by the traits of its application, its proxy and its authenticator?

Traits are found by their names, so no authenticator has to be installed here. They are read in a thread that is not
the hub's, so a default is computed and not set: two threads that set traits of one object can disturb its validation.
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from jupyterhub.utils import make_ssl_context
from tornado.httpclient import AsyncHTTPClient

from jupyternetes.api.hub_dependencies import DependencyKind
from jupyternetes.hub_dependencies.addresses import NOWHERE, HostPort, address_of, checked_host, checked_port
from jupyternetes.hub_dependencies.connections import TcpProbe, TlsProbe
from jupyternetes.hub_dependencies.database import database
from jupyternetes.hub_dependencies.own_errors import OwnErrors
from jupyternetes.hub_dependencies.proxy_routes import RoutesProbe
from jupyternetes.hub_dependencies.watch import Dependency
from jupyternetes.runtime.proxy import proxy_for

# OAuthenticator's names (https://oauthenticator.readthedocs.io/en/latest/reference/api/gen/oauthenticator.oauth2.html),
# and those of its relatives for LTI, CAS and Keycloak. A class with none of those that only OAuth has speaks another
# protocol, such as CAS.
_OAUTH: Final = re.compile(
    r"(?:.*_)?(?:authorize|token|userdata|userinfo|introspect|jwks)_(?:url|uri|endpoint)|oauth_.*|oidc_.*"
)
_HUB_ASKS: Final = re.compile(r"(?:.*_)?(?:token|userdata|userinfo|introspect|validate|jwks)_(?:url|uri|endpoint)")
_BROWSERS_ASK: Final = re.compile(r"(?:.*_)?(?:authorize|login)_(?:url|uri|endpoint)")
_LDAP_HOSTS: Final = ("server_address", "server_host", "server_hosts", "ldap_server", "ldap_host")
_LDAP_PORTS: Final = ("server_port", "ldap_port")


def value_of(owner: Any, name: str) -> Any:
    """The value of a trait, None if there is no such trait. Raises whatever the computing of its default raises."""
    if not owner.has_trait(name):
        return None
    return getattr(owner, name) if owner.trait_has_value(name) else owner.trait_defaults(name)


def database_of(hub: Any, limit: float, own_errors: OwnErrors) -> Dependency:
    """The database of a ``JupyterHub`` that has read its configuration; ``own_errors``: what the hub met there."""
    return database(value_of(hub, "db_url"), value_of(hub, "db_kwargs"), limit, own_errors)


def proxy_of(hub: Any, limit: float) -> Dependency:
    """The proxy's API. A ``ConfigurableHTTPProxy`` is asked for the hub's route, any other class only whether it
    listens: Traefik, for one, keeps its routes in files or in a store, and does not lose them when it is restarted.

    https://jupyterhub.readthedocs.io/en/stable/reference/api/proxy.html#jupyterhub.proxy.ConfigurableHTTPProxy.api_url
    """
    kind = DependencyKind.PROXY
    proxy = hub.proxy
    names = sorted(name for name in proxy.trait_names() if name.endswith("api_url"))
    url = str(value_of(proxy, names[0])) if names else ""
    address = address_of(url)
    if not address.host:
        return Dependency(kind, unasked="The proxy's configuration names no host.")
    if not proxy.has_trait("auth_token") or names[0] != "api_url":
        return _asked(kind, address, TcpProbe(address, limit))
    parts = urlsplit(url)
    context = _proxy_context(hub) if parts.scheme == "https" else None
    token, hub_route = value_of(proxy, "auth_token"), value_of(hub, "hub_routespec")
    probe = RoutesProbe(address, parts.path, hub_route, token, context, limit)
    return _asked(kind, address, probe)


def _asked(kind: DependencyKind, address: HostPort, probe: TcpProbe) -> Dependency:
    return Dependency(kind, address, ask=probe.ask, late=probe.late)


def _proxy_context(hub: Any) -> ssl.SSLContext:
    """The hub's own certificate and authorities if it has made some, else what the system trusts."""
    if hub.internal_ssl:
        own = make_ssl_context(hub.internal_ssl_key, hub.internal_ssl_cert, cafile=hub.internal_ssl_ca)
        if own is not None:
            return own
    return ssl.create_default_context()


def services_of(authenticator: Any, limit: float) -> Iterator[Dependency]:
    """The hosts that an authenticator needs, each once. Classes that know everybody themselves need none."""
    yield from _of_urls(authenticator, limit)
    for name in _LDAP_HOSTS:
        given = value_of(authenticator, name)
        servers: list[object] = [given] if isinstance(given, str) else list(given or ())
        for server in servers:
            address = _ldap_address(authenticator, server)
            if address.host:
                yield _asked(DependencyKind.LDAP, address, TcpProbe(address, limit))


def _of_urls(authenticator: Any, limit: float) -> Iterator[Dependency]:
    is_oauth = any(map(_OAUTH.fullmatch, authenticator.trait_names()))
    kind = DependencyKind.OAUTH if is_oauth else DependencyKind.LOGIN
    asked: set[HostPort] = set()
    for url in _urls(authenticator, _HUB_ASKS):
        address = address_of(url)
        if address in asked:
            continue
        asked.add(address)
        if _through_proxy(authenticator, url):
            yield Dependency(kind, address, unasked="The hub reaches it through a proxy for HTTP, which is not asked.")
        elif urlsplit(url).scheme == "https":
            yield _asked(kind, address, TlsProbe(address, limit, partial(_context, authenticator)))
        else:
            yield _asked(kind, address, TcpProbe(address, limit))
    for url in _urls(authenticator, _BROWSERS_ASK):
        address = address_of(url)
        if address not in asked:
            asked.add(address)
            yield Dependency(kind, address, unasked="Only people's browsers go there; the hub may have no way to it.")


def _urls(authenticator: Any, names: re.Pattern[str]) -> Iterator[str]:
    """Values that name a host. A default may ask the network, as that of OpenShift does, and fail."""
    for name in sorted(authenticator.trait_names()):
        if names.fullmatch(name):
            url: object = None
            with suppress(Exception):
                url = value_of(authenticator, name)
            if isinstance(url, str) and url.startswith(("http://", "https://")) and address_of(url).host:
                yield url


def _request_options(authenticator: Any) -> dict[str, Any]:
    return value_of(authenticator, "http_request_kwargs") or {}


def _through_proxy(authenticator: Any, url: str) -> bool:
    """Only libcurl takes a proxy from the environment, and oauthenticator's requests go through tornado's client."""
    if _request_options(authenticator).get("proxy_host"):
        return True
    by_curl = "curl" in AsyncHTTPClient.configured_class().__name__.lower()
    return by_curl and proxy_for(url, os.environ) is not None


def _context(authenticator: Any) -> ssl.SSLContext:
    """Trust as the authenticator does: by default what the system trusts."""
    context = ssl.create_default_context(cafile=_request_options(authenticator).get("ca_certs"))
    if value_of(authenticator, "validate_server_cert") is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _ldap_address(authenticator: Any, server: object) -> HostPort:
    """Of ``host``, or of ``ldap://host:port``."""
    if isinstance(server, str) and "://" in server:
        return address_of(server)
    ports = [checked_port(value_of(authenticator, name)) for name in _LDAP_PORTS]
    host = checked_host(server)
    return HostPort(host, next(filter(None, ports), 389)) if host else NOWHERE
