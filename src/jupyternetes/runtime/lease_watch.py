"""Whether the holders of other programs' Leases are alive, as far as this process can tell by its own clock.

Clocks of different machines are never compared: a Lease has run out once it was seen unchanged for as long as it lasts.
A program that was just started knows nothing of any until then. That a watch is silent proves nothing either, so the
API server is asked before a Lease counts as run out. https://kubernetes.io/docs/concepts/architecture/leases/
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final

from jupyternetes.runtime import backoff
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, NotFound, UnknownOutcome, Unreachable, Unreadable
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import LEASES, LeaseRecord
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.runtime.store import Change

log = logging.getLogger(__name__)

_USUAL_SECONDS: Final = 15.0
_MOST_SECONDS: Final = 3600.0
_ABSENT: Final = LeaseRecord()


class LeaseWatch:
    """Follows certain Leases, by namespace and name, each by a list and a watch that names it.

    Nothing fails because one of them cannot be read: what is not known has not run out. ``news`` is called when one
    runs out, and when one is renewed that had run out.
    """

    def __init__(self, client: Client, leases: Iterable[ObjectKey], *, news: Callable[[], None]) -> None:
        self._client = client
        self._news = news
        self._leases = {key: _Observed() for key in dict.fromkeys(leases)}

    @property
    def run_out(self) -> Mapping[str, str]:
        """The Leases (``namespace/name``) whose holders show no sign of life, with when they say they last renewed it.

        That time is RFC 3339 text by the holder's clock, and empty if there is no such Lease.
        """
        return {
            str(key): lease.record.spec.renew_time or "" for key, lease in self._leases.items() if lease.has_run_out
        }

    async def run(self) -> None:
        """Follow them until cancelled."""
        async with asyncio.TaskGroup() as group:
            for key, lease in self._leases.items():
                lease.note(_ABSENT)
                group.create_task(self._informer(key, lease).run())
                group.create_task(self._judge(key, lease))

    def _informer(self, key: ObjectKey, lease: "_Observed") -> Informer[LeaseRecord]:
        informer = Informer(
            self._client, LEASES, namespaces=[key.namespace], field_selector=f"metadata.name={key.name}"
        )

        def hear(change: Change[LeaseRecord]) -> None:
            self._note(lease, change.new or _ABSENT)

        informer.subscribe(hear)
        return informer

    def _note(self, lease: "_Observed", record: LeaseRecord) -> None:
        """What a list, a watch or a look shows: a version that was not seen yet is a sign of life."""
        if record.metadata.resource_version == lease.record.metadata.resource_version:
            return
        had_run_out = lease.has_run_out
        lease.note(record)
        if had_run_out:
            self._news()

    async def _judge(self, key: ObjectKey, lease: "_Observed") -> None:
        failures = 0
        while True:
            left = lease.deadline - _now()
            if lease.has_run_out or left > 0:
                await lease.changed(None if lease.has_run_out else left)
                continue
            try:
                found = await self._look(key)
            except (ApiError, UnknownOutcome, Unreachable, Unreadable) as error:
                failures += 1
                if failures == 1:
                    log.warning("lease %s cannot be read, so nobody knows whether it has run out: %s", key, error)
                await asyncio.sleep(backoff.delay(failures))
                continue
            failures = 0
            if found.metadata.resource_version != lease.record.metadata.resource_version:
                self._note(lease, found)
            elif lease.deadline <= _now():
                lease.has_run_out = True
                log.warning("lease %s has run out", key)
                self._news()

    async def _look(self, key: ObjectKey) -> LeaseRecord:
        try:
            return await self._client.get(LEASES, *key)
        except NotFound:
            return _ABSENT


class _Observed:
    """One Lease as it was seen last; ``deadline`` is the event loop's time at which it runs out."""

    def __init__(self) -> None:
        self.record = _ABSENT
        self.has_run_out = False
        self.deadline = 0.0
        self._lasts = _USUAL_SECONDS
        self._change = asyncio.Event()

    def note(self, record: LeaseRecord) -> None:
        """It is another one from now on. One that is held by nobody, or gone, is given as long as it lasted before.

        Its holder may just be replaced, and whoever gives up a Lease often writes that it lasts for a second.
        """
        if record.spec.holder_identity:
            self._lasts = min(max(record.spec.lease_duration_seconds or _USUAL_SECONDS, 1.0), _MOST_SECONDS)
        self.record = record
        self.has_run_out = False
        self.deadline = _now() + self._lasts
        self._change.set()

    async def changed(self, seconds: float | None) -> None:
        """Until it is another one, for so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._change.wait()
        self._change.clear()


def _now() -> float:
    return asyncio.get_running_loop().time()
