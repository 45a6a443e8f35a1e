"""A cache of one resource type that is kept right, and tells its subscribers what changed.

It follows https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes: a list, a watch
from its version, and after a lost watch a list whose difference to the cache is told as changes, deletions included.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic

from jupyternetes.runtime.client import INACTIVITY, Client
from jupyternetes.runtime.decoding import Listing, WatchEvent
from jupyternetes.runtime.errors import Forbidden, Gone, NotFound, SetBack, Unauthorized, Unreachable
from jupyternetes.runtime.objects import ObjectKey, T, key_of, version_of
from jupyternetes.runtime.reflector import Failure, Reflector, is_refused_namespace
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.store import Change, Indexer, Store

log = logging.getLogger(__name__)

_CHUNK = 100  # objects handled before others get the event loop


class Informer(Generic[T]):
    """Read it at any time; it is complete once ``synced``. Namespaces: none given means all.

    ``broken`` names the objects that exist but cannot be read, with the reason; their last readable state stays cached.
    ``refused`` names the namespaces that the API server does not let us list, or no longer, with its words: what is
    cached of them says nothing, and the others count without them. ``errors`` holds what went wrong last, by namespace
    (None: all), until a list, an event or a bookmark comes again. ``failures`` counts what went wrong, but for versions
    that had become too old, which new lists mend. With ``fail_fast``, ``run`` raises what makes the first list
    impossible in every namespace instead of trying for ever, and SetBack when a list is older than the cache: others
    may still show the lost future, and what is done goes by all of them.

    Objects that ``keep`` does not want are not cached, and a cached one that it no longer wants counts as deleted. It
    may go by what the informer ``after`` holds: the first list waits for that one to be ``synced``.
    """

    def __init__(
        self,
        client: Client,
        resource: Resource[T],
        *,
        namespaces: Sequence[str] = (),
        label_selector: str = "",
        field_selector: str = "",
        indexers: Mapping[str, Indexer[T]] | None = None,
        fail_fast: bool = False,
        inactivity: float = INACTIVITY,
        keep: Callable[[T], bool] | None = None,
        after: "Informer[Any] | None" = None,
    ) -> None:
        self.resource = resource
        self.broken: dict[ObjectKey, str] = {}
        self.refused: dict[str, Failure] = {}
        self.errors: dict[str | None, Failure] = {}
        self.failures = 0
        self._store = Store(indexers or {})
        self._handlers: list[Callable[[Change[T]], None]] = []
        self._list_handlers: list[Callable[[str | None], None]] = []
        self._fail_fast = fail_fast
        self._keep = keep
        self._after = after
        self._now: Callable[[], float] = lambda: asyncio.get_running_loop().time()
        self._synced = asyncio.Event()
        scopes: list[str | None] = list(dict.fromkeys(namespaces)) or [None]
        self._reached: dict[str | None, int] = dict.fromkeys(scopes, 0)
        self._contact: dict[str | None, float] = {}
        selectors = {"label_selector": label_selector, "field_selector": field_selector}
        self._reflectors = [Reflector(client, resource, scope, self, selectors, inactivity, keep) for scope in scopes]

    def get(self, namespace: str, name: str) -> T | None:
        """The object of this name, as last seen."""
        return self._store.get(ObjectKey(namespace, name))

    def by_index(self, index: str, value: Hashable) -> list[T]:
        """The objects for which the indexer gave ``value``."""
        return self._store.by_index(index, value)

    def values(self) -> Iterable[T]:
        """All objects; copy it before awaiting."""
        return self._store.values()

    def __len__(self) -> int:
        return len(self._store)

    def subscribe(self, handler: Callable[[Change[T]], None]) -> Callable[[], None]:
        """Call ``handler`` for each change from now on; the answer ends that. It must be quick and not block."""
        self._handlers.append(handler)
        return lambda: self._handlers.remove(handler)

    def on_list(self, handler: Callable[[str | None], None]) -> None:
        """Call ``handler`` with the namespace (None: all) after each list has been taken in. It must be quick.

        A list tells as changes what differs from the cache. Who knows of an object from elsewhere, such as its create's
        answer, hears nothing of one that came and went without the cache having shown it, and has to look again.
        """
        self._list_handlers.append(handler)

    @property
    def synced(self) -> bool:
        """Whether every namespace was listed once, or refused; one at least was listed."""
        return self._synced.is_set()

    async def wait_synced(self) -> None:
        """Until ``synced``."""
        await self._synced.wait()

    @property
    def last_error(self) -> Failure | None:
        """The latest of ``errors``."""
        return next(reversed(self.errors.values()), None)

    @property
    def last_contact(self) -> float:
        """The event loop's time of the last list, event or bookmark; with several namespaces, of the longest silent.

        Refused ones do not count, unless there are no others: the server does speak to us, and a restart helps nobody.
        While it rests, nothing is missing.
        """
        if self._resting:
            return self._now()
        granted = [when for scope, when in self._contact.items() if scope not in self.refused]
        return min(granted or self._contact.values(), default=0.0)

    def has_reached(self, obj: T) -> bool:
        """Whether the cache has shown this version of the object or gone past it; if it lacks it now, it is deleted."""
        reached = max(self._reached.get(obj.metadata.namespace, 0), self._reached.get(None, 0))
        return reached >= version_of(obj) and key_of(obj) not in self.broken

    async def relist(self) -> None:
        """Until the cache has taken in lists that were begun after this call: nothing older can be missing then.

        Refused namespaces are no more than asked for again. It ends a ``rest``, and contact counts from that moment.
        """
        if self._resting:
            self._contact = dict.fromkeys(self._contact, self._now())
        await asyncio.gather(*(reflector.relist() for reflector in self._reflectors))

    def rest(self) -> None:
        """Follow nothing once ``synced``, until the next ``relist``: what is cached grows old; nobody goes by it."""
        for reflector in self._reflectors:
            reflector.rest()

    @property
    def _resting(self) -> bool:
        return all(reflector.resting for reflector in self._reflectors)

    async def run(self) -> None:
        """Follow the resource until cancelled."""
        self._now = asyncio.get_running_loop().time  # needed at each event: to look for the loop costs more than it
        self._contact = dict.fromkeys(self._reached, self._now())
        self.refused.clear()
        if self._after is not None:
            await self._after.wait_synced()
        try:
            async with asyncio.TaskGroup() as group:
                for reflector in self._reflectors:
                    group.create_task(reflector.run())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def replace(self, namespace: str | None, listing: Listing[T]) -> None:
        """Take in a list; part of what a reflector calls."""
        reached = self._reached[namespace]
        if self._fail_fast and int(listing.resource_version) < reached:
            raise SetBack(
                f"{self.resource.full_name}: the API server is at version {listing.resource_version}, after {reached}"
            )
        initial = reached == 0
        present = {key_of(obj) for obj in listing.items} | listing.broken.keys()
        for number, key in enumerate(self._store.keys(namespace)):
            if key not in present:
                self._tell(self._store.remove(key))
            await _breathe(number)
        for key in [k for k in self.broken if k not in present and namespace in (None, k.namespace)]:
            del self.broken[key]
        for number, obj in enumerate(listing.items):
            self._put(obj, authoritative=True, initial=initial)
            await _breathe(number)
        for key, broken in listing.broken.items():
            known = self._store.get(key)
            if known is not None and (
                known.metadata.uid != broken.uid or version_of(known) > int(listing.resource_version)
            ):
                # The one that was cached is gone, whatever has its name now, or of a future that a restore undid.
                self._tell(self._store.remove(key))
            self._broke(key, broken.reason)
        self._reached[namespace] = int(listing.resource_version)
        self._in_contact(namespace)
        if namespace is not None and self.refused.pop(namespace, None) is not None:
            log.info("%s: namespace %s is there again", self.resource.full_name, namespace)
        self._check_synced()
        for handler in self._list_handlers:
            try:
                handler(namespace)
            except Exception:
                log.exception("a subscriber to the lists of %s failed", self.resource.full_name)

    def apply(self, namespace: str | None, event: WatchEvent[T]) -> None:
        """Take in one watch event; part of what a reflector calls."""
        version = int(event.identity.resource_version or 0)
        if event.type == "DELETED":
            self.broken.pop(event.key, None)
            self._tell(self._store.remove(event.key, uid=event.identity.uid, version=version))
        elif event.broken:
            self._broke(event.key, event.broken)
        elif event.object is not None:
            if self._keep is None or self._keep(event.object):
                self._put(event.object)
            else:
                self._tell(self._store.remove(event.key))
        self._reached[namespace] = max(self._reached[namespace], version)
        self._in_contact(namespace)

    def admit(self, obj: T) -> None:
        """Take in an object that was seen and not wanted at first. What the cache holds under its name may be newer."""
        self._put(obj)

    def failed(self, namespace: str | None, error: Failure) -> None:
        """Note lost contact; part of what a reflector calls."""
        self.errors.pop(namespace, None)
        self.errors[namespace] = error  # the latest comes last
        self.failures += not isinstance(error, Gone)
        refused = namespace is not None and is_refused_namespace(namespace, error)
        if namespace is not None and refused:
            if namespace not in self.refused:
                log.warning(
                    "%s: going on without namespace %s, until it lets itself be listed",
                    self.resource.full_name,
                    namespace,
                )
            self.refused[namespace] = error
            self._check_synced()
        if not self._fail_fast or self.synced or (refused and len(self.refused) < len(self._reached)):
            return
        if isinstance(error, Forbidden | NotFound | Unauthorized | Unreachable):
            raise error

    def _check_synced(self) -> None:
        reached = [scope for scope, version in self._reached.items() if version]
        if reached and all(scope in reached or scope in self.refused for scope in self._reached):
            self._synced.set()

    def _put(self, obj: T, *, authoritative: bool = False, initial: bool = False) -> None:
        try:
            changes = self._store.put(obj, authoritative=authoritative, initial=initial)
        except Exception as error:  # an indexer that did not expect such an object
            self._broke(key_of(obj), f"{type(error).__name__}: {error}")
            return
        self.broken.pop(key_of(obj), None)
        self._tell(changes)

    def _broke(self, key: ObjectKey, reason: str) -> None:
        if self.broken.get(key) != reason:
            self.broken[key] = reason
            log.error("%s %s cannot be read and is left as it was: %s", self.resource.full_name, key, reason)

    def _tell(self, changes: list[Change[T]]) -> None:
        for change in changes:
            for handler in tuple(self._handlers):
                try:
                    handler(change)
                except Exception:
                    log.exception("a subscriber of %s failed", self.resource.full_name)

    def _in_contact(self, namespace: str | None) -> None:
        self._contact[namespace] = self._now()
        self.errors.pop(namespace, None)


async def _breathe(number: int) -> None:
    if number % _CHUNK == _CHUNK - 1:
        await asyncio.sleep(0)
