"""Follows one resource type in one namespace: list, watch from there, and again when the watch is lost.

It knows when to list and when to resume; what the objects mean to anybody is the informer's business.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Generic, Protocol

from jupyternetes.runtime import backoff
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Listing, WatchEvent
from jupyternetes.runtime.errors import ApiError, Forbidden, Gone, NotFound, ServerError, Unreachable, Unreadable
from jupyternetes.runtime.objects import T
from jupyternetes.runtime.resource import Resource

log = logging.getLogger(__name__)

_SETTLING = 60.0
"""Seconds after which a watch has told what had happened before it began; it takes less than one."""

Failure = ApiError | Unreachable | Unreadable


class Sink(Protocol[T]):
    """Where a reflector puts what it reads."""

    async def replace(self, namespace: str | None, listing: Listing[T]) -> None:
        """A consistent list: what is not in it does not exist."""

    def apply(self, namespace: str | None, event: WatchEvent[T]) -> None:
        """One addition, change, deletion or bookmark."""

    def failed(self, namespace: str | None, error: Failure) -> None:
        """Contact was lost, or never made. May raise, to give up."""


@dataclass
class Reflector(Generic[T]):
    """``namespace`` None means all. ``inactivity`` is in seconds; a watch silent for longer is taken for dead.

    Of lists only those objects are handed on that ``keep`` wants; watch events all are. ``resting``: see ``rest``.
    """

    client: Client
    resource: Resource[T]
    namespace: str | None
    sink: Sink[T]
    selectors: Mapping[str, str]
    inactivity: float
    keep: Callable[[T], bool] | None = None
    resting: bool = field(default=False, init=False)
    _version: str = field(default="", init=False)
    _ahead: str = field(default="", init=False)
    _relists: list[asyncio.Future[None]] = field(default_factory=list[asyncio.Future[None]], init=False)
    _watching: asyncio.Timeout | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _reported: str = field(default="", init=False)
    _hurry: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def run(self) -> None:
        """Until cancelled, or the sink gives up."""
        loop, silent = asyncio.get_running_loop(), False
        while True:
            wait, resumed, begun = 0.0, bool(self._version), loop.time()
            try:
                if not self._version or self._relists:
                    await self._list()
                    resumed = False
                elif self.resting:
                    await self._pause(None)
                    continue
                elif silent and not self.resource.bookmarks and not await self._look_ahead():
                    continue
                silent = not await self._watch()
                if self._watch_is_unwanted:
                    continue
                if silent and loop.time() - begun > _SETTLING:
                    self._version = self._ahead
                if loop.time() - begun > backoff.CAP:
                    self._failures = 0  # it had its time, and there was nothing to tell
            except (ApiError, Unreachable, Unreadable) as error:
                if _must_list(error):
                    self._version = ""
                    if resumed:
                        self._failures = 0  # it answers again; how long it did not is no reason to wait with the list
                self.sink.failed(self.namespace, error)  # raises if nobody will try again
                if is_refused_namespace(self.namespace, error):
                    self._answer_relists()
                self._report(error)
                wait = getattr(error, "retry_after", None) or 0.0
            # Also after a regular end: a server that ends every watch at once must not be asked in a tight loop.
            self._failures += 1
            await self._pause(max(backoff.delay(self._failures), min(wait, backoff.CAP)))

    async def relist(self) -> None:
        """Until a list that was begun after this call has been taken in, whatever the watch says meanwhile.

        It also returns once the server has refused the namespace; a list is then begun before anything is taken in.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.resting = False
        self._relists.append(done)
        self._hurry.set()
        self._end_watch()
        await done

    def rest(self) -> None:
        """Once it was listed, ask for nothing until the next ``relist``."""
        self.resting = True
        self._end_watch()

    @property
    def _watch_is_unwanted(self) -> bool:
        """Whether somebody wants a list instead, or nobody wants anything."""
        return bool(self._relists) or self.resting

    def _end_watch(self) -> None:
        if self._watching is not None and not self._watching.expired():
            self._watching.reschedule(asyncio.get_running_loop().time())

    async def _list(self) -> None:
        waiting, self._relists = self._relists, []
        try:
            listing = await self.client.list(self.resource, self.namespace, keep=self.keep, **self.selectors)
            await self.sink.replace(self.namespace, listing)
        except BaseException:
            self._relists += waiting
            raise
        self._version = self._ahead = listing.resource_version
        self._recovered()
        _answer(waiting)

    def _answer_relists(self) -> None:
        waiting, self._relists = self._relists, []
        _answer(waiting)

    async def _pause(self, seconds: float | None) -> None:
        """Wait before the next attempt, None: for ever; a list that somebody wants is tried for once at once."""
        self._hurry.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()

    async def _look_ahead(self) -> bool:
        """Ask where bookmarks would tell how far the server is; False if it is behind us, and has to be listed.

        After an etcd restore, a watch that starts at our higher resourceVersion never delivers events. And a silent
        watch has to go on from somewhere: what it began with grows too old. It would have told of everything up
        to the version that the server had at its beginning, so the next one goes on from that.
        """
        version = await self.client.version(self.resource, self.namespace)
        if version < int(self._version):
            self._version = ""
            return False
        self._ahead = str(version)
        return True

    async def _watch(self) -> bool:
        """Until the server ends it, or somebody wants a list; whether it brought anything."""
        heard = False
        stream = self.client.watch(
            self.resource,
            self.namespace,
            resource_version=self._version,
            inactivity=self.inactivity,
            **self.selectors,
        )
        limit = 0 if self._watch_is_unwanted else None
        try:
            async with asyncio.timeout(limit) as self._watching, aclosing(stream) as events:
                async for event in events:
                    self.sink.apply(self.namespace, event)
                    self._version = self._ahead = event.identity.resource_version or self._version
                    self._failures = 0
                    self._recovered()
                    heard = True
        except TimeoutError:
            pass  # it became unwanted
        finally:
            self._watching = None
        return heard

    def _report(self, error: Exception) -> None:
        if isinstance(error, Gone) and not self.resource.bookmarks:
            return  # after a silence longer than the history that is kept, which is nobody's trouble
        if str(error) != self._reported:
            self._reported = str(error)
            log.log(logging.INFO if isinstance(error, Gone) else logging.WARNING, "%s; trying again", error)

    def _recovered(self) -> None:
        if self._reported:
            self._reported = ""
            log.info("%s: in contact again", self.resource.full_name)


def is_refused_namespace(namespace: str | None, error: Exception) -> bool:
    """Whether this namespace is refused: the roles in it went with it, or were taken away. Others are no worse off."""
    return namespace is not None and isinstance(error, Forbidden | NotFound)


def _answer(waiting: list[asyncio.Future[None]]) -> None:
    for done in waiting:
        if not done.done():
            done.set_result(None)


def _must_list(error: Exception) -> bool:
    """Whether watching on from the last version cannot work, or would not show at once that contact is back."""
    if isinstance(error, ServerError):
        # The cluster was restored from a backup: its versions are behind ours.
        return any(cause.reason == "ResourceVersionTooLarge" for cause in error.causes)
    # Who was away may come back as of an earlier time, from a backup; a watch from its future would never say a word.
    return isinstance(error, Gone | Unreadable | Unreachable | Forbidden | NotFound)
