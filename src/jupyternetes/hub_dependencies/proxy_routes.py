"""Does the hub's proxy answer, and does it still have the hub's own route?

A configurable-http-proxy keeps its routes in memory, so one that was restarted answers and leads nobody anywhere until
the hub tells it the routes again: at once if the hub started it, else at the hub's next start, or every
``JupyterHub.last_activity_interval``, which is five minutes.
"""

import ssl
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Final

import msgspec

from jupyternetes.api.dependency_reasons import HTTP_ERROR, ROUTES_MISSING, TOKEN_REFUSED
from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.connections import TcpProbe
from jupyternetes.hub_dependencies.failures import Failure

# No route is older than that, so the answer is short also where there are 30,000 routes. All releases of
# configurable-http-proxy know the parameter by this name: https://github.com/jupyterhub/configurable-http-proxy#rest-api
_NO_OLD_ROUTES: Final = "?inactive_since=1970-01-01T00:00:00Z"
_LONGEST: Final = 65536


class _Route(msgspec.Struct):
    """``jupyterhub``: whether the hub made it; the proxy's own option ``--default-target`` makes one without it."""

    target: str
    jupyterhub: bool = False


class RoutesProbe(TcpProbe):
    """Asks a configurable-http-proxy for the hub's own route, as the hub asks for all.

    ``path``: of the API below the host, usually empty. ``hub_route``: ``JupyterHub.hub_routespec``. ``context``: None
    for HTTP without TLS.

    The route is missing only if it was there before: a hub that starts has not told it yet, and another implementation
    of the API may not know the question.
    """

    def __init__(
        self, address: HostPort, path: str, hub_route: str, token: str, context: ssl.SSLContext | None, limit: float
    ) -> None:
        super().__init__(address, limit)
        self.token = token
        self.context = context
        self._all_routes = f"{path.rstrip('/')}/api/routes"
        # The route / is at //, since a single slash asks for all routes. Something on the way may make one of the two,
        # so that question is kept short too.
        self._hub_route = f"{self._all_routes}/{hub_route.strip('/') or '/'}"
        self._was_there = False

    def ask(self) -> None:
        """Raises OSError, HTTPException or Failure."""
        found = is_there(*self._get(self._hub_route))
        if found:
            self._was_there = True
            return
        status, _ = self._get(self._all_routes)
        if status != HTTPStatus.OK:
            raise Failure(replace(HTTP_ERROR, sentence=f"The proxy answers with HTTP status {status}."))
        if found is False and self._was_there:
            raise Failure(ROUTES_MISSING)

    def _get(self, path: str) -> tuple[int, bytes]:
        """Status and the beginning of the body."""
        connection = HTTPConnection(*self._address)
        try:
            line = self.connected()
            connection.sock = line
            if self.context is not None:
                connection.sock = self.context.wrap_socket(line, server_hostname=self._address.host)
            connection.request("GET", f"{path}{_NO_OLD_ROUTES}", headers={"Authorization": f"token {self.token}"})
            with connection.getresponse() as response:
                if response.status == HTTPStatus.FORBIDDEN:
                    raise Failure(TOKEN_REFUSED)
                return response.status, response.read(_LONGEST)
        finally:
            connection.close()


def is_there(status: int, body: bytes) -> bool | None:
    """Whether the answer to the question for a single route is a route that the hub made; None if it does not say."""
    if status == HTTPStatus.NOT_FOUND:
        return False
    try:
        return msgspec.json.decode(body, type=_Route).jupyterhub
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
