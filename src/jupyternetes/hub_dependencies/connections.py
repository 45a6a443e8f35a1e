"""Does a service of the network answer, by TCP or by TLS?"""

import socket
import ssl
from collections.abc import Callable

from jupyternetes.api.dependency_reasons import NAME_LOOKUP_FAILED, NO_ANSWER, NO_ANSWER_IN_TIME, NO_CONNECTION
from jupyternetes.api.reasons import Reason
from jupyternetes.hub_dependencies.addresses import HostPort


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
