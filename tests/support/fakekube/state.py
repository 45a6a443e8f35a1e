"""Objects, versions and history: etcd as the API server shows it, without any rule about what may be written.

Objects that it hands out are its own: read them, and never change them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.support.fakekube.kinds import Kind
from tests.support.fakekube.refusals import expired

Json = dict[str, Any]


class Key(NamedTuple):
    """``namespace`` is empty for what has none."""

    kind: Kind
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """One commit. ``old`` is None for a creation, ``new`` for a deletion; versions are those of the whole state."""

    version: int
    key: Key
    old: Json | None
    new: Json | None

    @property
    def last(self) -> Json:
        """The object after the change; a deleted one as it was, with the version of its deletion."""
        if self.new is not None:
            return self.new
        assert self.old is not None
        return {**self.old, "metadata": {**self.old["metadata"], "resourceVersion": str(self.version)}}


class State:
    """Starts empty, at version 1. Listeners hear of each commit, in order, before the writer does."""

    def __init__(self) -> None:
        self.version = 1
        self.oldest = 1
        """The oldest version from which there is history."""
        self._objects: dict[Key, Json] = {}
        self._history: list[Change] = []
        self._listeners: list[Callable[[Change], None]] = []

    def get(self, key: Key) -> Json | None:
        return self._objects.get(key)

    def items(self) -> list[tuple[Key, Json]]:
        return list(self._objects.items())

    def commit(self, key: Key, new: Json | None) -> Json:
        """Store an object under the next version, or remove it; the answer is what watchers see."""
        self.version += 1
        old = self._objects.pop(key, None)
        if new is not None:
            new = {**new, "metadata": {**new["metadata"], "resourceVersion": str(self.version)}}
            self._objects[key] = new
        change = Change(self.version, key, old, new)
        self._history.append(change)
        for listener in tuple(self._listeners):
            listener(change)
        return change.last

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``listener`` for each commit from now on; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def objects(self, kind: Kind, namespace: str = "", *, at: int | None = None) -> list[Json]:
        """All objects of a kind, or those of one namespace, by namespace and name; Refused (410) for a lost past."""
        found = self._objects if at is None else self._as_of(at)
        keys = sorted(key[1:] for key in found if key.kind is kind and namespace in ("", key.namespace))
        return [found[Key(kind, *key)] for key in keys]

    def since(self, version: int) -> list[Change]:
        """The commits after ``version``; Refused (410) for a lost past."""
        self._check(version)
        return [change for change in self._history if change.version > version]

    def compact(self, version: int | None = None) -> None:
        """Forget the history before ``version``, or all of it: what rests on an older one is refused from now on."""
        self.oldest = self.version if version is None else version
        self._history = [change for change in self._history if change.version > self.oldest]

    def restore(self, version: int) -> None:
        """Be as of an earlier version, as etcd restored from a backup; watchers hear nothing of it."""
        self._objects = self._as_of(version)
        self._history = [change for change in self._history if change.version <= version]
        self.version = version

    def _as_of(self, version: int) -> dict[Key, Json]:
        self._check(version)
        objects = dict(self._objects)
        for change in reversed(self._history):
            if change.version <= version:
                break
            objects.pop(change.key, None)
            if change.old is not None:
                objects[change.key] = change.old
        return objects

    def _check(self, version: int) -> None:
        if version < self.oldest:
            raise expired(f"too old resource version: {version} ({self.oldest})")
