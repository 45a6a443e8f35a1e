"""An informer under test, and what must be true of it whatever happened on the way."""

import asyncio
from collections.abc import Awaitable, Callable

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.store import Change
from tests.integration.runtime.gadgets import GADGETS, Gadget, gadget
from tests.support.waiting import PATIENCE

Version = tuple[str, str, str]


class Follower:
    """Runs an informer on the gadgets of one namespace; ``direct`` looks at the server without it."""

    def __init__(self, client: Client, direct: Client, namespace: str, inactivity: float) -> None:
        self.informer = Informer(client, GADGETS, namespaces=[namespace], inactivity=inactivity)
        self.told: list[Change[Gadget]] = []
        self._direct = direct
        self._namespace = namespace
        self._changed = asyncio.Event()
        self.informer.subscribe(self._hear)
        self._task = asyncio.create_task(self.informer.run())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    async def change_everything(self) -> None:
        """A change, a deletion, an addition, and all three under one name: six events."""
        await self._direct.merge_patch(GADGETS, self._namespace, "changes", {"spec": {"size": 1}})
        await self._direct.delete(GADGETS, self._namespace, "goes")
        await self._direct.create(GADGETS, self._namespace, gadget("comes", color="grün"))
        await self._direct.delete(GADGETS, self._namespace, "again")
        await self._direct.create(GADGETS, self._namespace, gadget("again", size=2))
        await self._direct.merge_patch(GADGETS, self._namespace, "again", {"spec": {"size": 3}})

    async def begin(self) -> None:
        """The objects that ``change_everything`` is about, of which one is added while watching."""
        for name in ("stays", "changes", "goes", "again"):
            await self._direct.create(GADGETS, self._namespace, gadget(name))
        await self.settled()

    async def heard(self) -> None:
        """Until something more is told."""
        self._changed.clear()
        async with asyncio.timeout(PATIENCE):
            await self._changed.wait()

    async def settled(self, *, seconds: float = PATIENCE, restored: bool = False) -> None:
        """Until the cache equals the server; then each deletion must have been told once, and nothing after it.

        A server that was ``restored`` from a backup may have again what was deleted.
        """
        async with asyncio.timeout(seconds):
            while self._cached() != await self._on_server():
                self._changed.clear()
                if self._cached() != await self._on_server():
                    await self._changed.wait()
        self._check_what_was_told(restored=restored)

    def _check_what_was_told(self, *, restored: bool) -> None:
        present: dict[str, str] = {}
        deleted: set[str] = set()
        for change in self.told:
            old, new = change.old, change.new
            if old is not None:
                assert present.get(old.metadata.uid) == old.metadata.resource_version, f"{change}: not what was told"
            if new is not None:
                assert restored or new.metadata.uid not in deleted, f"{change} after its deletion"
                assert (old is None) == (new.metadata.uid not in present), f"{change}: told as new twice"
                present[new.metadata.uid] = new.metadata.resource_version
            elif old is not None:
                del present[old.metadata.uid]
                deleted.add(old.metadata.uid)
        assert present == {obj.metadata.uid: obj.metadata.resource_version for obj in self.informer.values()}

    def _cached(self) -> set[Version]:
        return {_version(obj) for obj in self.informer.values()}

    async def _on_server(self) -> set[Version]:
        return {_version(obj) for obj in (await self._direct.list(GADGETS, self._namespace)).items}

    def _hear(self, change: Change[Gadget]) -> None:
        self.told.append(change)
        self._changed.set()


Follow = Callable[..., Awaitable[Follower]]


def _version(obj: Gadget) -> Version:
    return (obj.metadata.name, obj.metadata.uid, obj.metadata.resource_version)
