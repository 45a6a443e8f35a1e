"""Fixtures of the runtime's unit tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from tests.unit.runtime.following import Follower
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi

KubeconfigWriter = Callable[..., Path]


@pytest.fixture
def kubeconfig_for(tmp_path: Path) -> KubeconfigWriter:
    """Writes a kubeconfig for a server's URL; keywords are the fields of its user and its context."""

    def write(server: str, *, name: str = "config", namespace: str | None = None, **user: object) -> Path:
        context = {"cluster": "c", "user": "u"} | ({"namespace": namespace} if namespace else {})
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "x",
            "contexts": [{"name": "x", "context": context}],
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": user}],
        }
        path = tmp_path / name
        path.write_text(json.dumps(config))
        return path

    return write


@pytest.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    api = ScriptedApi()
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
async def client(api: ScriptedApi, kubeconfig_for: KubeconfigWriter) -> AsyncIterator[Client]:
    """A client of the scripted API server."""
    async with await Client.connect(kubeconfig_for(api.url, token="secret"), user_agent="tester/1") as client:
        yield client


@pytest.fixture
async def follow(client: Client) -> AsyncIterator[Callable[..., Awaitable[Follower]]]:
    """Starts an informer on the scripted API server; keywords are the informer's."""
    followers: list[Follower] = []

    async def start(**options: object) -> Follower:
        follower = Follower(Informer(client, WIDGETS, **options))  # type: ignore[arg-type]
        followers.append(follower)
        return follower

    yield start
    for follower in followers:
        follower.task.cancel()
    await asyncio.gather(*(follower.task for follower in followers), return_exceptions=True)
