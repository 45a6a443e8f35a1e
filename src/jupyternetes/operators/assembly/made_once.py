"""Nothing is made twice for an Instance that is gone while the cache still shows it, as when its watch stands still.

Kubernetes removes what such an Instance owns as soon as it is made, and the operator would make it anew each time.
https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
"""

from dataclasses import dataclass, field

from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Conflict, NotFound, Status
from jupyternetes.runtime.objects import ObjectKey, key_of


@dataclass(frozen=True, slots=True)
class MadeOnce:
    """Remembers what was made for the present start of an Instance, and asks for the Instance before the next time."""

    client: Client
    _made: dict[ObjectKey, tuple[str, ...]] = field(default_factory=dict[ObjectKey, tuple[str, ...]])
    """Uid and start id of the Instance, then what was made, or may have been."""

    async def begin(self, instance: Instance, what: str) -> None:
        """``what`` is about to be made.

        Raises Conflict if it was before and the Instance is gone, which the cache is about to show. The request for
        the Instance may fail in other ways, too.
        """
        key, start = key_of(instance), (instance.metadata.uid, instance.spec.start_id)
        made = self._made.get(key, start)
        if made[:2] != start:
            made = start
        if what not in made[2:]:
            self._made[key] = (*made, what)
        elif not await self._is_there(instance):
            gone = Status(code=409, reason="Conflict", message="it is gone, and the cache does not show that yet")
            raise Conflict(f"JupyterNotebookInstance {key}", gone)

    def forget(self, key: ObjectKey) -> None:
        """The cache shows that the Instance is gone, or nothing is made before its next start."""
        self._made.pop(key, None)

    async def _is_there(self, instance: Instance) -> bool:
        meta = instance.metadata
        try:
            return (await self.client.get(INSTANCES, meta.namespace, meta.name)).metadata.uid == meta.uid
        except NotFound:
            return False
