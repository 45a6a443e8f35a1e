"""What the API server says of pods and claims, read from it and kept current: nobody ever waits for it for long.

Each account may read it (ClusterRole ``system:discovery``). An upgrade of the API server tells nobody, and there is
nothing to watch, so its small index is asked every ten minutes whether the description has changed.
https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Struct, field

from jupyternetes.runtime import backoff
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, Unreachable
from jupyternetes.templating.schemas import SchemaError, Schemas

log = logging.getLogger(__name__)

INDEX: Final = "/openapi/v3"
CORE: Final = "api/v1"
_WHAT: Final = "openapi"


class _Place(Struct, frozen=True):
    url: str = field(name="serverRelativeURL")


class _Index(Struct, frozen=True):
    paths: dict[str, _Place]


async def find_place(client: Client) -> str:
    """Where the API server's description of the core group is; another one if that changes, for it has its hash.

    Raises what a read raises, msgspec.DecodeError or KeyError.
    """
    return msgspec.json.decode(await client.read(_WHAT, INDEX), type=_Index).paths[CORE].url


async def read_schemas(client: Client, place: str) -> Schemas:
    """The description at ``place``. Raises what a read raises, or SchemaError."""
    url = urlsplit(place)
    return Schemas.read(await client.read(_WHAT, url.path, dict(parse_qsl(url.query))))


class ServerSchemas:
    """``current`` is what the API server said last; None until it has said anything that could be read.

    ``news`` is called when there is something new. A look takes ``patience`` seconds at most, and the next one follows
    ``interval`` seconds later, or sooner after one that failed.
    """

    def __init__(
        self, client: Client, *, news: Callable[[], None], interval: float = 600.0, patience: float = 10.0
    ) -> None:
        self.current: Schemas | None = None
        self._client = client
        self._news = news
        self._interval = interval
        self._patience = patience
        self._place = ""
        self._failures = 0
        self._looked = asyncio.Event()
        self._looked.set()

    async def first_look(self) -> None:
        """Until ``run``, if it was begun, has looked once, with or without success."""
        await self._looked.wait()

    async def run(self) -> None:
        """Keep ``current`` what the API server says, until cancelled."""
        self._looked.clear()
        try:
            while True:
                await self._look()
                self._looked.set()
                failed = self._failures
                await asyncio.sleep(backoff.delay(failed, cap=self._interval) if failed else self._interval)
        finally:
            self._looked.set()

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._read()
        except (ApiError, Unreachable, TimeoutError, msgspec.DecodeError, SchemaError, KeyError) as error:
            if not self._failures:
                text = str(error) or type(error).__name__
                log.warning("the fields of Templates cannot be checked against the API server's schemas: %s", text)
            self._failures += 1
        else:
            self._failures = 0

    async def _read(self) -> None:
        place = await find_place(self._client)
        if place == self._place:
            return
        self.current = await read_schemas(self._client, place)
        self._place = place
        self._news()
