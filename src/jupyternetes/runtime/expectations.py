"""What was created and the cache has not shown yet, so that nothing is created twice meanwhile.

Versions of one resource type are comparable (KEP-5504), so a cache that has gone past an object's version and lacks it
proves the object deleted; no guess by time is needed.
"""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import T
from jupyternetes.runtime.resource import Resource


@dataclass(slots=True)
class _Expected(Generic[T]):
    obj: T
    since: float


class Expectations(Generic[T]):
    """``identity`` gives what ``index`` of the informer is keyed by. ``ttl`` is in seconds."""

    def __init__(
        self,
        informer: Informer[T],
        client: Client,
        resource: Resource[T],
        *,
        index: str,
        identity: Callable[[T], Hashable],
        ttl: float = 300.0,
    ) -> None:
        self._informer = informer
        self._client = client
        self._resource = resource
        self._index = index
        self._identity = identity
        self._ttl = ttl
        self._expected: dict[Hashable, list[_Expected[T]]] = {}

    def created(self, obj: T) -> None:
        """Note the answer of a create."""
        now = asyncio.get_running_loop().time()
        self._expected.setdefault(self._identity(obj), []).append(_Expected(obj, now))

    def find(self, identity: Hashable) -> list[T]:
        """What exists under this identity: the cache's objects and those it has yet to show."""
        cached = self._informer.by_index(self._index, identity)
        uids = {obj.metadata.uid for obj in cached}
        return cached + [e.obj for e in self._pending(identity) if e.obj.metadata.uid not in uids]

    async def settle(self, identity: Hashable) -> None:
        """Ask the API server about what the cache has not shown for longer than ``ttl``; call it before relying on it.

        Raises what a get raises; the expectation stays then.
        """
        now = asyncio.get_running_loop().time()
        for expected in self._pending(identity):
            if now - expected.since < self._ttl:
                continue
            meta = expected.obj.metadata
            try:
                found = await self._client.get(self._resource, meta.namespace, meta.name)
                exists = found.metadata.uid == meta.uid
            except NotFound:
                exists = False
            expected.since = now
            if not exists:
                self._drop(identity, expected)

    def _pending(self, identity: Hashable) -> list[_Expected[T]]:
        expected = self._expected.get(identity, [])
        for entry in [e for e in expected if self._informer.has_reached(e.obj)]:
            self._drop(identity, entry)
        return list(self._expected.get(identity, []))

    def _drop(self, identity: Hashable, entry: _Expected[T]) -> None:
        remaining = [e for e in self._expected.get(identity, []) if e is not entry]
        if remaining:
            self._expected[identity] = remaining
        else:
            self._expected.pop(identity, None)
