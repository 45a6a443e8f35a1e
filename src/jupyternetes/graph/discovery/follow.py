"""Looking at a deployment again and again, at the price of one list and one watch a kind and namespace."""

import asyncio
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, Self, cast

from jupyternetes.graph.discovery.apis import Apis
from jupyternetes.graph.discovery.collect import collect_from
from jupyternetes.graph.discovery.objects.cluster import EVENTS, Event, Lease
from jupyternetes.graph.discovery.objects.openshift import CLUSTER_OPERATORS, ClusterOperator
from jupyternetes.graph.discovery.observed import ApiServer, Observed
from jupyternetes.graph.discovery.reader import Reader
from jupyternetes.graph.discovery.recent_events import RecentEvents
from jupyternetes.graph.discovery.seldom import CLOSE, USUAL, Seldom
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Forbidden, Gone, NotFound, Unreachable
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, T
from jupyternetes.runtime.resource import Resource

#: Seconds between two looks whether all lists are there, or cannot be had.
_PAUSE: Final = 0.05


class StillLoadingError(Exception):
    """A list has begun, and is not there yet."""


class Follower:
    """Keeps caches of what ``collect`` reads; an async context manager, which ends the watches.

    ``loading``: the plurals of the resources whose lists the last look did not wait for.

    What is read by its name is in ``seldom``; ``closely``: read it more often, so that an API server that hangs is seen
    at the next look. A kind of OpenShift or of the Gateway API that the cluster does not have at the first look is not
    looked for again.
    """

    def __init__(
        self, client: Client, namespaces: Sequence[str], *, cluster: bool = False, closely: bool = False
    ) -> None:
        self.client = client
        self.loading: Sequence[str] = ()
        self._namespaces = tuple(dict.fromkeys(namespaces))
        self._cluster = cluster
        self._informers: dict[str, Informer[Any]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._recent = RecentEvents("")
        self.apis = Apis(client)
        self.seldom = Seldom(client, self.apis, CLOSE if closely else USUAL)
        self._changed = asyncio.Event()
        self._noticed: set[str] = set()
        self._began = asyncio.get_running_loop().time()
        self._answered = ""
        self._listed: dict[str, set[str | None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self.seldom.close(), return_exceptions=True)

    async def look(self, *, patience: float = math.inf) -> Observed:
        """What is there now; the first time it waits for all lists that can be had.

        It waits for no more than ``patience`` seconds. What is still ``loading`` then is among the gaps. If the API
        server does not answer, what is known is as of the last look at which it did.
        """
        self._changed.clear()
        reader = _CachedReader(self, until=asyncio.get_running_loop().time() + patience)
        observed = await collect_from(reader, self._namespaces, cluster=self._cluster)
        self.loading = sorted(reader.loading)
        if observed.api.reachable is False:
            return replace(observed, as_of=self._answered)
        self._answered = observed.taken
        return observed

    @property
    def changed(self) -> bool:
        """Whether something has changed since the last look."""
        return self._changed.is_set()

    async def wait(self, *, least: float, most: float) -> bool:
        """Until something has changed since the last look; at least and at most so many seconds.

        The answer says whether something has.
        """
        await asyncio.sleep(least)
        with suppress(TimeoutError):
            async with asyncio.timeout(most - least):
                await self._changed.wait()
        return self.changed

    @property
    def informers(self) -> Collection[Informer[Any]]:
        """The caches, of which looks may make more."""
        return self._informers.values()

    def silent_for(self) -> float:
        """Seconds since the API server last told of a kind, bookmarks included: of that on which it was silent longest.

        Kinds that it does not let us read do not count, nor those of which it sends no bookmarks.
        """
        followed = (each for each in self._informers.values() if each.resource.bookmarks and each.synced)
        heard = [each.last_contact for each in followed if not isinstance(each.last_error, Forbidden | NotFound)]
        return asyncio.get_running_loop().time() - min(heard, default=self._began)

    def informer(self, resource: Resource[T], namespaces: Sequence[str], labels: str, fields: str) -> Informer[T]:
        """The cache of a kind, which begins to follow it when it is first asked for."""
        known = self._informers.get(resource.full_name)
        if known is None:
            keep = cast("Callable[[T], bool]", self._offer) if resource is EVENTS else None
            known = Informer(
                self.client,
                resource,
                namespaces=namespaces,
                label_selector=labels,
                field_selector=fields,
                keep=keep,
            )
            self._informers[resource.full_name] = known
            self._listed[resource.full_name] = listed = set[str | None]()
            known.on_list(listed.add)
            self._tasks.append(asyncio.create_task(known.run()))
        return cast("Informer[T]", known)

    def unlisted(self, informer: Informer[Any], namespaces: Sequence[str | None]) -> Sequence[str | None]:
        """The namespaces of which there is neither a list yet nor a reason why there is none."""
        if informer.synced:
            return ()
        listed = self._listed[informer.resource.full_name]
        return [each for each in namespaces if each not in listed and each not in informer.errors]

    def notice(self, informer: Informer[Any]) -> None:
        """From now on a change of this cache ends a wait; what a look waited for is no change."""
        if informer.resource.full_name not in self._noticed:
            self._noticed.add(informer.resource.full_name)
            informer.subscribe(lambda _: self._changed.set())

    def objects(self, informer: Informer[T]) -> Iterable[T]:
        """What is known of a kind; of Events only the recent ones are kept at all."""
        if informer.resource is EVENTS:
            return cast("Iterable[T]", self._recent.newest_first())
        return informer.values()

    @property
    def lost_contact(self) -> bool:
        """Whether the API server has left a list or a watch without an answer."""
        errors = (error for informer in self._informers.values() for error in informer.errors.values())
        return any(isinstance(error, Unreachable) for error in errors)

    def _offer(self, event: Event) -> bool:
        if EVENTS.full_name in self._noticed:
            self._changed.set()
        return self._recent.offer(event)


class _CachedReader(Reader):
    """Answers from a follower's caches."""

    def __init__(self, follower: Follower, *, until: float) -> None:
        super().__init__(follower.client, follower.apis)
        self.loading: set[str] = set()
        self._follower = follower
        self._until = until
        self._asked = Reader(follower.client, follower.apis)

    async def read_version(self) -> None:
        """As the reader's own."""
        self._asked = await self._follower.seldom.version(is_doubted=self._follower.lost_contact)

    @property
    def api(self) -> ApiServer:
        """As the reader's own."""
        return self._asked.api

    async def leases(self, named: Iterable[ObjectKey], usual: Iterable[ObjectKey]) -> list[Lease]:
        """As the reader's own."""
        reader, found = await self._follower.seldom.leases(named, usual)
        self._add_gaps(reader)
        return found

    async def cluster_operators(self) -> list[ClusterOperator]:
        """As the reader's own."""
        try:
            async with asyncio.timeout_at(None if math.isinf(self._until) else self._until):
                reader, found = await self._follower.seldom.cluster_operators()
        except TimeoutError:
            self.loading.add(CLUSTER_OPERATORS.plural)
            self.missed(CLUSTER_OPERATORS, None, StillLoadingError("they are still loading"))
            return []
        self._add_gaps(reader)
        return found

    def _add_gaps(self, other: Reader) -> None:
        self.gaps += other.gaps
        self.unread |= other.unread

    async def list_in(
        self,
        resource: Resource[T],
        namespaces: Sequence[str | None],
        *,
        label_selector: str = "",
        field_selector: str = "",
        keep: Callable[[T], bool] | None = None,
    ) -> list[T]:
        """As the reader's own."""
        scopes = [namespace for namespace in namespaces if namespace is not None]
        informer = self._follower.informer(resource, scopes, label_selector, field_selector)
        clock = asyncio.get_running_loop().time
        while (unlisted := self._follower.unlisted(informer, namespaces)) and clock() < self._until:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE):
                    await informer.wait_synced()
        self._follower.notice(informer)
        for namespace in namespaces:
            error = informer.errors.get(namespace)
            if namespace in unlisted:
                self.loading.add(resource.plural)
                self.missed(resource, namespace, StillLoadingError("it is still loading"))
            elif error is not None and not isinstance(error, Gone):  # which means no more than a new list
                self.missed(resource, namespace, error)
            else:
                broken = [key for key in informer.broken if key.namespace == (namespace or "")]
                self.note_broken(resource, namespace, broken)
        return [obj for obj in list(self._follower.objects(informer)) if keep is None or keep(obj)]
