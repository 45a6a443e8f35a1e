"""In which namespaces an operator works: in those that all its caches can see.

A namespace that was deleted took the roles in it along, so lists in it are refused. What the caches hold of it then
proves nothing, least of all that something is absent.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from jupyternetes.runtime.controller import Controller, Result
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, key_of

Reconcile = Callable[[ObjectKey], Awaitable[Result | None]]


class ServedNamespaces:
    """Holds passes back in namespaces that one of ``informers`` is refused, and makes up for them afterwards."""

    def __init__(self, informers: Sequence[Informer[Any]]) -> None:
        self._informers = informers
        self._skipped: set[str] = set()
        self._sources: list[tuple[Controller[ObjectKey], Informer[Any]]] = []

    def only(self, reconcile: Reconcile) -> Reconcile:
        """``reconcile``, which does nothing where the operator does not work at present."""

        async def pass_if_served(key: ObjectKey) -> Result | None:
            if self.serves(key.namespace):
                return await reconcile(key)
            self._skipped.add(key.namespace)
            return None

        return pass_if_served

    def make_up(self, controller: Controller[ObjectKey], source: Informer[Any]) -> None:
        """Wake ``controller`` for each object of ``source`` in a namespace that is served again."""
        self._sources.append((controller, source))

    def follow(self, informer: Informer[Any]) -> None:
        """Hear from one of the informers that a namespace was listed."""
        informer.on_list(self._listed)

    def serves(self, namespace: str) -> bool:
        """Whether no informer is refused in the namespace."""
        return not any(namespace in informer.refused for informer in self._informers)

    def _listed(self, namespace: str | None) -> None:
        if namespace not in self._skipped or not self.serves(namespace):
            return
        self._skipped.discard(namespace)
        for controller, source in self._sources:
            for obj in source.values():
                if obj.metadata.namespace == namespace:
                    controller.enqueue(key_of(obj), behind=True)
