"""When a reflector lists, and how long it waits before."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from jupyternetes.runtime.decoding import Listing, WatchEvent
from jupyternetes.runtime.errors import Gone, Status, Unreachable
from jupyternetes.runtime.reflector import Reflector
from tests.unit.runtime.scripted_api import WIDGETS, Widget

pytestmark = pytest.mark.looptime


class Api:
    """Answers each watch with what a test says, and notes when it was asked."""

    def __init__(self, *watches: Exception) -> None:
        self.answers = list(watches)
        self.listed: list[float] = []
        self.watched: list[float] = []

    async def list(self, *_: object, **__: Any) -> Listing[Widget]:
        self.listed.append(asyncio.get_running_loop().time())
        return Listing("10")

    async def watch(self, *_: object, **__: Any) -> AsyncGenerator[WatchEvent[Widget]]:
        self.watched.append(asyncio.get_running_loop().time())
        if not self.answers:
            await asyncio.Event().wait()
        raise self.answers.pop(0)
        yield


class Nobody:
    async def replace(self, namespace: str | None, listing: Listing[Widget]) -> None: ...
    def apply(self, namespace: str | None, event: WatchEvent[Widget]) -> None: ...
    def failed(self, namespace: str | None, error: Exception) -> None: ...


def expired() -> Gone:
    return Gone("watch widgets", Status(410, "Expired", "too old resource version"))


async def follow(api: Api, seconds: float) -> None:
    reflector = Reflector(api, WIDGETS, None, Nobody(), {}, 90.0)  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            await reflector.run()


async def test_how_long_a_server_was_away_does_not_delay_the_list_once_it_is_back() -> None:
    api = Api(*(Unreachable("away") for _ in range(9)), expired())

    await follow(api, 300)

    assert len(api.watched) == 11
    assert api.listed[1] - api.watched[9] < 1


async def test_server_that_lets_no_watch_begin_after_a_list_is_asked_ever_more_rarely() -> None:
    api = Api(*(expired() for _ in range(100)))

    await follow(api, 60)

    assert 3 < len(api.listed) < 15
