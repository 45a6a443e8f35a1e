"""One watch on a hub's own Instances, shared by all its spawners, however many servers it has.

A poll or a waiting start then costs the API server nothing, and no spawner waits for what another one asked for.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from jupyternetes.api import labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import version_of
from jupyternetes.runtime.store import Change
from jupyternetes.spawner.cluster.follow import Followed
from jupyternetes.spawner.cluster.wakeup import Wakeup
from jupyternetes.spawner.hub.ownership import Owner, hub_selector

T = TypeVar("T")

_PERSONS: Final = "persons"
_NAMES: Final = "names"


class InstanceWatch(Followed[Instance]):
    """The Instances of one hub in one namespace. It follows them from construction on, until the loop ends."""

    def __init__(self, client: Client, namespace: str, hub_id: str) -> None:
        informer = Informer(
            client,
            INSTANCES,
            namespaces=(namespace,),
            label_selector=hub_selector(hub_id),
            indexers={_PERSONS: _person, _NAMES: _names},
            fail_fast=True,
        )
        informer.subscribe(self._changed)
        informer.on_list(self._listed)
        self._changes: dict[str, Wakeup] = {}
        super().__init__(informer, namespace, "Instances")

    def get(self, name: str) -> Instance | None:
        """The Instance as last seen; None may also mean that it is not ours, or not seen yet."""
        return self._informer.get(self._namespace, name)

    def candidates(self, owner: Owner) -> Iterator[Instance]:
        """Those that were made for the owner's person, or bear the owner's names."""
        found = [*self._informer.by_index(_NAMES, (owner.user, owner.server)), self.get(owner.instance_name)]
        if owner.person:
            found += self._informer.by_index(_PERSONS, owner.person)
        return (instance for instance in found if instance is not None)

    def newest(self, known: Instance) -> Instance | None:
        """The newest state at or after ``known``, an answer of the API server; None if it was deleted since."""
        cached = self.get(known.metadata.name)
        if cached is not None and cached.metadata.uid == known.metadata.uid:
            return cached if version_of(cached) >= version_of(known) else known
        return None if self._informer.has_reached(known) else known

    async def until(self, name: str, decide: Callable[[], T | None]) -> T:
        """What ``decide`` says once it says something; it is asked now and after each change of the Instance."""
        while (decision := decide()) is None:
            changes = self._changes.setdefault(name, Wakeup())
            try:
                await changes.wait()
            finally:
                if changes.idle:
                    self._changes.pop(name, None)
        return decision

    def _listed(self, _: str | None) -> None:
        """What came and went unseen is in no change: whoever waits for that may know by now that it is gone."""
        for changes in self._changes.values():
            changes.fire()

    def _changed(self, change: Change[Instance]) -> None:
        instance = change.new or change.old
        if instance is not None and (changes := self._changes.get(instance.metadata.name)):
            changes.fire()


def _person(instance: Instance) -> list[str]:
    return [instance.metadata.annotations.get(labels.PERSON, "")]


def _names(instance: Instance) -> list[tuple[str, str]]:
    annotations = instance.metadata.annotations
    return [(annotations.get(labels.USERNAME, ""), annotations.get(labels.SERVERNAME, ""))]
