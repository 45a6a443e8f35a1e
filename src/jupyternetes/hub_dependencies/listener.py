"""Who answers when the hub's event loop does not? A small HTTP server in a thread of its own, on a port of its own.

It needs neither the hub's database nor its login, and tells nothing that would need one.
"""

# Tornado's types leave parts open.
# pyright: reportUnknownMemberType=false
import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from jupyternetes.runtime.listening import every_address

#: Seconds for a request to arrive; a connection that sends nothing costs a descriptor of the hub for no longer.
_PATIENCE = 10.0

Page = tuple[str, Callable[[], bytes]]
"""Content type, and what makes the content."""


class Listener:
    """Serves ``pages`` by their paths, and calls ``beat`` every ``tick`` seconds until ``stopped`` is set.

    ``host``: empty for all addresses of IPv4 and IPv6 that there are. A port that is taken is logged once and tried
    again at each beat, because its holder may be a hub that is just ending.
    """

    def __init__(
        self, *, host: str, port: int, pages: Mapping[str, Page], beat: Callable[[], None], tick: float, stopped: Event
    ) -> None:
        self.port = port
        self._host = host
        self._beat = beat
        self._tick = tick
        self._stopped = stopped
        self._application = Application(
            [(path, _PageHandler, {"page": page}) for path, page in pages.items()], log_function=_log_no_access
        )
        self._thread: Thread | None = None

    def start(self, log: logging.Logger) -> None:
        """Begin. The thread does not hold up the end of the process."""
        self._thread = Thread(target=asyncio.run, args=(self._serve(log),), name="hub-dependencies", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the port is closed."""
        if self._thread is not None:
            self._thread.join()

    async def _serve(self, log: logging.Logger) -> None:
        server = HTTPServer(
            self._application, idle_connection_timeout=_PATIENCE, body_timeout=_PATIENCE, max_body_size=1024
        )
        opened = complained = False
        while not self._stopped.is_set():
            if not opened:
                try:
                    opened_socket = _open(self._host, self.port)
                except OSError as error:
                    if not complained:
                        log.error("%s", _what_to_do(self._host, self.port, error))
                    complained = True
                else:
                    opened = True
                    self.port = opened_socket.getsockname()[1]
                    server.add_socket(opened_socket)
                    log.info("What the hub depends on is told on port %d", self.port)
            self._beat()
            await asyncio.sleep(self._tick)
        server.stop()
        await server.close_all_connections()


def _log_no_access(_: RequestHandler) -> None:
    """A line for each scrape would drown the hub's log."""


class _PageHandler(RequestHandler):
    """GET of one page."""

    def initialize(self, page: Page) -> None:
        """Called by tornado."""
        self._page = page

    def set_default_headers(self) -> None:
        """Called by tornado."""
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def get(self, *_: Any) -> None:
        """Called by tornado."""
        content_type, content = self._page
        self.set_header("Content-Type", content_type)
        self.finish(content())


def _open(host: str, port: int) -> socket.socket:
    """One socket, of every address where no host is given. Raises OSError."""
    if port not in range(2**16):
        raise OSError(errno.ERANGE, "no port")
    if host:
        opened = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    else:
        opened = every_address(port)
    opened.setblocking(False)
    return opened


def _what_to_do(host: str, port: int, error: OSError) -> str:
    where = f"port {port}" + (f" of {host}" if host else "")
    if error.errno == errno.EADDRINUSE:
        return (
            f"Nobody can ask what the hub depends on while another program holds {where}: "
            "choose another port in jupyterhub_config.py, tell(c, port=...). The hub itself is not affected."
        )
    reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return (
        f"Nobody can ask what the hub depends on, because {where} cannot be opened ({reason}): choose another host or "
        "port in jupyterhub_config.py, tell(c, host=..., port=...). The hub itself is not affected."
    )
