"""A whole JupyterHub in the test's own process: its handlers, its database, users who log in; and no proxy.

The options form is written as JSON instead of being drawn, so that a test can read what is in it.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec
import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.proxy import Proxy
from traitlets.config import Config

from jupyternetes.options.form import Form
from jupyternetes.spawner import JupyternetesSpawner
from tests.unit.spawner.fake_cluster import FakeClient
from tools.cluster.layout import free_ports

TOKEN = "the-token-of-a-service-of-the-site"
_MARK = re.compile(r"FORM(\{.*?\})MROF", re.DOTALL)


class Routes(Proxy):
    """Keeps in memory where requests would go."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.known: dict[str, dict[str, Any]] = {}

    async def add_route(self, routespec: str, target: str, data: dict[str, Any]) -> None:
        self.known[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec: str) -> None:
        self.known.pop(routespec, None)

    async def get_all_routes(self) -> dict[str, dict[str, Any]]:
        return self.known


class Hub(JupyterHub):
    """Reads no files and handles no signals."""

    def init_signal(self) -> None:
        """Signals are pytest's."""

    def load_config_file(self, *args: Any, **options: Any) -> None:
        """All that is configured is given."""


class WholeHub:
    """The hub and its users. `config` is read by each spawner that is made."""

    def __init__(self, hub: Hub, port: int) -> None:
        self.hub = hub
        self.address = f"http://127.0.0.1:{port}/jh/hub"
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    @property
    def config(self) -> Any:
        return self.hub.config.JupyternetesSpawner

    def user(self, name: str = "jovyan") -> Any:
        return self.hub.users[name]

    def join(self, group: str, name: str = "jovyan") -> None:
        """Into a group, and out of all others."""
        self.user(name).sync_groups([group] if group else [])

    async def browser(self, name: str = "jovyan") -> aiohttp.ClientSession:
        """The browser of a user who has logged in."""
        if name not in self._sessions:
            session = self._sessions[name] = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
            async with session.get(f"{self.address}/login") as page:
                assert page.status == 200
            login = {"username": name, "password": "x", "_xsrf": self._xsrf(session)}
            async with session.post(f"{self.address}/login", data=login, allow_redirects=False) as answer:
                assert answer.status == 302, await answer.text()
        return self._sessions[name]

    async def show(self, server: str = "", **query: str) -> tuple[int, Form | None]:
        """Look at the page on which a server is started: its status, and the form in it."""
        session = await self.browser()
        address = self._spawn_page(server) + (f"?{urlencode(query)}" if query else "")
        async with session.get(address, allow_redirects=False) as answer:
            return answer.status, _form(await answer.text())

    async def post(self, fields: Mapping[str, str], server: str = "") -> tuple[int, Form | None, str]:
        """Fill in the form and press Start: the status, the form that came again, and the page."""
        session = await self.browser()
        await self.show(server)
        address = f"{self._spawn_page(server)}?_xsrf={self._xsrf(session)}"
        async with session.post(address, data=dict(fields), allow_redirects=False) as answer:
            page = await answer.text()
            return answer.status, _form(page), page

    async def rest(self, body: object = None, server: str = "", name: str = "jovyan") -> tuple[int, str]:
        """Start a server by REST, as a program does, or as the admin page where there is no `body`."""
        await self.browser(name)
        where = f"servers/{server}" if server else "server"
        data = None if body is None else msgspec.json.encode(body)
        headers = {"Authorization": f"token {TOKEN}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.address}/api/users/{name}/{where}", data=data, headers=headers) as answer,
        ):
            return answer.status, await answer.text()

    async def stop(self, server: str = "", name: str = "jovyan") -> None:
        """Until it is stopped, whether or not it ever ran."""
        user = self.user(name)
        async with asyncio.timeout(10):
            while user.spawners[server].pending:  # noqa: ASYNC110 - JupyterHub has nothing to wait for
                await asyncio.sleep(0.01)
        if user.spawners[server].active:
            await user.stop(server)

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    def _spawn_page(self, server: str) -> str:
        return f"{self.address}/spawn" + (f"/jovyan/{server}" if server else "")

    def _xsrf(self, session: aiohttp.ClientSession) -> str:
        return next(cookie.value for cookie in session.cookie_jar if cookie.key == "_xsrf")


async def as_json(spawner: JupyternetesSpawner) -> str:
    """The options form, so that it can be found in a page."""
    form = await spawner.choices_form()
    return "" if form is None else f"FORM{msgspec.json.encode(form).decode()}MROF"


@pytest.fixture
async def whole_hub(client: FakeClient, notebook: None) -> AsyncIterator[WholeHub]:
    (port,) = free_ports(1)
    config = Config()
    config.JupyterHub.update(
        hub_bind_url=f"http://127.0.0.1:{port}",
        bind_url="http://127.0.0.1:0/jh/",
        base_url="/jh/",
        db_url="sqlite://",
        cookie_secret=b"x" * 32,
        proxy_class=Routes,
        authenticator_class="dummy",
        spawner_class=JupyternetesSpawner,
        allow_named_servers=True,
        services=[{"name": "tester", "api_token": TOKEN}],
        load_roles=[{"name": "testers", "services": ["tester"], "scopes": ["admin:users", "servers", "admin:servers"]}],
        log_level=50,
        pid_file="",
    )
    config.Authenticator.allow_all = True
    config.Proxy.should_start = False
    config.JupyternetesSpawner.options_form = as_json
    hub = Hub(config=config)
    await hub.initialize([])
    await hub.start()
    whole = WholeHub(hub, port)
    yield whole
    await whole.close()
    await hub.cleanup()
    Hub.clear_instance()


def _form(page: str) -> Form | None:
    found = _MARK.search(page)
    return None if found is None else msgspec.json.decode(found[1], type=Form)
