"""What an API server serves of the kinds that entries of `otherResources` may be of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw, Struct, field

from jupyternetes.api.fields import name_of
from jupyternetes.api.other_kinds import OtherKind, is_built_in
from jupyternetes.api.template import OtherEntry
from jupyternetes.templating.entry import CompiledEntry
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.schemas.schema import Schema, SchemaError

_STATUS: Final = "status"
_CONDITIONS: Final = "conditions"


@dataclass(frozen=True, slots=True)
class ServedKind:
    """`namespaced`: its objects live in namespaces. `has_conditions`: they may say by conditions how they are."""

    namespaced: bool
    has_conditions: bool


#: By `apiVersion` and `kind`; None: the API server does not know the kind. Of a kind that is missing nothing is known.
Served = Mapping[tuple[str, str], ServedKind | None]


class _GroupVersionKind(Struct, frozen=True):
    group: str = ""
    version: str = ""
    kind: str = ""


class _Named(Struct, frozen=True):
    kinds: tuple[_GroupVersionKind, ...] = field(name="x-kubernetes-group-version-kind", default=())


class _Components(Struct, frozen=True):
    schemas: dict[str, Raw] = {}


class _Document(Struct, frozen=True):
    paths: dict[str, Raw] = {}
    components: _Components = _Components()


def served_kinds(
    documents: Mapping[str, bytes], kinds: Iterable[OtherKind]
) -> dict[tuple[str, str], ServedKind | None]:
    """Of each kind what the OpenAPI document of its group and version says, by `apiVersion`. Raises SchemaError."""
    found: dict[tuple[str, str], ServedKind | None] = {}
    read: dict[str, _Document] = {}
    try:
        for kind in kinds:
            document = documents.get(kind.api_version)
            if document is None:
                found[kind.api_version, kind.kind] = None
                continue
            if kind.api_version not in read:
                read[kind.api_version] = msgspec.json.decode(document, type=_Document)
            found[kind.api_version, kind.kind] = _served(read[kind.api_version], kind)
    except msgspec.DecodeError as error:
        raise SchemaError(f"no OpenAPI document of a group: {error}") from error
    return found


def kind_problems(entries: Iterable[CompiledEntry[OtherEntry]], served: Served) -> Iterator[Problem]:
    """What no server could ever get of the kinds of these entries."""
    for entry in entries:
        written = entry.written
        key = written.api_version, written.kind
        if key not in served:
            continue
        known, what = served[key], f"kind {written.kind} ({written.api_version})"
        if known is None:
            message = (
                f"{what} is not installed in this cluster; install it, or correct {name_of(OtherEntry.api_version)}"
            )
            yield Problem(entry.path_of(OtherEntry.kind), message)
        elif not known.namespaced:
            message = f"objects of {what} live in no namespace, so none can belong to a server; remove the entry"
            yield Problem(entry.path_of(OtherEntry.kind), message)
        elif not (known.has_conditions or written.ready_when or is_built_in(written.api_version)):
            message = f"objects of {what} have no conditions; say here when one is ready"
            yield Problem(child_path(entry.path, name_of(OtherEntry.ready_when)), message)


def _served(document: _Document, kind: OtherKind) -> ServedKind | None:
    wanted = _GroupVersionKind(kind.group, kind.version, kind.kind)
    for raw in document.components.schemas.values():
        if wanted in msgspec.json.decode(raw, type=_Named).kinds:
            inside = f"/namespaces/{{namespace}}/{kind.resource}"
            namespaced = any(path.endswith(inside) for path in document.paths)
            return ServedKind(namespaced, _has_conditions(msgspec.json.decode(raw, type=Schema)))
    return None


def _has_conditions(schema: Schema) -> bool:
    """Whether an object may have conditions, as far as the schema tells: where it is open, anything may be there."""
    if not schema.properties:
        return True
    status = schema.properties.get(_STATUS)
    if status is None:
        return schema.takes_anything
    closed = status.properties and not (status.takes_anything or status.additional or status.target)
    return not closed or _CONDITIONS in status.properties
