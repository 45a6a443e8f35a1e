"""The objects of one kind that are known, with indexes; what becomes of an object is told as changes."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic

from jupyternetes.runtime.objects import ObjectKey, T, key_of, version_of

Indexer = Callable[[T], Iterable[Hashable]]


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """``old`` is None for an addition, ``new`` for a deletion; ``initial`` if it stems from the first list."""

    old: T | None
    new: T | None
    initial: bool = False


class Store(Generic[T]):
    """Objects are replaced, never changed. An indexer that raises leaves the store as it was."""

    def __init__(self, indexers: Mapping[str, Indexer[T]]) -> None:
        self._objects: dict[ObjectKey, T] = {}
        self._indexers = dict(indexers)
        self._index: dict[str, dict[Hashable, dict[ObjectKey, T]]] = {name: {} for name in indexers}

    def get(self, key: ObjectKey) -> T | None:
        """The object under this name."""
        return self._objects.get(key)

    def by_index(self, index: str, value: Hashable) -> list[T]:
        """The objects for which the indexer gave ``value``. Raises KeyError for an index that was never declared."""
        return list(self._index[index].get(value, {}).values())

    def values(self) -> Iterable[T]:
        """All objects; copy it before awaiting."""
        return self._objects.values()

    def keys(self, namespace: str | None) -> list[ObjectKey]:
        """The names known in one namespace, or in all."""
        return [key for key in self._objects if namespace is None or key.namespace == namespace]

    def __len__(self) -> int:
        return len(self._objects)

    def put(self, obj: T, *, authoritative: bool = False, initial: bool = False) -> list[Change[T]]:
        """Take in an object as seen.

        What is not newer than the object known under the name is a replay and changes nothing. ``authoritative`` says
        that it stems from a consistent list, which is right even where its version is older: etcd was restored then.
        Another uid under a known name is a deletion and an addition.
        """
        key, old = key_of(obj), self._objects.get(key_of(obj))
        if old is not None:
            newer = version_of(obj) - version_of(old)
            if obj == old or (newer <= 0 and not authoritative):
                return []
        additions = self._entries(obj)
        if old is not None:
            self._forget(key, old)
        self._objects[key] = obj
        for name, value in additions:
            self._index[name].setdefault(value, {})[key] = obj
        if old is not None and old.metadata.uid != obj.metadata.uid:
            return [Change(old, None), Change(None, obj, initial)]
        return [Change(old, obj, initial)]

    def remove(self, key: ObjectKey, *, uid: str = "", version: int | None = None) -> list[Change[T]]:
        """Take out what is known under ``key``; a deletion of an earlier object of that name changes nothing.

        A uid never comes back, so its deletion counts whatever version is known of it.
        """
        old = self._objects.get(key)
        if old is None:
            return []
        if uid and uid != old.metadata.uid and version is not None and version < version_of(old):
            return []
        self._forget(key, old)
        return [Change(old, None)]

    def _entries(self, obj: T) -> list[tuple[str, Hashable]]:
        return [(name, value) for name, indexer in self._indexers.items() for value in indexer(obj)]

    def _forget(self, key: ObjectKey, old: T) -> None:
        del self._objects[key]
        for name, value in self._entries(old):
            bucket = self._index[name].get(value, {})
            bucket.pop(key, None)
            if not bucket:
                self._index[name].pop(value, None)
