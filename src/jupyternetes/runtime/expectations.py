"""What was or may have been created and the cache has not shown yet, so that nothing is created twice meanwhile.

Versions of one resource type are comparable (KEP-5504), so a cache that has gone past an object's version and lacks it
proves the object deleted; no guess by time is needed. A create without an answer may still happen for a known time:
until then nothing is decided, and after it a live list is the answer.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Final, Generic, TypeVar

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Fenced, NotFound, UnknownOutcome, Unreadable
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import T
from jupyternetes.runtime.resource import Resource

K = TypeVar("K", bound=Hashable)

_PROMPT: Final = 1.0
"""Seconds. An API server that took longer for a list may have been frozen, and begun to count ``?timeout=`` late."""


@dataclass(slots=True)
class _Expected(Generic[T]):
    obj: T
    since: float


@dataclass
class Expectations(Generic[T, K]):
    """``identity`` gives what ``index`` of the informer is keyed by. ``ttl`` is in seconds.

    ``selector`` gives namespace and label selector under which the API server finds all that has an identity.
    """

    informer: Informer[T]
    client: Client
    resource: Resource[T]
    _: KW_ONLY
    index: str
    identity: Callable[[T], K]
    selector: Callable[[K], tuple[str, str]]
    ttl: float = 300.0
    _expected: dict[K, dict[str, _Expected[T]]] = field(default_factory=dict[K, dict[str, _Expected[T]]], init=False)
    _doubts: dict[K, float] = field(default_factory=dict[K, float], init=False)

    def created(self, obj: T) -> None:
        """Note the answer of a create."""
        now = asyncio.get_running_loop().time()
        self._expected.setdefault(self.identity(obj), {})[obj.metadata.uid] = _Expected(obj, now)

    async def create(self, identity: K, namespace: str, body: Mapping[str, object]) -> T:
        """Create an object of this identity. Raises what a create raises; an UnknownOutcome fences the identity."""
        try:
            obj = await self.client.create(self.resource, namespace, body)
        except UnknownOutcome as error:
            self._doubt(identity, error.settled_at)
            raise
        self.created(obj)
        return obj

    def find(self, identity: K) -> list[T]:
        """What exists under this identity: the cache's objects and those it has yet to show."""
        cached = self.informer.by_index(self.index, identity)
        uids = {obj.metadata.uid for obj in cached}
        return cached + [e.obj for e in self._pending(identity) if e.obj.metadata.uid not in uids]

    async def settle(self, identity: K) -> None:
        """Ask the API server about what is in doubt; call it before relying on ``find``.

        That is what may have been created, and what the cache has not shown for longer than ``ttl``. Raises Fenced as
        long as nobody can know, and what a get or list raises; the doubt stays then.
        """
        if identity in self._doubts:
            await self._resolve(identity)
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

    def _doubt(self, identity: K, settled_at: float) -> None:
        # Those whose owner is gone are never asked about again.
        forgotten = asyncio.get_running_loop().time() - self.ttl
        self._doubts = {known: until for known, until in self._doubts.items() if until > forgotten}
        self._doubts[identity] = max(settled_at, self._doubts.get(identity, settled_at))

    async def _resolve(self, identity: K) -> None:
        begun = asyncio.get_running_loop().time()
        if begun < self._doubts[identity]:
            raise Fenced(self._doubts[identity] - begun)
        namespace, labels = self.selector(identity)
        listing = await self.client.list(self.resource, namespace, label_selector=labels)
        now = asyncio.get_running_loop().time()
        if now - begun > _PROMPT:
            self._doubts[identity] = now + self.client.write_bound
            raise Fenced(self.client.write_bound)
        for key, reason in listing.broken.items():
            raise Unreadable(f"{self.resource.full_name} {key} may be what was created, and cannot be read: {reason}")
        for obj in listing.items:
            self.created(obj)
        del self._doubts[identity]

    def _pending(self, identity: K) -> list[_Expected[T]]:
        expected = self._expected.pop(identity, {})
        pending = {uid: entry for uid, entry in expected.items() if not self.informer.has_reached(entry.obj)}
        if pending:
            self._expected[identity] = pending
        return list(pending.values())
