"""Plain HTTP to an API server: for what our client never asks, and for what it does not show."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp

from jupyternetes.runtime import config

Json = dict[str, Any]

_PATIENCE = 15.0  # seconds for one answer or event


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``reason`` and ``message`` are those of a Status; the message may be the whole body."""

    status: int
    headers: dict[str, str]
    body: Json

    @property
    def reason(self) -> str:
        return self.body.get("reason", "")

    @property
    def message(self) -> str:
        return self.body.get("message", "")


@dataclass(frozen=True, slots=True)
class Stream:
    """The events of a watch."""

    response: aiohttp.ClientResponse

    async def next(self) -> Json | None:
        """The next event, None at the end of the stream."""
        async with asyncio.timeout(_PATIENCE):
            line = await self.response.content.readline()
        return json.loads(line) if line else None

    async def until(self, holds: Callable[[Json], object]) -> list[Json]:
        """All events up to the first of which ``holds`` is true; fails if the stream ends before."""
        seen: list[Json] = []
        while not seen or not holds(seen[-1]):
            event = await self.next()
            assert event is not None, f"the watch ended after {seen}"
            seen.append(event)
        return seen


class Http:
    """One account at one API server; close it."""

    def __init__(self, host: str, tls: ssl.SSLContext, headers: dict[str, str]) -> None:
        self._session = aiohttp.ClientSession(host, connector=aiohttp.TCPConnector(ssl=tls), headers=headers)

    @classmethod
    async def connect(cls, kubeconfig: Path) -> Self:
        """As the account of a kubeconfig."""
        settings = await config.load(kubeconfig)
        header = settings.authorization()
        return cls(settings.endpoint.url, settings.endpoint.tls(), {"Authorization": header} if header else {})

    async def send(
        self, method: str, path: str, body: object = None, *, content: str = "application/json", **query: str
    ) -> Answer:
        """One request; every answer is one, whatever its status."""
        data = None if body is None else json.dumps(body)
        headers = {"Content-Type": content}
        async with asyncio.timeout(_PATIENCE):
            response = await self._session.request(method, path, data=data, params=query, headers=headers)
            is_json = response.content_type == "application/json"
            body = await response.json() if is_json else {"message": await response.text()}
            return Answer(response.status, dict(response.headers), body)

    @asynccontextmanager
    async def watch(self, path: str, **query: str) -> AsyncIterator[Stream]:
        """A watch that was accepted."""
        async with self._session.get(path, params={"watch": "1", **query}) as response:
            assert response.status == 200, await response.text()
            yield Stream(response)

    async def close(self) -> None:
        await self._session.close()
