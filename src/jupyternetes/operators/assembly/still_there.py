"""Whether an object is still there, and as the cache shows it: its watch may be late, or stand still.

Kubernetes removes what a gone Instance owns as soon as it is made, and the operator would make it anew each time.
https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
And what is deleted by its name may belong by now to another Instance that was made anew under the same name.
"""

from dataclasses import dataclass, field
from typing import TypeVar

from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Conflict, NotFound, Status
from jupyternetes.runtime.objects import KubernetesObject, ObjectKey, key_of
from jupyternetes.runtime.resource import Resource

Object = TypeVar("Object", bound=KubernetesObject)


async def check_still_there(client: Client, resource: Resource[Object], cached: Object) -> None:
    """Raises Conflict if ``cached`` is gone, which the cache is about to show.

    The request for it may fail in other ways, too.
    """
    try:
        found = await client.get(resource, *key_of(cached))
    except NotFound:
        found = None
    if found is None or found.metadata.uid != cached.metadata.uid:
        raise _conflict(resource, cached, "it is gone, and the cache does not show that yet")


async def check_unchanged(client: Client, resource: Resource[Object], cached: Object) -> None:
    """Raises Conflict if ``cached`` is not the newest version, and NotFound if it is gone.

    The request for it may fail in other ways, too.
    """
    live = await client.get(resource, *key_of(cached))
    if live.metadata.resource_version != cached.metadata.resource_version:
        raise _conflict(resource, cached, "it is not as the cache shows it any more")


def _conflict(resource: Resource[Object], cached: Object, message: str) -> Conflict:
    return Conflict(f"{resource.full_name} {key_of(cached)}", Status(code=409, reason="Conflict", message=message))


@dataclass(frozen=True, slots=True)
class MadeOnce:
    """Remembers what was made for the present start of an Instance, and asks for the Instance before the next time."""

    client: Client
    _made: dict[ObjectKey, tuple[str, ...]] = field(default_factory=dict[ObjectKey, tuple[str, ...]])
    """Uid and start id of the Instance, then what was made, or may have been."""

    async def begin(self, instance: Instance, what: str) -> None:
        """``what`` is about to be made. If it was before, raises as ``check_still_there`` does."""
        key, start = key_of(instance), (instance.metadata.uid, instance.spec.start_id)
        made = self._made.get(key, start)
        if made[:2] != start:
            made = start
        if what not in made[2:]:
            self._made[key] = (*made, what)
        else:
            await check_still_there(self.client, INSTANCES, instance)

    def forget(self, key: ObjectKey) -> None:
        """The cache shows that the Instance is gone, or nothing is made before its next start."""
        self._made.pop(key, None)
