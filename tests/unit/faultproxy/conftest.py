"""The proxy before an API server that answers what the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.faultproxy import FaultProxy, Line
from tests.unit.runtime.conftest import KubeconfigWriter, api, kubeconfig_for
from tests.unit.runtime.scripted_api import ScriptedApi

__all__ = ["api", "kubeconfig_for"]

WIDGETS = "/apis/example.org/v1/namespaces/lab/widgets"


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultProxy]:
    with FaultProxy(tmp_path) as proxy:
        yield proxy


@pytest.fixture
def line(proxy: FaultProxy, api: ScriptedApi, kubeconfig_for: KubeconfigWriter) -> Line:
    return proxy.line("one", kubeconfig_for(api.url, token="secret", namespace="kadense"))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


class Watch:
    """An open watch on widgets."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._content = response.content

    async def read(self) -> bytes:
        """What there is to read next; empty at the end."""
        return await asyncio.wait_for(self._content.readany(), 5)

    async def exactly(self, size: int) -> bytes:
        return await asyncio.wait_for(self._content.readexactly(size), 5)

    async def is_silent(self) -> bool:
        """Whether nothing comes for a moment."""
        try:
            await asyncio.wait_for(self._content.readany(), 0.2)
        except TimeoutError:
            return True
        return False


OpenWatch = Callable[[Line], Awaitable[Watch]]


@pytest.fixture
async def open_watch(session: aiohttp.ClientSession) -> AsyncIterator[OpenWatch]:
    opened: list[aiohttp.ClientResponse] = []

    async def open_watch(line: Line) -> Watch:
        opened.append(await session.get(line.address + WIDGETS, params={"watch": "1"}))
        return Watch(opened[-1])

    yield open_watch
    for response in opened:
        response.close()


async def call(session: aiohttp.ClientSession, line: Line, method: str = "GET", name: str = "", **options: Any) -> int:
    """One request about widgets; its status."""
    async with session.request(method, f"{line.address}{WIDGETS}{name and '/'}{name}", **options) as response:
        await response.read()
        return response.status
