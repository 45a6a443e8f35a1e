"""What there is of each kind that is allowed: a cache each, none of which keeps the operator from working.

A kind may not be installed, or its operator may be about to be removed; that is the trouble of those Templates alone.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jupyternetes.api import labels
from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.api.other_object import OtherObject, resource_of
from jupyternetes.operators.assembly.assembly import INSTANCE_INDEX
from jupyternetes.operators.assembly.wakes import labelled_instance
from jupyternetes.operators.other_resources.steps import KindKey, Observed
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Forbidden, NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, version_of
from jupyternetes.runtime.reflector import Failure
from jupyternetes.runtime.resource import Resource

_PATIENCE: Final = 10.0  # seconds


class _Cache(Informer[OtherObject]):
    """``answered`` once the API server has listed the kind, or has said that it cannot."""

    def __init__(self, client: Client, resource: Resource[OtherObject], namespaces: Sequence[str]) -> None:
        super().__init__(
            client,
            resource,
            namespaces=namespaces,
            label_selector=labels.INSTANCE,
            indexers={INSTANCE_INDEX: labelled_instance},
        )
        self.answered = asyncio.Event()
        self.on_list(lambda _: self.answered.set())

    def failed(self, namespace: str | None, error: Failure) -> None:
        super().failed(namespace, error)
        if isinstance(error, NotFound | Forbidden):
            self.answered.set()


@dataclass(slots=True)
class _Kind:
    cache: _Cache
    #: Answers to writes that the cache does not show yet, by Instance and uid.
    written: dict[ObjectKey, dict[str, OtherObject]]

    def known(self, instance: ObjectKey) -> list[OtherObject]:
        found = {obj.metadata.uid: obj for obj in self.cache.by_index(INSTANCE_INDEX, instance)}
        newer = self.written.pop(instance, {})
        newer = {uid: obj for uid, obj in newer.items() if not self.cache.has_reached(obj)}
        if newer:
            self.written[instance] = newer
        return [*(found | newer).values()]


class KindCaches:
    """Runs beside the controllers; ``first_look`` returns once each kind was listed, or is known not to be there."""

    def __init__(self, client: Client, kinds: Sequence[OtherKind], namespaces: Sequence[str]) -> None:
        self.resources = {(kind.api_version, kind.kind): resource_of(kind) for kind in kinds}
        self._kinds = {key: _Kind(_Cache(client, resource, namespaces), {}) for key, resource in self.resources.items()}
        self._looked = False
        self._patience_ends = 0.0

    @property
    def informers(self) -> Iterable[Informer[OtherObject]]:
        return [kind.cache for kind in self._kinds.values()]

    async def run(self) -> None:
        """Keep the caches filled, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for informer in self.informers:
                group.create_task(informer.run())

    async def first_look(self) -> None:
        """Until there is nothing to wait for, but not for long: what fails of one kind must not keep the others."""
        if self._looked:
            return
        loop = asyncio.get_running_loop()
        self._patience_ends = self._patience_ends or loop.time() + _PATIENCE
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._patience_ends):
                for kind in self._kinds.values():
                    await kind.cache.answered.wait()
        self._looked = True

    def observe(self, instance: ObjectKey, *, now: datetime) -> Observed:
        """All that is labelled with an Instance, by kind, and why nothing is known of the other kinds."""
        found: dict[KindKey, tuple[OtherObject, ...]] = {}
        unlisted: dict[KindKey, str] = {}
        for key, kind in self._kinds.items():
            refused = kind.cache.refused.get(instance.namespace)
            if kind.cache.synced and refused is None:
                found[key] = tuple(kind.known(instance))
            else:
                unlisted[key] = str(refused or kind.cache.last_error or "it has not been listed yet")
        return Observed(now=now, objects=found, unlisted=unlisted)

    def wrote(self, kind: KindKey, instance: ObjectKey, obj: OtherObject) -> None:
        """Note the answer to a write."""
        known = self._kinds[kind].written.setdefault(instance, {})
        before = known.get(obj.metadata.uid)
        if before is None or version_of(before) < version_of(obj):
            known[obj.metadata.uid] = obj

    def forget(self, instance: ObjectKey) -> None:
        """The Instance is gone."""
        for kind in self._kinds.values():
            kind.written.pop(instance, None)
