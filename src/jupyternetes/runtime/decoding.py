"""From the API server's bytes to structs, an object at a time: one that cannot be read never spoils its neighbours."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, NamedTuple

import msgspec

from jupyternetes.runtime.errors import Status, Unreadable
from jupyternetes.runtime.objects import ObjectKey, T, version_of
from jupyternetes.runtime.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Identity(msgspec.Struct, frozen=True, rename="camel"):
    """The metadata that every object has, however odd the rest of it is."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    deletion_timestamp: str | None = None


class Partial(msgspec.Struct, frozen=True):
    """An object of any kind, reduced to its metadata."""

    metadata: Identity = Identity()


class _PageMetadata(msgspec.Struct, rename={"resource_version": "resourceVersion", "token": "continue"}):
    resource_version: str = ""
    token: str = ""


class _Page(msgspec.Struct):
    metadata: _PageMetadata
    items: list[msgspec.Raw] = []


class _Line(msgspec.Struct):
    type: str
    object: msgspec.Raw


class Broken(NamedTuple):
    """An object that cannot be read."""

    uid: str
    reason: str


@dataclass(slots=True)
class Listing(Generic[T]):
    """A list as it was at ``resource_version``; ``broken`` holds what cannot be read."""

    resource_version: str = ""
    items: list[T] = field(default_factory=list[T])
    broken: dict[ObjectKey, Broken] = field(default_factory=dict[ObjectKey, Broken])

    def complete(self, resource: Resource[T]) -> list[T]:
        """The items; raises Unreadable if there is one that cannot be read, which might be what is looked for."""
        for key, broken in self.broken.items():
            raise Unreadable(
                f"{resource.full_name} {key} may be what is looked for, and cannot be read: {broken.reason}"
            )
        return self.items


@dataclass(frozen=True, slots=True)
class WatchEvent(Generic[T]):
    """One line of a watch. ``object`` is None for a bookmark, and for one that cannot be read: ``broken`` says why."""

    type: str
    identity: Identity
    object: T | None = None
    broken: str = ""

    @property
    def key(self) -> ObjectKey:
        """Whom the event is about."""
        return ObjectKey(self.identity.namespace, self.identity.name)


class Codec(Generic[T]):
    """Reads one kind of object; a class method ``partial_decode`` of it reads what it can of one that does not fit.

    A class method ``from_content`` is given the whole object as plain data, of kinds whose fields nobody knows.
    """

    def __init__(self, kind: type[T]) -> None:
        self._objects = msgspec.json.Decoder(kind)
        self._from_content: Callable[[dict[str, object]], T] | None = getattr(kind, "from_content", None)
        self._partial_decode: Callable[[Mapping[str, object]], T] | None = getattr(kind, "partial_decode", None)
        self._identities = msgspec.json.Decoder(Partial)
        self._pages = msgspec.json.Decoder(_Page)
        self._lines = msgspec.json.Decoder(_Line)
        self._statuses = msgspec.json.Decoder(Status)

    def object(self, data: bytes | msgspec.Raw) -> T:
        """The object; raises msgspec.DecodeError if it does not fit its struct or has no version."""
        obj = self._decode(data)
        try:
            version_of(obj)
        except ValueError as error:
            raise msgspec.ValidationError(f"metadata.resourceVersion: {error}") from None
        return obj

    def _decode(self, data: bytes | msgspec.Raw) -> T:
        if self._from_content is not None:
            return self._from_content(msgspec.json.decode(data, type=dict[str, object]))
        try:
            return self._objects.decode(data)
        except msgspec.ValidationError:
            if self._partial_decode is None:
                raise
            return self._partial_decode(msgspec.json.decode(data, type=dict[str, object]))

    def page(self, data: bytes, into: Listing[T], keep: "Callable[[T], bool] | None" = None) -> str:
        """Add a list page to ``into``; the answer is the token of the next page, empty after the last.

        Only the objects that ``keep`` wants are added, if it is given.
        """
        page = self._pages.decode(data)
        into.resource_version = page.metadata.resource_version
        if not into.resource_version.isdecimal():
            raise msgspec.ValidationError("the list has no resourceVersion")
        for raw in page.items:
            try:
                obj = self.object(raw)
            except msgspec.DecodeError as error:
                identity = self._identity(raw)
                into.broken[ObjectKey(identity.namespace, identity.name)] = Broken(identity.uid, str(error))
                continue
            if keep is None or keep(obj):
                into.items.append(obj)
        return page.metadata.token

    def line(self, data: bytes) -> WatchEvent[T] | Status:
        """One watch line; a Status for an ERROR event. Raises msgspec.DecodeError if it is no watch line at all."""
        line = self._lines.decode(data)
        if line.type == "ERROR":
            return self._statuses.decode(line.object)
        if line.type == "BOOKMARK":
            return WatchEvent(line.type, self._identity(line.object))
        try:
            obj = self.object(line.object)
        except msgspec.DecodeError as error:
            return WatchEvent(line.type, self._identity(line.object), None, str(error))
        meta = obj.metadata
        return WatchEvent(line.type, Identity(meta.name, meta.namespace, meta.uid, meta.resource_version), obj)

    def _identity(self, raw: msgspec.Raw) -> Identity:
        try:
            identity = self._identities.decode(raw).metadata
        except msgspec.DecodeError:
            return Identity()
        if identity.resource_version.isdecimal():
            return identity
        return Identity(identity.name, identity.namespace, identity.uid)
