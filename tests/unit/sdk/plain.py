"""An operator without our SDK: a watch, a Lease, and writes of its own. What looks at one object is its subclasses'."""

import asyncio
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import ClassVar

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Conflict, NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.sdk import Kind, Object
from tests.support.fakekube import FakeKube
from tests.support.fakekube.kinds import Json
from tests.unit.sdk.sdk_site import LAB, condition_of

LEASE = "plain"


class Plain(ABC):
    """One replica at work; a new one is made for each run."""

    kind: ClassVar[Kind]
    labels: ClassVar[dict[str, str]] = {"jupyternetes.kadense.io/contract": "v1"}
    lease_seconds: ClassVar[float] = 15.0
    leads: ClassVar[bool] = True
    renews: ClassVar[bool] = True
    lists: ClassVar[bool] = True
    """Whether it looks at what was there before it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.id = uuid.uuid4().hex

    @abstractmethod
    async def look(self, obj: Object) -> None:
        """Something may be to be done about an object."""

    @classmethod
    def operator(cls, fake: FakeKube) -> "Runner":
        return Runner(cls, fake)

    async def work(self) -> None:
        times = LeaseTimes.lasting(self.lease_seconds)
        lease = Lease(self.client, LAB, LEASE, self.id, times, labels=self.labels)
        if self.leads:
            await lease.acquire()
        try:
            async with asyncio.TaskGroup() as group:
                if self.leads and self.renews:
                    group.create_task(lease.hold())
                await self._follow(group)
        finally:
            await lease.release()

    async def _follow(self, group: asyncio.TaskGroup) -> None:
        changed = asyncio.Queue[Object]()
        cache = Informer(self.client, self.kind.resource(Object), namespaces=[LAB])
        cache.subscribe(
            lambda change: change.new and (self.lists or not change.initial) and changed.put_nowait(change.new)
        )
        group.create_task(cache.run())
        while True:
            obj = await changed.get()
            try:
                await self.look(await self.client.get(cache.resource, LAB, obj.metadata.name))
            except Conflict:
                changed.put_nowait(obj)
            except NotFound:
                continue

    async def patch(self, obj: Object, body: Json, *, status: bool = True) -> None:
        """Over the version that was looked at."""
        metadata = {**body.get("metadata", {}), "resourceVersion": obj.metadata.resource_version}
        subresource = "status" if status else None
        where = LAB, obj.metadata.name
        await self.client.merge_patch(
            self.kind.resource(Object), *where, {**body, "metadata": metadata}, subresource=subresource
        )

    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = {"type": kind, "status": status, "reason": "AsTold", "message": message}
        return words | {"observedGeneration": generation, "lastTransitionTime": now}


class Runner:
    """Starts replicas, as a check asks for them."""

    def __init__(self, replica: type[Plain], fake: FakeKube) -> None:
        self._replica = replica
        self._fake = fake

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        async with await self._fake.client("plain/1") as client:
            work = asyncio.create_task(self._replica(client).work())
            try:
                yield
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)


def said_of(obj: Object, kind: str) -> Json:
    return condition_of(obj.status, kind)
