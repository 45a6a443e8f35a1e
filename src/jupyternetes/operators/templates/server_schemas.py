"""What the API server says of pods and claims, read from it and kept current: nobody ever waits for it for long.

Each account may read it (ClusterRole ``system:discovery``). An upgrade of the API server tells nobody, and there is
nothing to watch, so its small index is asked every ten minutes whether the description has changed.
https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Struct, field

from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.runtime import backoff
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, Unreachable
from jupyternetes.templating.schemas import SchemaError, Schemas
from jupyternetes.templating.schemas.served import Served, served_kinds

log = logging.getLogger(__name__)

INDEX: Final = "/openapi/v3"
CORE: Final = "api/v1"
CORE_VERSION: Final = "v1"
#: Seconds.
_SOON: Final = 30.0
_WHAT: Final = "openapi"


class _Place(Struct, frozen=True):
    url: str = field(name="serverRelativeURL")


class _Index(Struct, frozen=True):
    paths: dict[str, _Place]


async def find_place(client: Client) -> str:
    """Where the API server's description of the core group is; another place if that changes.

    Raises what a read raises, msgspec.DecodeError or KeyError.
    """
    return (await _read_index(client))[CORE].url


async def read_schemas(client: Client, place: str) -> Schemas:
    """The description at ``place``. Raises what a read raises, or SchemaError."""
    return Schemas.read(await _read(client, place))


class ServerSchemas:
    """``current`` is what the API server said last; None until it has said anything that could be read.

    ``served``: what it said of ``kinds``. One that is not there may be about to be installed, so that the next look
    comes sooner.

    ``news`` is called when there is something new. A look takes ``patience`` seconds at most, and the next one follows
    ``interval`` seconds later, or sooner after one that failed.
    """

    def __init__(
        self,
        client: Client,
        *,
        news: Callable[[], None],
        kinds: Sequence[OtherKind] = (),
        interval: float = 600.0,
        patience: float = 10.0,
    ) -> None:
        self.current: Schemas | None = None
        self.served: Served = {}
        self._kinds = kinds
        self._client = client
        self._news = news
        self._interval = interval
        self._patience = patience
        self._places: dict[str, str] = {}
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
                interval = min(self._interval, _SOON) if None in self.served.values() else self._interval
                await asyncio.sleep(backoff.delay(failed, cap=self._interval) if failed else interval)
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
        places = await self._find_places()
        if places == self._places:
            return
        documents = {version: await _read(self._client, place) for version, place in places.items()}
        served = served_kinds(documents, self._kinds)
        self.current, self.served = Schemas.read(documents[CORE_VERSION]), served
        self._places = places
        self._news()

    async def _find_places(self) -> dict[str, str]:
        """By ``apiVersion``, as far as they are there: of the core group, and of those of ``kinds``."""
        index = await _read_index(self._client)
        found = {CORE_VERSION: index[CORE].url}
        for version in {kind.api_version for kind in self._kinds} - {CORE_VERSION}:
            place = index.get(f"apis/{version}")
            found |= {} if place is None else {version: place.url}
        return found


async def _read_index(client: Client) -> dict[str, _Place]:
    """Where each group's description is; another place if it changes, for it has its hash."""
    return msgspec.json.decode(await client.read(_WHAT, INDEX), type=_Index).paths


async def _read(client: Client, place: str) -> bytes:
    url = urlsplit(place)
    return await client.read(_WHAT, url.path, dict(parse_qsl(url.query)))
