"""The other-resources operator's few calls to the API server.

The first write of an object is a create, so that somebody else's object of the same name is never taken over. Later
ones are server-side applies without force that carry the uid: they change that very object and no field of others.
https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

import asyncio
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from jupyternetes.api import labels, reasons
from jupyternetes.api.instance import Instance
from jupyternetes.api.other_object import OtherObject
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.assembly.still_there import MadeOnce, check_unchanged
from jupyternetes.operators.other_resources.caches import KindCaches
from jupyternetes.operators.other_resources.plan import is_own, kept_of
from jupyternetes.operators.other_resources.steps import Apply, Create, Delete, KindKey
from jupyternetes.operators.status.failures import REFUSED_RETRY_SECONDS, Failure, create_failure, delete_failure
from jupyternetes.operators.status.warnings import about_entry
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import AlreadyExists, ApiError, Conflict, Invalid, NotFound, UnknownOutcome
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.store import Change
from jupyternetes.templating.references import OTHER_RESOURCES

log = logging.getLogger(__name__)

#: Under which the API server records what we write, and how it calls writes that are no applies.
FIELD_MANAGER: Final = "jupyternetes-other-resources"
_UPDATE: Final = "Update"
_CONFLICT: Final = "FieldManagerConflict"
#: Seconds from one create of an object to the next: whoever deletes each at once would have us make them in a loop.
_AGAIN_AFTER: Final = 2.0


@dataclass(frozen=True, slots=True)
class OtherActions:
    """Creates, applies and deletes; answers are noted in the caches.

    ``kept``: see ``Observed``, by uid. ``made``: the names of what was created for an Instance, whatever became of it,
    with when the API server said so, in the event loop's time.
    """

    client: Client
    caches: KindCaches
    made_once: MadeOnce
    announcer: Announcer
    kept: dict[str, object] = field(default_factory=dict[str, object])
    made: dict[ObjectKey, dict[str, float]] = field(default_factory=dict[ObjectKey, dict[str, float]])

    async def create(self, instance: Instance, create: Create) -> Failure | None:
        """Make the object; why there is none. Raises what is just done again."""
        resource, namespace = self.caches.resources[create.kind], instance.metadata.namespace
        made_before, now = self.made.setdefault(key_of(instance), {}), asyncio.get_running_loop().time()
        pause = made_before.get(_name(create), -math.inf) + _AGAIN_AFTER - now
        if pause > 0:
            return Failure(reasons.WAITING_FOR_OTHER_RESOURCE, "somebody deletes it as soon as it is made", pause)
        await self.made_once.begin(instance, _name(create))
        try:
            made = await self.client.create_with_warnings(resource, namespace, create.body, strict=True)
        except AlreadyExists:
            return await self._already_there(instance, create)
        except (ApiError, UnknownOutcome) as error:
            return _failure(error, create.body)
        made_before[_name(create)] = asyncio.get_running_loop().time()
        self._wrote(instance, create.kind, made.obj, create.body)
        about = f"{create.kind[1]} {made.obj.metadata.name}"
        self.announcer.normal(instance, reasons.OTHER_RESOURCE_CREATED, f"Created {about}")
        self.announcer.warned(instance, about_entry(made.warnings, OTHER_RESOURCES, create.entry, create.body))
        return None

    async def apply(self, instance: Instance, apply: Apply) -> Failure | None:
        """Bring the object to what it is to be; why it is not. Raises what is just done again."""
        resource, meta = self.caches.resources[apply.kind], apply.obj.metadata
        body = {**apply.body, "metadata": cast("dict[str, object]", apply.body["metadata"]) | {"uid": meta.uid}}
        try:
            await self._own_by_apply(apply)
            made = await self.client.apply(resource, meta.namespace, meta.name, body, strict=True)
        except Conflict as error:
            if not any(cause.reason == _CONFLICT for cause in error.causes):
                raise  # it is another object by now, which the cache is about to tell
            reason = reasons.FIELD_OF_ANOTHER
            return Failure(reason, f"{error}. {reason.advice}")
        except (ApiError, UnknownOutcome) as error:
            return _failure(error, apply.body)
        self._wrote(instance, apply.kind, made.obj, apply.body)
        about = f"{apply.kind[1]} {meta.name}"
        self.announcer.normal(instance, reasons.OTHER_RESOURCE_RESTORED, f"Brought {about} to what the Template says")
        return None

    async def delete(self, instance: Instance, delete: Delete) -> Failure | None:
        """Ask for the deletion of exactly this object, which may be gone; why it is refused. That is told at once.

        It keeps nothing else from being done, and no start from being told of. Raises what is just done again.
        """
        meta = delete.obj.metadata
        resource = self.caches.resources[delete.kind]
        try:
            await self.client.delete(resource, meta.namespace, meta.name, uid=meta.uid)
        except NotFound:
            return None
        except Conflict:
            return None  # another object has the name by now; it is not ours
        except (ApiError, UnknownOutcome) as error:
            failure = delete_failure(error)
            if failure is None:
                raise
            self.announcer.warning(instance, failure.reason, f"{delete.kind[1]} {meta.name}: {failure.message}")
            return failure
        self.announcer.normal(instance, reasons.OTHER_RESOURCE_DELETED, f"Deleted {delete.kind[1]} {meta.name}")
        return None

    def forget(self, instance: ObjectKey) -> None:
        """The Instance is gone."""
        self.made.pop(instance, None)
        self.made_once.forget(instance)

    def heard(self, change: Change[OtherObject]) -> None:
        """An object that is gone is compared with nothing any more."""
        if change.new is None and change.old is not None:
            self.kept.pop(change.old.metadata.uid, None)

    async def _already_there(self, instance: Instance, create: Create) -> Failure | None:
        """Whose object has the name: it may be our own, of a create whose answer was lost."""
        namespace = instance.metadata.namespace
        name = _name(create)
        obj = await self.client.get(self.caches.resources[create.kind], namespace, name)
        marks = {labels.INSTANCE: instance.metadata.name, labels.RESOURCE_NAME: create.entry}
        if is_own(instance, obj) and marks.items() <= obj.metadata.labels.items():
            self.caches.wrote(create.kind, key_of(instance), obj)
            return None
        reason = reasons.OBJECT_OF_ANOTHER
        about = f"{create.kind[1]} {namespace}/{name} exists and was not made for this Instance, or is not marked so"
        return Failure(reason, f"{about}. {reason.advice}")

    async def _own_by_apply(self, apply: Apply) -> None:
        """What was created counts as applied from now on, or an apply would be in conflict with our own create.

        Raises Conflict if the object is not the newest: its own operator, for one, may write to it at any time.
        https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
        """
        resource, meta = self.caches.resources[apply.kind], apply.obj.metadata
        for place, record in enumerate(apply.obj.records):
            if (record.manager, record.operation, record.subresource) != (FIELD_MANAGER, _UPDATE, ""):
                continue
            path = f"/metadata/managedFields/{place}"
            steps = [
                {"op": "test", "path": "/metadata/uid", "value": meta.uid},
                {"op": "test", "path": "/metadata/resourceVersion", "value": meta.resource_version},
                {"op": "replace", "path": f"{path}/operation", "value": "Apply"},
            ]
            try:
                await self.client.json_patch(resource, meta.namespace, meta.name, steps)
            except Invalid:
                await check_unchanged(self.client, resource, apply.obj)
                raise  # the tests held: it is the object that the API server refuses

    def _wrote(self, instance: Instance, kind: KindKey, obj: OtherObject, body: Mapping[str, object]) -> None:
        self.kept[obj.metadata.uid] = kept_of(obj, body)
        self.caches.wrote(kind, key_of(instance), obj)


def _name(create: Create) -> str:
    return cast("dict[str, str]", create.body["metadata"])["name"]


def _failure(error: ApiError | UnknownOutcome, body: Mapping[str, object]) -> Failure:
    """What to say of a write that failed. Raises what is just done again."""
    if isinstance(error, NotFound):
        # Of a create: the kind is gone, or the namespace, which takes the Instance along.
        return Failure(reasons.WAITING_FOR_OTHER_RESOURCE, str(error), REFUSED_RETRY_SECONDS)
    failure = create_failure(error, body)
    if failure is None:
        raise error
    return failure
