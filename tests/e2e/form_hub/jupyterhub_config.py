"""A hub that shows options forms and starts nothing: what its form sent is written down. Without proxy: only its pages.

Both JupyterHubs that we support read it. What the test chooses is in the environment.
"""

import asyncio
import json
import os
from pathlib import Path

from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner

from jupyternetes.options.form import given
from jupyternetes.options.page import draw
from jupyternetes.spawner.hub.form_files import form_files
from tests.e2e.form_hub.forms import FORMS
from tests.unit.options.drawn_forms import refused

c = get_config()  # noqa: F821 - JupyterHub gives it
address = f"http://{os.environ['FORM_HUB_ADDRESS']}"
folder = Path(os.environ["FORM_HUB_FOLDER"])
drafts: dict[str, dict[str, str]] = {}


class NoProxy(Proxy):
    """Nothing stands before the hub."""

    should_start = False

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def get_all_routes(self):
        return {}


class FormSpawner(Spawner):
    """Draws the form that its user is named after; 99 hours are refused. A start never ends."""

    def options_form(self, spawner):
        files = form_files(self.hub.base_url, self.handler)
        form = FORMS[self.user.name.partition("--")[0]]
        problems = drafts.pop(self.user.name, None)
        return draw(
            form if problems is None else refused(form, **problems), script=files.script, stylesheet=files.stylesheet
        )

    def options_from_form(self, sent):
        key, texts = given(sent)
        with (folder / "sent.jsonl").open("a") as file:
            file.write(json.dumps([self.user.name, key, texts, sorted(sent)]) + "\n")
        if texts.get("hours") == "99":
            drafts[self.user.name] = {"hours": "must be at most 8"}
            raise ValueError("Look at the fields below.")
        return {"template": key, "variables": texts}

    async def start(self):
        await asyncio.Event().wait()

    async def stop(self, now=False):
        pass

    async def poll(self):
        return 0


c.JupyterHub.hub_bind_url = address
c.JupyterHub.hub_connect_url = address
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
c.JupyterHub.db_url = f"sqlite:///{folder}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{folder}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = FormSpawner
