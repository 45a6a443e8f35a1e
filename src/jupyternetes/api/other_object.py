"""An object of a kind that only a Template knows: its metadata, and all of it as plain data."""

from typing import Self, cast

import msgspec

from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.runtime.resource import Resource

#: Parts of its metadata that change without anything of it being another.
_BOOKKEEPING = ("managedFields", "resourceVersion")


class FieldRecord(Slim, frozen=True, kw_only=True):
    """An entry of ``metadata.managedFields``: who wrote, and in which way."""

    manager: str = ""
    operation: str = ""
    subresource: str = ""


class _Recorded(Slim, frozen=True, kw_only=True):
    managed_fields: tuple[FieldRecord, ...] = ()


class OtherObject(Slim, frozen=True, kw_only=True):
    """``content`` is the object without the bookkeeping of the API server; ``records``: who wrote its fields."""

    metadata: Metadata
    content: dict[str, object]
    records: tuple[FieldRecord, ...] = ()

    @classmethod
    def from_content(cls, content: dict[str, object]) -> Self:
        """From a decoded object. Raises msgspec.ValidationError."""
        written = content.get("metadata")
        metadata = msgspec.convert(written, Metadata)
        recorded = msgspec.convert(written, _Recorded).managed_fields
        kept = {key: value for key, value in cast("dict[str, object]", written).items() if key not in _BOOKKEEPING}
        return cls(metadata=metadata, content={**content, "metadata": kept}, records=recorded)


def resource_of(kind: OtherKind) -> Resource[OtherObject]:
    """Where the API server keeps objects of this kind."""
    return Resource(kind.group, kind.version, kind.resource, kind.kind, OtherObject)
