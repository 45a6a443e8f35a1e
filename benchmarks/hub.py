"""The hub process: spawner objects with a hub's database, users and tokens, and without the hub's server.

Run as ``python -m benchmarks.hub SETTINGS`` with the settings as JSON; the same for KubeSpawner and for ours. What
JupyterHub itself does for a start (tokens, the server's row) is done beforehand and does not count.
"""

import asyncio
import logging
import sys
import time
from typing import Any
from unittest.mock import Mock

import msgspec
from jupyterhub import orm, roles
from jupyterhub.objects import Hub, Server
from jupyterhub.user import User
from jupyterhub.utils import url_path_join
from traitlets.config import Config
from traitlets.log import get_logger

from benchmarks.agent import serve

_STARTED = time.monotonic()


class Settings(msgspec.Struct):
    """What the hub is told: ``spawner`` is "kubespawner" or "ours"."""

    spawner: str
    namespace: str
    template: str
    kubeconfig: str
    database: str
    volumes: bool


class HubProcess:
    """Users by name, each with one spawner."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._spawner_class = _spawner_class(settings)
        self._config = _config(settings)
        self._hub = Hub(ip="10.0.0.1", port=8081, base_url="/hub/")
        self._db = orm.new_session_factory(f"sqlite:///{settings.database}")()
        self._spawners: dict[str, Any] = {}
        self._urls: dict[str, str] = {}
        if orm.Role.find(self._db, "user") is None:
            for role in roles.get_default_roles():
                roles.create_role(self._db, role)
            self._db.add(orm.OAuthClient(identifier="jupyterhub"))
            self._db.commit()

    async def prepare(self, users: list[str]) -> None:
        """What JupyterHub does before it calls ``start``."""
        for number, name in enumerate(users):
            spawner = self._spawners[name] if name in self._spawners else self._make(name)
            base_url = url_path_join(spawner.user.base_url, "/")
            spawner.clear_state()
            spawner.api_token = spawner.user.new_api_token(note=f"Server at {base_url}", scopes=["inherit"])
            if spawner.server is None:
                row = orm.Server(base_url=base_url)
                self._db.add(row)
                self._db.flush()
                spawner.server = Server(orm_server=row)
            if number % 50 == 0:
                await asyncio.sleep(0)
        self._db.commit()

    async def start(self, users: list[str], per_minute: float | None = None) -> dict[str, Any]:
        """Start servers, all at once or at a rate; each one's seconds until its spawner said that it is ready."""
        begun = asyncio.get_running_loop().time()
        gaps = 60 / per_minute if per_minute else 0.0
        starts = (self._start(name, begun + number * gaps) for number, name in enumerate(users))
        results = await asyncio.gather(*starts, return_exceptions=True)
        errors = [repr(result) for result in results if isinstance(result, BaseException)]
        return {"ready": [result for result in results if isinstance(result, float)], "errors": errors}

    async def stop(self, users: list[str]) -> dict[str, Any]:
        """Stop servers, all at once."""
        results = await asyncio.gather(*(self._stop(name) for name in users), return_exceptions=True)
        return {"errors": [repr(result) for result in results if isinstance(result, BaseException)]}

    async def save(self) -> None:
        """Write down what the next hub process has to know, as JupyterHub does after each start."""
        for name, url in self._urls.items():
            spawner = self._spawners[name]
            host, _, port = url.partition("://")[2].partition("/")[0].rpartition(":")
            spawner.server.proto, spawner.server.ip, spawner.server.port = "http", host, int(port)
            spawner.orm_spawner.state = spawner.get_state()
        self._db.commit()

    async def restore(self) -> dict[str, Any]:
        """What a hub does that has just begun: take up the servers that it knows, and poll them all."""
        imported = time.monotonic()
        for row in self._db.query(orm.Spawner).filter(orm.Spawner.server != None):  # noqa: E711
            self._spawners[row.user.name] = self._user(row.user).spawners[""]
        loaded = time.monotonic()
        answers = await asyncio.gather(*(spawner.poll() for spawner in self._spawners.values()))
        return {
            "servers": len(self._spawners),
            "running": answers.count(None),
            "import_seconds": imported - _STARTED,
            "load_seconds": loaded - imported,
            "poll_seconds": time.monotonic() - loaded,
        }

    async def rest(self, seconds: float) -> None:
        """Do nothing but what goes on by itself."""
        await asyncio.sleep(seconds)

    def _make(self, name: str) -> Any:
        row = orm.User.find(self._db, name)
        if row is None:
            row = orm.User(name=name)
            self._db.add(row)
            roles.assign_default_roles(self._db, row)
            self._db.add(orm.Spawner(name="", user=row))
            self._db.commit()
        spawner = self._spawners[name] = self._user(row).spawners[""]
        return spawner

    def _user(self, row: Any) -> User:
        settings = {
            "hub": self._hub,
            "spawner_class": self._spawner_class,
            "config": self._config,
            "base_url": "/",
            "internal_ssl": False,
            "statsd": Mock(),
        }
        return User(row, settings)

    async def _start(self, name: str, due: float) -> float:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, due - loop.time()))
        self._urls[name] = await self._spawners[name].start()
        return loop.time() - due

    async def _stop(self, name: str) -> None:
        await self._spawners[name].stop()
        self._urls.pop(name, None)


def _spawner_class(settings: Settings) -> type[Any]:
    if settings.spawner == "ours":
        from jupyternetes.spawner import JupyternetesSpawner

        return JupyternetesSpawner
    from kubespawner import KubeSpawner

    return KubeSpawner


def _config(settings: Settings) -> Config:
    config = Config()
    config.Spawner.start_timeout = 180  # far more than anybody needs: who takes longer has lost track of its server
    config.JupyternetesSpawner.kubeconfig = settings.kubeconfig
    config.JupyternetesSpawner.instance_namespace = settings.namespace
    config.JupyternetesSpawner.template_namespace = settings.namespace
    config.JupyternetesSpawner.template_name = settings.template
    config.JupyternetesSpawner.cmd = ["jupyterhub-singleuser"]
    config.KubeSpawner.namespace = settings.namespace
    config.KubeSpawner.image = "localhost/notebook:none"
    config.KubeSpawner.cmd = ["jupyterhub-singleuser"]
    if settings.volumes:
        config.KubeSpawner.storage_pvc_ensure = True
        config.KubeSpawner.storage_capacity = "1Gi"
        config.KubeSpawner.volumes = [{"name": "home", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}]
        config.KubeSpawner.volume_mounts = [{"name": "home", "mountPath": "/home/jovyan"}]
    return config


async def main() -> None:
    """Serve until stdin is closed."""
    logging.basicConfig(level=logging.WARNING)
    get_logger().setLevel(logging.WARNING)
    hub = HubProcess(msgspec.json.decode(sys.argv[1], type=Settings))
    names = ("prepare", "start", "stop", "save", "restore", "rest")
    await serve({name: getattr(hub, name) for name in names})
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
