"""Does a service of the network answer: by TCP, by TLS, or as a proxy that knows its routes?"""

import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Final

from jupyternetes.api.dependency_reasons import (
    HTTP_ERROR,
    NAME_LOOKUP_FAILED,
    NO_ANSWER,
    NO_ANSWER_IN_TIME,
    NO_CONNECTION,
    TOKEN_REFUSED,
)
from jupyternetes.api.reasons import Reason
from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.failures import Failure

# No route is older than that, so the answer is short also where there are 30,000 routes. All releases of
# configurable-http-proxy know the parameter by this name: https://github.com/jupyterhub/configurable-http-proxy#rest-api
_ROUTES: Final = "api/routes?inactive_since=1970-01-01T00:00:00Z"


class TcpProbe:
    """Connects and hangs up.

    ``limit``: seconds for each address of the host, and for each answer.
    """

    def __init__(self, address: HostPort, limit: float) -> None:
        self._address = address
        self._limit = limit
        self._late = NO_ANSWER

    def ask(self) -> None:
        """Raises OSError."""
        self.connected().close()

    def late(self) -> Reason:
        """Why there is no answer, if the question goes no further: this follows its steps. Any thread may ask."""
        return self._late

    def connected(self) -> socket.socket:
        """A connection to the first address of the host that takes one. Raises OSError."""
        self._late = NAME_LOOKUP_FAILED
        places = socket.getaddrinfo(*self._address, type=socket.SOCK_STREAM)
        self._late = NO_CONNECTION
        failure = OSError("the host has no address")
        for family, kind, protocol, _, place in places:
            try:
                line = socket.socket(family, kind, protocol)
            except OSError as error:  # such as IPv6, where the kernel has none
                failure = error
                continue
            try:
                line.settimeout(self._limit)
                line.connect(place)
            except OSError as error:
                line.close()
                failure = error
            else:
                self._late = NO_ANSWER_IN_TIME
                return line
        raise failure


class TlsProbe(TcpProbe):
    """Connects, agrees on TLS, checks the certificate, and hangs up.

    ``make_context`` reads the certificates that are trusted. It is called anew after a certificate was not trusted,
    since reading them takes some 20 ms, and they change when an authority is renewed.
    """

    def __init__(self, address: HostPort, limit: float, make_context: Callable[[], ssl.SSLContext]) -> None:
        super().__init__(address, limit)
        self._make_context = make_context
        self._context: ssl.SSLContext | None = None

    def ask(self) -> None:
        """Raises OSError, of which the errors of TLS are kinds."""
        context = self._context = self._context or self._make_context()
        try:
            with (
                self.connected() as connection,
                context.wrap_socket(connection, server_hostname=self._address.host),
            ):
                pass
        except ssl.SSLCertVerificationError:
            self._context = None
            raise


class RoutesProbe(TcpProbe):
    """Asks a configurable-http-proxy for its routes, as the hub does.

    ``path``: of the API below the host, usually empty. ``context``: None for HTTP without TLS.
    """

    def __init__(self, address: HostPort, path: str, token: str, context: ssl.SSLContext | None, limit: float) -> None:
        super().__init__(address, limit)
        self.token = token
        self.context = context
        self._path = path

    def ask(self) -> None:
        """Raises OSError, HTTPException or Failure."""
        host, port = self._address
        connection = HTTPConnection(host, port)
        try:
            line = self.connected()
            connection.sock = line
            if self.context is not None:
                connection.sock = self.context.wrap_socket(line, server_hostname=host)
            connection.request(
                "GET", f"{self._path.rstrip('/')}/{_ROUTES}", headers={"Authorization": f"token {self.token}"}
            )
            status = connection.getresponse().status
        finally:
            connection.close()
        if status == HTTPStatus.FORBIDDEN:
            raise Failure(TOKEN_REFUSED)
        if status != HTTPStatus.OK:
            raise Failure(replace(HTTP_ERROR, sentence=f"The proxy answers with HTTP status {status}."))
