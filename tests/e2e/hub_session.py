"""One user's session with a hub over HTTP: cookies and XSRF tokens as a browser has, no rights beyond the user's."""

import json
from typing import Any
from urllib.parse import quote, urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.support.waiting import eventually
from tools.demo.settings import PASSWORD

_START_SECONDS = 180
#: As in a browser: where the other end has just closed a connection that was idle, what only reads is asked again.
_READS_AGAIN = Retry(total=3, backoff_factor=0.1, allowed_methods=["GET"])


class HubSession:
    """A logged-in user. `address` is the hub's with its base URL. Whoever renames the user sets `user`."""

    def __init__(self, address: str, user: str) -> None:
        self.address = address
        self._http = requests.Session()
        self._http.mount("http://", HTTPAdapter(max_retries=_READS_AGAIN))
        self._log_in(user)
        self.user: str = self._json("GET", "user")["name"]
        """The name as JupyterHub keeps it."""

    def model(self) -> dict[str, Any]:
        """What the hub says of the user."""
        return self._json("GET", self._path())

    def servers(self) -> dict[str, Any]:
        """The user's servers by name; stopped ones are not among them."""
        return {name: server for name, server in self.model()["servers"].items() if not server.get("stopped")}

    def start(self, server: str = "") -> None:
        """Ask for a server; it need not be there on return."""
        answer = self._request("POST", self._server_path(server))
        assert answer.status_code in (201, 202), answer.text

    def choose(self, **options: str) -> None:
        """Fill in the form of the page that starts the default server; it need not be there on return."""
        url = f"{self.address}hub/spawn/{quote(self.user)}"
        page = self._http.get(url, timeout=60)
        assert all(f'name="{option}"' in page.text for option in options), page.text
        form = {**options, "_xsrf": self._xsrf(url)["X-XSRFToken"]}
        answer = self._http.post(url, data=form, allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text

    def progress(self, server: str = "", *, until: str = "") -> list[dict[str, Any]]:
        """Follow the start of a server to its end, or until it is told; the events of it."""
        events: list[dict[str, Any]] = []
        with self._request("GET", f"{self._server_path(server)}/progress", stream=True) as answer:
            assert answer.status_code == 200, answer.text
            for line in answer.iter_lines():
                if line.startswith(b"data:"):
                    events.append(json.loads(line.removeprefix(b"data:")))
                    if until and until in events[-1].get("message", ""):
                        break
        return events

    def run(self, server: str = "") -> list[dict[str, Any]]:
        """Start a server and wait until it is ready; the events of its start."""
        self.start(server)
        events = self.progress(server)
        assert events[-1].get("ready"), events
        return events

    def stop(self, server: str = "") -> None:
        """Stop a server and wait until the hub says that it is gone."""
        answer = self._request("DELETE", self._server_path(server))
        assert answer.status_code in (202, 204), answer.text
        eventually(lambda: server not in self.servers())

    def stop_all(self) -> None:
        """Stop every server of the user."""
        for server in self.servers():
            self.stop(server)

    def rename(self, user: str, new_name: str) -> None:
        """Rename a user, as an administrator."""
        answer = self._request("PATCH", f"users/{quote(user, safe='')}", json={"name": new_name})
        assert answer.status_code == 200, answer.text

    def delete(self, user: str) -> None:
        """Delete a user, who may not exist, as an administrator; running servers are stopped first."""
        answer = self._request("DELETE", f"users/{quote(user, safe='')}")
        assert answer.status_code in (204, 404), answer.text

    def url(self, server: str = "") -> str:
        """Where a server is."""
        return urljoin(self.address, self.servers()[server]["url"])

    def open_lab(self, server: str = "", *, path: str = "lab") -> str:
        """Open JupyterLab as a browser does, through the login at the server; the address at which it ends.

        An empty path leads to where the hub's `default_url` says.
        """
        answer = self._http.get(f"{self.url(server)}{path}", timeout=60)
        assert answer.status_code == 200, answer.text
        assert "jupyter-config-data" in answer.text
        return answer.url

    def contents(self, path: str, server: str = "") -> requests.Response:
        """A file of a server."""
        return self._http.get(f"{self.url(server)}api/contents/{quote(path)}", timeout=60)

    def get(self, path: str, server: str = "") -> requests.Response:
        """Anything else that a server gives."""
        return self._http.get(f"{self.url(server)}{path}", timeout=60)

    def write(self, path: str, content: str, server: str = "") -> None:
        """Save a text file on a server, as JupyterLab does. The session must have been to the server before."""
        url = f"{self.url(server)}api/contents/{quote(path)}"
        body = {"type": "file", "format": "text", "content": content}
        answer = self._http.put(url, json=body, headers=self._xsrf(url), timeout=60)
        assert answer.status_code in (200, 201), answer.text

    def _log_in(self, user: str) -> None:
        login = f"{self.address}hub/login"
        # A hub that was just replaced may be announced a moment before its proxy knows it.
        eventually(lambda: self._http.get(login, timeout=60).status_code == 200)
        form = {"username": user, "password": PASSWORD, "_xsrf": self._xsrf(login)["X-XSRFToken"]}
        answer = self._http.post(login, data=form, allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text

    def _path(self) -> str:
        return f"users/{quote(self.user, safe='')}"

    def _server_path(self, server: str) -> str:
        return f"{self._path()}/servers/{quote(server, safe='')}" if server else f"{self._path()}/server"

    def _json(self, verb: str, path: str) -> dict[str, Any]:
        answer = self._request(verb, path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _request(
        self, verb: str, path: str, *, stream: bool = False, json: dict[str, str] | None = None
    ) -> requests.Response:
        url = f"{self.address}hub/api/{path}"
        headers = self._xsrf(url) | {"Referer": f"{self.address}hub/home"}
        return self._http.request(verb, url, headers=headers, stream=stream, json=json, timeout=_START_SECONDS)

    def _xsrf(self, url: str) -> dict[str, str]:
        """The token of the page's own path: the hub and each server have one of their own."""
        path = requests.utils.urlparse(url).path
        found = [c for c in self._http.cookies if c.name == "_xsrf" and path.startswith(c.path) and c.value]
        assert found, f"no _xsrf cookie for {path}"
        return {"X-XSRFToken": max(found, key=lambda cookie: len(cookie.path)).value or ""}
