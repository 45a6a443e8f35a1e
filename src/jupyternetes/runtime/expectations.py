"""What was or may have been created and the cache has not shown yet, so that nothing is created twice meanwhile.

Versions of one resource type are comparable (KEP-5504), so a cache that has gone past an object's version and lacks it
proves the object deleted; no guess by time is needed. A create without an answer may still happen for a known time,
counted from when the API server is known to run: until then nothing is decided, after it a live list is the answer.
That time is the bound of the create. So where one has failed soon, the next one is brief: it is tried again, and in
doubt, for seconds and not for as long as a slow admission webhook may take.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Final, Generic, TypeVar

from jupyternetes.runtime.client import Client, Created
from jupyternetes.runtime.errors import ApiError, Fenced, NotFound, NotLeader, UnknownOutcome, Unreachable
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import T
from jupyternetes.runtime.resource import Resource

K = TypeVar("K", bound=Hashable)


#: Seconds for a list: one that took longer may have waited while everything stood still.
PROMPT_SECONDS: Final = 1.0


@dataclass(slots=True)
class _Expected(Generic[T]):
    obj: T
    since: float


@dataclass(slots=True)
class _Doubt:
    """A create that may happen for ``seconds`` more, and so ``until`` then once the API server gave a sign of life."""

    seconds: float
    until: float | None


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
    _doubts: dict[K, _Doubt] = field(default_factory=dict[K, _Doubt], init=False)
    _failed_soon: set[K] = field(default_factory=set[K], init=False)

    def created(self, obj: T) -> None:
        """Note the answer of a create."""
        now = asyncio.get_running_loop().time()
        self._expected.setdefault(self.identity(obj), {})[obj.metadata.uid] = _Expected(obj, now)

    async def create(
        self, identity: K, namespace: str, body: Mapping[str, object], *, strict: bool = False
    ) -> Created[T]:
        """Create an object of this identity. Raises what a create raises; an outcome not known fences the identity.

        ``strict``: it is refused if the server does not know one of its fields.
        """
        clock, brief = asyncio.get_running_loop().time, identity in self._failed_soon
        begun = clock()
        self._failed_soon.discard(identity)
        try:
            made = await self.client.create_with_warnings(self.resource, namespace, body, brief=brief, strict=strict)
        except (ApiError, NotLeader, Unreachable):
            raise  # nothing was made
        except BaseException as error:  # not even a pass that is cancelled may leave this unknown
            self._doubt(identity, brief=brief, done=isinstance(error, UnknownOutcome) and error.done)
            if clock() - begun < self.client.brief_write_bound / 2:
                self._failed_soon.add(identity)
            raise
        self.created(made.obj)
        return made

    def _doubt(self, identity: K, *, brief: bool, done: bool) -> None:
        """Of several creates in doubt, the longest decides; one that was ``done`` for certain can be looked for now."""
        seconds = self.client.brief_write_bound if brief else self.client.write_bound
        former = self._doubts.get(identity)
        if former is not None:
            self._doubts[identity] = _Doubt(max(seconds, former.seconds), until=None)
        else:
            self._doubts[identity] = _Doubt(seconds, until=float("-inf") if done else None)

    def find(self, identity: K) -> list[T]:
        """What exists under this identity: the cache's objects and those it has yet to show."""
        cached = self.informer.by_index(self.index, identity)
        uids = {obj.metadata.uid for obj in cached}
        return cached + [e.obj for e in self._pending(identity) if e.obj.metadata.uid not in uids]

    def shows(self, obj: T) -> bool:
        """Whether ``obj``, which the cache shows now, is just as a create was answered; it is expected no more."""
        identity = self.identity(obj)
        expected = self._expected.get(identity, {})
        answer = expected.pop(obj.metadata.uid, None)
        if not expected:
            self._expected.pop(identity, None)
        return answer is not None and answer.obj == obj

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

    async def _resolve(self, identity: K) -> None:
        now = asyncio.get_running_loop().time()
        doubt = self._doubts[identity]
        left = doubt.until - now if doubt.until is not None else 0.0
        if left > 0:
            raise Fenced(left)
        namespace, labels = self.selector(identity)
        listing = await self.client.list(self.resource, namespace, label_selector=labels)
        took = asyncio.get_running_loop().time() - now
        if doubt.until is None or took > PROMPT_SECONDS:
            # API server and etcd run, but may have stood still until now and have yet to carry it out.
            doubt.until = asyncio.get_running_loop().time() + doubt.seconds
            raise Fenced(doubt.seconds)
        for obj in listing.complete(self.resource):
            self.created(obj)
        del self._doubts[identity]

    def _pending(self, identity: K) -> list[_Expected[T]]:
        expected = self._expected.pop(identity, {})
        pending = {uid: entry for uid, entry in expected.items() if not self.informer.has_reached(entry.obj)}
        if pending:
            self._expected[identity] = pending
        return list(pending.values())
