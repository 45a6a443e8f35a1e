"""Services on loopback that answer, refuse, hang or hang up, for probes that have to tell them apart."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import msgspec
import pytest

from jupyternetes.api.dependency_reasons import NO_ANSWER
from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.connections import TcpProbe
from jupyternetes.hub_dependencies.failures import explain

LOOPBACK = "127.0.0.1"


def failure(probe: TcpProbe) -> str:
    """The name of the reason for which a question must fail, as a watch gives it."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, it is explained
        probe.ask()
    reason = explain(raised.value)
    return (probe.late() if reason is NO_ANSWER else reason).name


@contextmanager
def silent_service() -> Iterator[HostPort]:
    """The kernel takes connections for it, and nobody answers: what a stopped process (SIGSTOP) looks like."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield HostPort(*listener.getsockname())


@contextmanager
def full_service() -> Iterator[HostPort]:
    """Its queue is full, so the kernel drops who knocks: what a host looks like to which the way is cut."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((LOOPBACK, 0))
        listener.listen(0)
        while True:
            knocking = stack.enter_context(socket.socket())
            knocking.settimeout(0.2)
            try:
                knocking.connect(listener.getsockname())
            except TimeoutError:
                break
        yield HostPort(*listener.getsockname())


@contextmanager
def closed_port() -> Iterator[HostPort]:
    """A port that nobody else can open meanwhile."""
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        yield HostPort(*held.getsockname())


@contextmanager
def plain_service() -> Iterator[HostPort]:
    """Hangs up at once."""
    with _served(lambda _: None) as address:
        yield address


@contextmanager
def tls_service(context: ssl.SSLContext) -> Iterator[HostPort]:
    """Agrees on TLS with who trusts it."""
    with _served(lambda connection: context.wrap_socket(connection, server_side=True).close()) as address:
        yield address


@contextmanager
def _served(answer: Callable[[socket.socket], None]) -> Iterator[HostPort]:
    def run() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    answer(connection)

    with socket.create_server((LOOPBACK, 0)) as listener:
        thread = Thread(target=run)
        thread.start()
        yield HostPort(*listener.getsockname())
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


class ProxyApi(HTTPServer):
    """The API of a configurable-http-proxy, as far as the hub's questions go.

    ``routes``: by path without a slash at the end, as the proxy has them.
    """

    def __init__(self, token: str, status: int, *, merges_slashes: bool) -> None:
        self.token = token
        self.status = status
        self.merges_slashes = merges_slashes
        self.routes: dict[str, dict[str, object]] = {}
        self.paths: list[str] = []
        super().__init__((LOOPBACK, 0), _Routes)

    @property
    def address(self) -> HostPort:
        return HostPort(LOOPBACK, self.server_port)

    def answer(self, path: str) -> tuple[int, object]:
        """Status and JSON, as ``getRoutes`` of lib/configproxy.js gives them."""
        if self.status != HTTPStatus.OK:
            return self.status, {}
        asked = path.partition("?")[0].partition("/api/routes")[2]
        if self.merges_slashes:
            asked = asked.replace("//", "/")
        if asked in ("", "/"):
            return HTTPStatus.OK, {}  # no route is as old as the hub asks for
        route = self.routes.get(asked.removesuffix("/") or "/")
        return (HTTPStatus.OK, route) if route is not None else (HTTPStatus.NOT_FOUND, "")


class _Routes(BaseHTTPRequestHandler):
    server: ProxyApi

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        allowed = self.headers["Authorization"] == f"token {self.server.token}"
        status, body = self.server.answer(self.path) if allowed else (HTTPStatus.FORBIDDEN, "")
        self.send_response(status)
        self.end_headers()
        self.wfile.write(msgspec.json.encode(body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Not on the terminal."""


@contextmanager
def proxy_api(token: str, status: int = HTTPStatus.OK, *, merges_slashes: bool = False) -> Iterator[ProxyApi]:
    with ProxyApi(token, status, merges_slashes=merges_slashes) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
