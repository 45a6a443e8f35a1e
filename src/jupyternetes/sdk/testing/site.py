"""Where a check acts: a namespace of an API server, and what is seen of one object in it."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.store import Change
from jupyternetes.sdk.kinds import Json, Kind, Object

_AGENT: Final = "jupyternetes-contract/v1"


class ContractBroken(AssertionError):  # noqa: N818 (what happened, as a test says it)
    """The operator did not keep a promise; the text says which, and what was seen."""


@dataclass(frozen=True, slots=True)
class Site:
    """``client``: of an account that may make, change and delete what the checks are about, in ``namespace``."""

    client: Client
    namespace: str

    @asynccontextmanager
    async def made(self, kind: Kind, body: Json) -> AsyncGenerator["Witness"]:
        """A new object, seen by a witness; it is gone at the end."""
        resource, name = kind.resource(Object), f"contract-{uuid.uuid4().hex[:8]}"
        whole = {"apiVersion": kind.api_version, "kind": kind.kind, **body}
        whole["metadata"] = {**body.get("metadata", {}), "name": name}
        await self.client.create(resource, self.namespace, whole)
        witness = Witness(self.client, resource, self.namespace, name)
        following = asyncio.create_task(witness.cache.run())
        try:
            await witness.cache.wait_synced()
            yield witness
        finally:
            following.cancel()
            await asyncio.wait([following])
            with suppress(NotFound):  # a finalizer of a dead operator would keep it
                await self.client.merge_patch(resource, self.namespace, name, {"metadata": {"finalizers": None}})
                await self.client.delete(resource, self.namespace, name)


@asynccontextmanager
async def site(kubeconfig: str | Path | None, namespace: str) -> AsyncGenerator[Site]:
    """A site on the cluster of a kubeconfig, in a namespace that exists."""
    async with await Client.connect(kubeconfig, user_agent=_AGENT) as client:
        yield Site(client, namespace)


class Witness:
    """Sees every version of one object; checks ask it what became of the object, and change it through it."""

    def __init__(self, client: Client, resource: Resource[Object], namespace: str, name: str) -> None:
        selector = f"metadata.name={name}"
        self.cache = Informer(client, resource, namespaces=[namespace], field_selector=selector)
        self.versions: list[Object] = []
        self.gone = False
        self._client = client
        self._resource = resource
        self._key = namespace, name
        self._news = asyncio.Event()
        self.cache.subscribe(self._see)

    @property
    def latest(self) -> Object:
        """The newest version that was seen."""
        return self.versions[-1]

    async def until(self, true: Callable[[Object], object], seconds: float, promise: str) -> Object:
        """The first version from now on, the present one included, of which it is ``true``. Raises ContractBroken."""
        try:
            async with asyncio.timeout(seconds):
                while not true(self.latest):
                    await self._next()
        except TimeoutError:
            raise ContractBroken(f"{promise} within {seconds:g} s; {self.described}") from None
        return self.latest

    async def until_gone(self, seconds: float, promise: str) -> None:
        """Until the object is deleted. Raises ContractBroken."""
        try:
            async with asyncio.timeout(seconds):
                while not self.gone:
                    await self._next()
        except TimeoutError:
            raise ContractBroken(f"{promise} within {seconds:g} s; {self.described}") from None

    async def stays(self, seconds: float, promise: str, *, after: Json | None = None) -> None:
        """Nobody writes the object for so long, but for the checks' own patch (``after``). Raises ContractBroken."""
        before, expected = self.latest, len(self.versions)
        if after is not None:
            expected += 1
            await self.patch(after)
        await self.until_written_by_us()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self.versions) <= expected:
                    await self._next()
        if len(self.versions) > expected:
            raise ContractBroken(f"{promise}; it was {before.status}, and then {self.described}")

    async def until_written_by_us(self) -> None:
        """Until all that the checks themselves wrote was seen."""
        live = await self._client.get(self._resource, *self._key)
        while not self.cache.has_reached(live):
            await self._next()

    async def patch(self, body: Json, *, status: bool = False) -> Object:
        """Change the object, as its owner or (``status``) as the program that its status belongs to."""
        subresource = "status" if status else None
        answer = await self._client.merge_patch(self._resource, *self._key, body, subresource=subresource)
        await self.until_written_by_us()
        return answer

    async def delete(self) -> None:
        """Ask for its deletion."""
        await self._client.delete(self._resource, *self._key)

    @property
    def described(self) -> str:
        """The present state, for messages."""
        if self.gone:
            return "the object is gone"
        meta = self.latest.metadata
        return (
            f"at generation {meta.generation}, finalizers {list(meta.finalizers)}, its status is {self.latest.status}"
        )

    async def _next(self) -> None:
        self._news.clear()
        await self._news.wait()

    def _see(self, change: Change[Object]) -> None:
        if change.new is None:
            self.gone = True
        else:
            self.versions.append(change.new)
        self._news.set()


def name_of(check: object) -> str:
    """A check's name, for the ids of parametrized tests."""
    return getattr(check, "__name__", str(check))
