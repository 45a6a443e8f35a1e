"""What was created and the cache has not shown yet, so that nothing is created twice meanwhile.

Versions of one resource type are comparable (KEP-5504), so a cache that has gone past an object's version and lacks it
proves the object deleted; no guess by time is needed.
"""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import KW_ONLY, dataclass, field
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


@dataclass
class Expectations(Generic[T]):
    """``identity`` gives what ``index`` of the informer is keyed by. ``ttl`` is in seconds."""

    informer: Informer[T]
    client: Client
    resource: Resource[T]
    _: KW_ONLY
    index: str
    identity: Callable[[T], Hashable]
    ttl: float = 300.0
    _expected: dict[Hashable, dict[str, _Expected[T]]] = field(
        default_factory=dict[Hashable, dict[str, _Expected[T]]], init=False
    )

    def created(self, obj: T) -> None:
        """Note the answer of a create."""
        now = asyncio.get_running_loop().time()
        self._expected.setdefault(self.identity(obj), {})[obj.metadata.uid] = _Expected(obj, now)

    def find(self, identity: Hashable) -> list[T]:
        """What exists under this identity: the cache's objects and those it has yet to show."""
        cached = self.informer.by_index(self.index, identity)
        uids = {obj.metadata.uid for obj in cached}
        return cached + [e.obj for e in self._pending(identity) if e.obj.metadata.uid not in uids]

    async def settle(self, identity: Hashable) -> None:
        """Ask the API server about what the cache has not shown for longer than ``ttl``; call it before relying on it.

        Raises what a get raises; the expectation stays then.
        """
        now = asyncio.get_running_loop().time()
        for expected in self._pending(identity):
            if now - expected.since < self.ttl:
                continue
            meta = expected.obj.metadata
            try:
                found = await self.client.get(self.resource, meta.namespace, meta.name)
                exists = found.metadata.uid == meta.uid
            except NotFound:
                exists = False
            expected.since = now
            if not exists:
                self._expected.get(identity, {}).pop(meta.uid, None)

    def _pending(self, identity: Hashable) -> list[_Expected[T]]:
        expected = self._expected.pop(identity, {})
        pending = {uid: entry for uid, entry in expected.items() if not self.informer.has_reached(entry.obj)}
        if pending:
            self._expected[identity] = pending
        return list(pending.values())
