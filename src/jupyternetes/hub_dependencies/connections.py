"""Does a service of the network answer: by TCP, by TLS, or as a proxy that knows its routes?"""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from typing import Final

from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.failures import Failure

# No route is older than that, so the answer is short also where there are 30,000 routes. All releases of
# configurable-http-proxy know the parameter by this name: https://github.com/jupyterhub/configurable-http-proxy#rest-api
_ROUTES: Final = "api/routes?inactive_since=1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """Connects and hangs up. ``limit``: seconds for each address of the host."""

    address: HostPort
    limit: float

    def ask(self) -> None:
        """Raises OSError."""
        socket.create_connection(self.address, self.limit).close()


class TlsProbe:
    """Connects, agrees on TLS, checks the certificate, and hangs up.

    ``make_context`` reads the certificates that are trusted. It is called anew after a certificate was not trusted,
    since reading them takes some 20 ms, and they change when an authority is renewed.
    """

    def __init__(self, address: HostPort, limit: float, make_context: Callable[[], ssl.SSLContext]) -> None:
        self._address = address
        self._limit = limit
        self._make_context = make_context
        self._context: ssl.SSLContext | None = None

    def ask(self) -> None:
        """Raises OSError, of which the errors of TLS are kinds."""
        context = self._context = self._context or self._make_context()
        try:
            with (
                socket.create_connection(self._address, self._limit) as connection,
                context.wrap_socket(connection, server_hostname=self._address.host),
            ):
                pass
        except ssl.SSLCertVerificationError:
            self._context = None
            raise


@dataclass(frozen=True, slots=True)
class RoutesProbe:
    """Asks a configurable-http-proxy for its routes, as the hub does.

    ``path``: of the API below the host, usually empty. ``context``: None for HTTP without TLS.
    """

    address: HostPort
    path: str
    token: str = field(repr=False)
    context: ssl.SSLContext | None
    limit: float

    def ask(self) -> None:
        """Raises OSError, HTTPException or Failure."""
        host, port = self.address
        connection = (
            HTTPConnection(host, port, timeout=self.limit)
            if self.context is None
            else HTTPSConnection(host, port, timeout=self.limit, context=self.context)
        )
        try:
            connection.request(
                "GET", f"{self.path.rstrip('/')}/{_ROUTES}", headers={"Authorization": f"token {self.token}"}
            )
            status = connection.getresponse().status
        finally:
            connection.close()
        if status == HTTPStatus.FORBIDDEN:
            raise Failure("The proxy does not accept the hub's token.")
        if status != HTTPStatus.OK:
            raise Failure(f"The proxy answers with HTTP status {status}.")
