"""What every reconciler of Instances begins with: the newest Instance, or an end to what is remembered of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from jupyternetes.api import conditions
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES
from jupyternetes.api.times import utc_now
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.assembly.still_there import check_still_there
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey


@dataclass(slots=True, kw_only=True)
class InstanceReconciler(ABC):
    """Reconciles Instances, by key.

    ``acts_on_held``: also those that are being deleted and that another program's finalizer keeps.
    """

    acts_on_held: ClassVar[bool] = False

    client: Client
    instances: Informer[Instance]
    status: StatusWriter
    announcer: Announcer
    now: Callable[[], datetime] = utc_now

    async def reconcile(self, key: ObjectKey) -> Result | None:
        """One pass; everything it needs to know is in the caches, whatever woke it."""
        cached = self.instances.get(*key)
        if cached is None or (cached.metadata.deleting and not (self.acts_on_held and cached.metadata.held_by)):
            self.status.forget(key)
            self.forget(key)
            return None
        instance = self.status.latest(cached)
        try:
            return await self.reconcile_instance(instance)
        except NotFound:
            # That nothing can be written for an Instance that has just been deleted is no failure to tell of.
            await check_still_there(self.client, INSTANCES, instance)
            raise

    @abstractmethod
    async def reconcile_instance(self, instance: Instance) -> Result | None:
        """Bring what this operator makes for the Instance to what is asked for, and report."""

    @abstractmethod
    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone: drop what is remembered of it. Kubernetes removes what it owns."""

    async def repair(self, instance: Instance) -> None:
        """Say what cannot be read of the Instance, and clear what of that is in its status."""
        condition = await self.status.repair(instance, now=self.now())
        if condition is not None and condition.type != conditions.READY:  # Ready repeats what the others say
            self.announcer.failure(instance, condition)
