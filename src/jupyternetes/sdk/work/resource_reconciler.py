"""A pass over one object of a ``@resource``: call its function, and write what it says."""

from dataclasses import dataclass, field

from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.errors import Conflict, NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.store import Change
from jupyternetes.sdk.answers import NotYet, Refused
from jupyternetes.sdk.cluster import Cluster
from jupyternetes.sdk.kinds import Json, Object
from jupyternetes.sdk.resources import ResourceOperator
from jupyternetes.sdk.work import status
from jupyternetes.sdk.work.calls import OURS, failure_message, within
from jupyternetes.sdk.work.latest import Latest
from jupyternetes.sdk.work.status_writer import StatusWriter


@dataclass(slots=True)
class ResourceReconciler:
    """Reconciles the objects that ``cache`` holds, by key."""

    operator: ResourceOperator
    client: Client
    cache: Informer[Object]
    cluster: Cluster
    _latest: Latest[Object] = field(default_factory=Latest[Object], init=False)
    _writer: StatusWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = StatusWriter(self.client, self.cache.resource, self._latest)

    def is_news(self, change: Change[Object]) -> bool:
        """Whether a change of the cache asks for a pass: more than our own writes, and finalizers of others."""
        old, new = change.old, change.new
        if old is None or new is None or self._lost_finalizer(old, new):
            return True
        return _asked(old) != _asked(new) or (old.status != new.status and not self._writer.is_as_written(new))

    async def reconcile(self, key: ObjectKey) -> Result | None:
        """One pass. Raises what the function or the API server failed with."""
        cached = self.cache.get(*key)
        if cached is None:
            self._latest.forget(key)
            self._writer.forget(key)
            return None
        try:
            return await self._pass(self._latest.of(cached))
        except Conflict:
            self._latest.forget(key)  # an older state of the API server may have been restored
            raise

    def _lost_finalizer(self, old: Object, new: Object) -> bool:
        mine = self.operator.finalizer
        return mine in old.metadata.finalizers and mine not in new.metadata.finalizers

    async def _pass(self, obj: Object) -> Result | None:
        held = self.operator.finalizer in obj.metadata.finalizers
        if obj.metadata.deleting:
            return await self._end(obj) if held else None
        if self.operator.finalize is not None and not held:
            obj = await self._set_finalizers(obj, [*obj.metadata.finalizers, self.operator.finalizer])
        try:
            returned = await within(self.operator.timeout, self.operator.reconcile(obj, self.cluster))
            said = status.answered(obj, returned, self.operator.owns, _now())
        except Exception as error:
            return await self._held_up(obj, error)
        await self._writer.write(obj, said)
        return Result(requeue_after=self.operator.again_after)

    async def _end(self, obj: Object) -> Result | None:
        try:
            if self.operator.finalize is not None:
                await within(self.operator.timeout, self.operator.finalize(obj, self.cluster))
        except Exception as error:
            return await self._held_up(obj, error)
        rest = [each for each in obj.metadata.finalizers if each != self.operator.finalizer]
        try:
            await self._set_finalizers(obj, rest)
        except NotFound:
            return None
        return None

    async def _held_up(self, obj: Object, error: Exception) -> Result | None:
        """Say what the function raised instead of returning; raises what it did not mean to."""
        if isinstance(error, OURS):
            raise error
        match error:
            case NotYet():
                await self._say(obj, error.reason, error.message)
                return Result(requeue_after=error.again_after)
            case Refused():
                await self._say(obj, error.reason, error.message)
                return Result(requeue_after=self.operator.again_after)
            case _:
                await self._say(obj, "OperatorFailed", failure_message(error))
                raise error

    async def _say(self, obj: Object, reason: str, message: str) -> None:
        if not self.operator.owns:
            await self._writer.write(obj, status.held_up(obj, reason, message, _now()))

    async def _set_finalizers(self, obj: Object, finalizers: list[str]) -> Object:
        body: Json = {"metadata": {"resourceVersion": obj.metadata.resource_version, "finalizers": finalizers}}
        return self._latest.wrote(await self.client.merge_patch(self.cache.resource, *key_of(obj), body))


def _asked(obj: Object) -> Json:
    """All of an object but its status and its finalizers."""
    metadata: Json = obj.content["metadata"]
    kept = {name: value for name, value in metadata.items() if name != "finalizers"}
    return {name: value for name, value in obj.content.items() if name != "status"} | {"metadata": kept}


def _now() -> str:
    return rfc3339(utc_now())
