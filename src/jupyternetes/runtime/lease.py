"""One writer among several processes: whoever holds the Lease, and for as long as it can be sure of that.

A Lease is coordination, not fencing: it cannot call back a request that is under way. So every write is bounded to
what is left of the Lease when it leaves: it is over when somebody else can take the Lease. Clocks of different machines
are never compared: a candidate goes by how long it has itself seen the record unchanged.
https://kubernetes.io/docs/concepts/architecture/leases/
"""

import asyncio
import logging
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import msgspec

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Identity
from jupyternetes.runtime.errors import (
    AlreadyExists,
    ApiError,
    Conflict,
    LeaseLost,
    NotFound,
    UnknownOutcome,
    Unreachable,
    Unreadable,
)
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.wire import outlasting

log = logging.getLogger(__name__)

_PASSING = (ApiError, UnknownOutcome, Unreachable, Unreadable)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTimes:
    """All in seconds.

    The holder renews every ``renew_every`` and begins no write from ``renew_deadline`` after the beginning of its last
    good renewal on. A write is bounded to ``write_bound``, and to what is left of ``duration`` since that beginning. A
    candidate looks every ``retry`` and takes over what it has seen unchanged for ``duration``.
    """

    duration: float = 15.0
    renew_deadline: float = 10.0
    write_bound: float = 12.0
    renew_every: float = 2.0
    retry: float = 1.0

    def __post_init__(self) -> None:
        """Raises ValueError for times with which the holder could not work."""
        if not 0 < self.renew_every < self.renew_deadline or self.retry <= 0 or self.write_bound <= 0:
            raise ValueError(f"times must be positive, and renewals more frequent than their deadline: {self}")
        if self.renew_deadline >= self.duration:
            raise ValueError(
                f"a write of the holder, begun up to {self.renew_deadline:g} s after a renewal, could not be over when "
                f"somebody else takes over a lease of {self.duration:g} s"
            )

    @classmethod
    def lasting(cls, duration: float) -> Self:
        """The times of a Lease of ``duration``. Raises ValueError if that is not positive.

        Up to the usual 15 s all are in one ratio; of a longer one it is the writes that get more time.
        """
        if not duration > 0:
            raise ValueError(f"a lease must last for some time, not {duration} s")
        usual = cls()
        ratio = min(1.0, duration / usual.duration)
        return cls(
            duration=duration,
            renew_deadline=duration - (usual.duration - usual.renew_deadline) * ratio,
            write_bound=duration - (usual.duration - usual.write_bound) * ratio,
            renew_every=usual.renew_every * ratio,
            retry=usual.retry * ratio,
        )

    @classmethod
    def outlasting(cls, webhook_seconds: float) -> Self:
        """The times with which a write succeeds that an admission webhook holds up for so long."""
        usual = cls()
        return cls.lasting(max(usual.duration, outlasting(webhook_seconds) + usual.duration - usual.write_bound))


class LeaseSpec(msgspec.Struct, frozen=True, rename="camel"):
    """https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/#LeaseSpec; null is absent."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: str | None = None
    renew_time: str | None = None
    lease_transitions: int | None = None


class LeaseRecord(msgspec.Struct, frozen=True):
    """A Lease as the API server has it."""

    metadata: Identity = Identity()
    spec: LeaseSpec = LeaseSpec()


LEASES = Resource("coordination.k8s.io", "v1", "leases", "Lease", LeaseRecord)


class Lease:
    """``acquire``, then ``hold``, then ``release``; ``valid`` at any time.

    ``identity`` must be this process's alone, also after a restart in the same pod. ``client`` must not itself heed
    ``writes_until``. Whoever holds it sets its ``labels``.
    """

    def __init__(
        self,
        client: Client,
        namespace: str,
        name: str,
        identity: str,
        times: LeaseTimes,
        *,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.namespace = namespace
        self.name = name
        self.times = times
        self._client = client
        self._identity = identity
        self._labels = {"labels": dict(labels)} if labels else {}
        self._ours = LeaseRecord()
        self._good_until = float("-inf")
        self._released = False
        self._seen_version = ""
        self._seen_holder = ""
        self._seen_at = 0.0
        self._answered_at: float | None = None
        self._longest_silence = 0.0
        self._reported = ""

    @property
    def valid(self) -> bool:
        """Whether a write may be begun now."""
        return asyncio.get_running_loop().time() < self._good_until

    @property
    def writes_until(self) -> float:
        """The event loop's time by which a write that is begun now has to be over; long past if none may be begun.

        Nobody else can hold the Lease before.
        """
        return self._good_until + self.times.duration - self.times.renew_deadline if self.valid else float("-inf")

    async def acquire(self) -> None:
        """Until it is ours; an API server that does not answer is asked for ever."""
        while True:
            try:
                if await self._take():
                    return
            except _PASSING as error:
                self._report(error)
            # Candidates that were started together should not ask together.
            await asyncio.sleep(self.times.retry * random.uniform(0.8, 1.0))  # noqa: S311

    async def hold(self) -> None:
        """Renew it until it is lost; raises LeaseLost then."""
        pause = self.times.renew_every
        while self.valid:
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout_at(self._good_until):
                    await self._renew()
                pause = self.times.renew_every
            except (*_PASSING, TimeoutError) as error:
                self._report(error)
                pause = self.times.retry
        raise LeaseLost(f"could not renew it within {self.times.renew_deadline:g} s ({self._reported or 'frozen'})")

    async def release(self) -> None:
        """Give it up, so that the next one need not wait; call it when no write of ours can happen any more."""
        if not self.valid:
            return
        self._good_until = float("-inf")
        self._released = True
        try:
            while self._ours.spec.holder_identity == self._identity:
                try:
                    await self._write(self._ours, holder="")
                    return
                except Conflict:  # a renewal that was under way
                    self._ours = await self._client.get(LEASES, self.namespace, self.name)
        except _PASSING as error:
            log.info("the lease %s/%s was not given up: %s", self.namespace, self.name, error)

    async def _take(self) -> bool:
        try:
            found = await self._client.get(LEASES, self.namespace, self.name)
        except NotFound:
            found = None
        self._recovered()
        now = asyncio.get_running_loop().time()
        self._look(found, now)
        if self._seen_holder not in ("", self._identity) and now < self._free_at(found):
            return False
        try:
            self._adopt(await (self._write(found, holder=self._identity) if found else self._create()), now)
        except (AlreadyExists, Conflict):
            return False  # another candidate was quicker, or the holder is alive after all
        return True

    def _look(self, found: LeaseRecord | None, now: float) -> None:
        version = found.metadata.resource_version if found else "none"
        if version != self._seen_version or self._answered_at is None:
            self._seen_version, self._seen_at, self._longest_silence = version, now, 0.0
        else:
            self._longest_silence = max(self._longest_silence, now - self._answered_at)
        self._answered_at = now
        if found:  # the holder of one that was deleted has yet to notice
            self._seen_holder = found.spec.holder_identity or ""

    def _free_at(self, found: LeaseRecord | None) -> float:
        """An API server that stood still for a while may carry out a write of the last holder so much later."""
        lasts = max(self.times.duration, (found.spec.lease_duration_seconds if found else 0) or 0)
        return self._seen_at + lasts + max(0.0, self._longest_silence - self.times.retry)

    async def _create(self) -> LeaseRecord:
        body = {"metadata": {"name": self.name, **self._labels}, "spec": self._spec(LeaseSpec(), self._identity)}
        body |= {"apiVersion": LEASES.api_version, "kind": LEASES.kind}
        return await self._client.create(LEASES, self.namespace, body)

    async def _renew(self) -> None:
        begun = asyncio.get_running_loop().time()
        if begun >= self._good_until:
            return  # the process was frozen: somebody else may have it, and must not be disturbed
        try:
            self._adopt(await self._write(self._ours, holder=self._identity), begun)
        except NotFound:
            self._lose("it was deleted")
        except Conflict:
            # Our own write whose answer was lost, somebody who edited its labels, or a new holder.
            found = await self._client.get(LEASES, self.namespace, self.name)
            if found.spec.holder_identity != self._identity:
                self._lose(f"it is held by {found.spec.holder_identity or 'nobody'}")
            self._ours = found

    async def _write(self, record: LeaseRecord, *, holder: str) -> LeaseRecord:
        patch = {
            "metadata": {"resourceVersion": record.metadata.resource_version, **self._labels},
            "spec": self._spec(record.spec, holder),
        }
        return await self._client.merge_patch(LEASES, self.namespace, self.name, patch)

    def _spec(self, before: LeaseSpec, holder: str) -> dict[str, object]:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        changes = holder not in ("", before.holder_identity)
        return {
            "holderIdentity": holder,
            "leaseDurationSeconds": math.ceil(self.times.duration),
            "acquireTime": now if changes else before.acquire_time,
            "renewTime": now,
            "leaseTransitions": (before.lease_transitions or 0) + (1 if changes and before.acquire_time else 0),
        }

    def _adopt(self, record: LeaseRecord, begun: float) -> None:
        self._ours = record
        if not self._released:
            self._good_until = begun + self.times.renew_deadline
        self._recovered()

    def _lose(self, why: str) -> None:
        self._good_until = float("-inf")
        raise LeaseLost(why)

    def _report(self, error: Exception) -> None:
        text = str(error) or "no answer in time"
        if text != self._reported:
            self._reported = text
            log.warning("lease %s/%s: %s; trying again", self.namespace, self.name, text)

    def _recovered(self) -> None:
        if self._reported:
            self._reported = ""
            log.info("lease %s/%s: in contact again", self.namespace, self.name)
