"""The files of the options form, from the application of a hub."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict

import aiohttp
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from jupyternetes.options.page import ASSETS
from jupyternetes.spawner.hub.form_files import FormFiles, form_files

PREFIX = "/@/space%20word/hub/"

Get = Callable[[str], Awaitable[tuple[int, str, str, str]]]


class FormPage(RequestHandler):
    """A page with a form, as far as its files are concerned."""

    def get(self) -> None:
        self.write(asdict(form_files(PREFIX, self)))


class Everything(RequestHandler):
    """What a hub answers where it has no page."""

    def get(self) -> None:
        self.set_status(404)


@pytest.fixture
def application() -> Application:
    return Application([(f"{PREFIX}spawn", FormPage), (".*", Everything)])


@pytest.fixture
async def get(application: Application) -> AsyncIterator[Get]:
    """Asks the application for a path: status, media type, Cache-Control and body."""
    server = HTTPServer(application)
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    async with aiohttp.ClientSession() as session:

        async def ask(path: str) -> tuple[int, str, str, str]:
            async with session.get(f"http://127.0.0.1:{sockets[0].getsockname()[1]}{path}") as answer:
                return answer.status, answer.content_type, answer.headers.get("Cache-Control", ""), await answer.text()

        yield ask
    server.stop()
    await server.close_all_connections()


@pytest.fixture
async def files(get: Get) -> FormFiles:
    """The files, after somebody asked for a form."""
    return FormFiles(**json.loads((await get(f"{PREFIX}spawn"))[3]))


async def test_script_and_style_sheet_are_served_once_a_form_was_asked_for(get: Get, files: FormFiles) -> None:
    status, kind, caching, text = await get(files.script)
    assert (status, kind.endswith("/javascript"), text) == (200, True, (ASSETS / "form.js").read_text())
    assert "max-age=" in caching
    status, kind, caching, text = await get(files.stylesheet)
    assert (status, kind, text) == (200, "text/css", (ASSETS / "form.css").read_text())


async def test_without_its_version_a_file_is_asked_for_anew(get: Get, files: FormFiles) -> None:
    status, _, caching, _ = await get(files.script.partition("?")[0])

    assert (status, caching) == (200, "no-cache")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("name", ["form.html", "", "../page.py", "form_js", "form.js/"])
async def test_nothing_else_is_served(get: Get, name: str) -> None:
    assert (await get(f"{PREFIX}jupyternetes/{name}"))[0] == 404


async def test_the_handler_is_added_once(get: Get, application: Application, files: FormFiles) -> None:
    rules = len(application.default_router.rules)

    await get(f"{PREFIX}spawn")

    assert len(application.default_router.rules) == rules


async def test_where_the_request_is_not_known_the_addresses_are_the_same(files: FormFiles) -> None:
    assert form_files(PREFIX, None) == files
