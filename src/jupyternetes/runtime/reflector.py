"""Follows one resource type in one namespace: list, watch from there, and again when the watch is lost.

It knows when to list and when to resume; what the objects mean to anybody is the informer's business.
"""

import asyncio
import logging
from contextlib import aclosing
from typing import Generic, Protocol

from jupyternetes.runtime import backoff
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Listing, WatchEvent
from jupyternetes.runtime.errors import ApiError, Gone, ServerError, Unreachable, Unreadable
from jupyternetes.runtime.objects import T
from jupyternetes.runtime.resource import Resource

log = logging.getLogger(__name__)

Failure = ApiError | Unreachable | Unreadable


class Sink(Protocol[T]):
    """Where a reflector puts what it reads."""

    async def replace(self, namespace: str | None, listing: Listing[T]) -> None:
        """A consistent list: what is not in it does not exist."""
        ...

    def apply(self, namespace: str | None, event: WatchEvent[T]) -> None:
        """One addition, change, deletion or bookmark."""
        ...

    def failed(self, error: Failure) -> None:
        """Contact was lost, or never made. May raise, to give up."""
        ...


class Reflector(Generic[T]):
    """``namespace`` None means all. ``inactivity`` is in seconds; a watch silent for longer is taken for dead."""

    def __init__(
        self,
        client: Client,
        resource: Resource[T],
        namespace: str | None,
        sink: Sink[T],
        *,
        label_selector: str,
        field_selector: str,
        inactivity: float,
    ) -> None:
        self._client = client
        self._resource = resource
        self._namespace = namespace
        self._sink = sink
        self._selectors = {"label_selector": label_selector, "field_selector": field_selector}
        self._inactivity = inactivity
        self._version = ""
        self._failures = 0
        self._reported = ""

    async def run(self) -> None:
        """Until cancelled, or the sink gives up."""
        while True:
            wait = 0.0
            try:
                if not self._version:
                    await self._list()
                await self._watch()
            except (ApiError, Unreachable, Unreadable) as error:
                if _must_list(error):
                    self._version = ""
                self._report(error)
                self._sink.failed(error)
                wait = getattr(error, "retry_after", None) or 0.0
            # Also after a regular end: a server that ends every watch at once must not be asked in a tight loop.
            self._failures += 1
            await asyncio.sleep(max(backoff.delay(self._failures), min(wait, backoff.CAP)))

    async def _list(self) -> None:
        listing = await self._client.list(self._resource, self._namespace, **self._selectors)
        await self._sink.replace(self._namespace, listing)
        self._version = listing.resource_version
        self._recovered()

    async def _watch(self) -> None:
        stream = self._client.watch(
            self._resource,
            self._namespace,
            resource_version=self._version,
            inactivity=self._inactivity,
            **self._selectors,
        )
        async with aclosing(stream) as events:
            async for event in events:
                self._sink.apply(self._namespace, event)
                self._version = event.identity.resource_version or self._version
                self._failures = 0
                self._recovered()

    def _report(self, error: Exception) -> None:
        if str(error) != self._reported:
            self._reported = str(error)
            log.log(logging.INFO if isinstance(error, Gone) else logging.WARNING, "%s; trying again", error)

    def _recovered(self) -> None:
        if self._reported:
            self._reported = ""
            log.info("%s: in contact again", self._resource.full_name)


def _must_list(error: Exception) -> bool:
    """Whether watching on from the last version cannot work."""
    if isinstance(error, ServerError):
        # The cluster was restored from a backup: its versions are behind ours.
        return any(cause.reason == "ResourceVersionTooLarge" for cause in error.causes)
    return isinstance(error, Gone | Unreadable)
