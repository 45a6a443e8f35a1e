"""A kind of object, and an object of it: its metadata as a struct, everything else as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Generic, Self, cast

import msgspec

from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.runtime.objects import T
from jupyternetes.runtime.resource import Resource

Json = dict[str, Any]

#: Parts of its metadata that change without anything of it being another.
_BOOKKEEPING = ("managedFields", "resourceVersion")


class Object(Slim, frozen=True, kw_only=True):
    """An object as it was seen; ``content`` is all of it but the bookkeeping of the API server. Only read it."""

    metadata: Metadata
    content: Json

    @classmethod
    def from_content(cls, content: dict[str, object]) -> Self:
        """From a decoded object. Raises msgspec.ValidationError."""
        written = content.get("metadata")
        metadata = msgspec.convert(written, Metadata)
        kept = {key: value for key, value in cast("Json", written).items() if key not in _BOOKKEEPING}
        return cls(metadata=metadata, content={**content, "metadata": kept})

    @property
    def spec(self) -> Json:
        """What is asked for; empty if the object has no spec."""
        return _mapping(self.content.get("spec"))

    @property
    def status(self) -> Json:
        """What was answered so far; empty if there is no answer."""
        return _mapping(self.content.get("status"))

    @property
    def owner_reference(self) -> Json:
        """The entry of ``metadata.ownerReferences`` by which another object goes when this one does.

        https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
        """
        named = {"apiVersion": self.content.get("apiVersion", ""), "kind": self.content.get("kind", "")}
        return {**named, "name": self.metadata.name, "uid": self.metadata.uid, "controller": True}


@dataclass(frozen=True, slots=True)
class Kind:
    """For example ``Kind("v1", "Secret", "secrets")``; ``plural`` is what stands in URLs and in rights."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool = True

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def resource(self, decoded_as: type[T]) -> Resource[T]:
        """Where the API server keeps objects of this kind, and what they decode to."""
        group, _, version = self.api_version.rpartition("/")
        return Resource(group, version, self.plural, self.kind, decoded_as)


@dataclass(frozen=True, slots=True)
class Related(Generic[T]):
    """A further kind that an operator follows: what it decides depends on these objects.

    ``decoded_as`` is ``Object``, or a frozen msgspec struct with ``metadata: Metadata`` and the few fields that matter,
    which costs much less memory and wakes the operator only when one of these changes. Such a change makes the operator
    look at all of its own objects again, ``settle_seconds`` later, so that many changes cost one pass. ``everywhere``:
    in all namespaces, also if the operator looks after some only; a kind without namespaces always is.
    ``label_selector``: only objects that it selects are followed.
    """

    kind: Kind
    decoded_as: type[T]
    everywhere: bool = False
    label_selector: str = ""
    settle_seconds: float = 1.0


NO_NEEDS: Final[Mapping[Kind, Sequence[str]]] = MappingProxyType({})


def _mapping(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}
