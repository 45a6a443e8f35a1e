"""What an API server says of pods and claims, as far as a Template is checked against it.

Read from its OpenAPI document (``/openapi/v3/api/v1``), of which only what the two specs need is kept: 113 of 250
schemas in Kubernetes 1.35. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw, Struct, field

from jupyternetes.templating.references import PODS, PVCS

#: The schema of the specs of each kind of entry.
ROOTS: Final[Mapping[str, str]] = {
    PODS: "io.k8s.api.core.v1.PodSpec",
    PVCS: "io.k8s.api.core.v1.PersistentVolumeClaimSpec",
}
_REFERENCE: Final = "#/components/schemas/"
_QUANTITY: Final = "io.k8s.apimachinery.pkg.api.resource.Quantity"


class SchemaError(ValueError):
    """A document that is no OpenAPI document of Kubernetes' core group, or of a form that is not understood."""


class Schema(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One schema, with those of its words that are understood; the others say nothing that could be checked."""

    type: str = ""
    format: str = ""
    properties: dict[str, "Schema"] = {}
    required: tuple[str, ...] = ()
    items: "Schema | None" = None
    additional: "bool | Schema | None" = field(name="additionalProperties", default=None)
    enum: tuple[object, ...] = ()
    one_of: tuple["Schema", ...] = field(name="oneOf", default=())
    all_of: tuple["Schema", ...] = field(name="allOf", default=())
    ref: str = field(name="$ref", default="")
    takes_anything: bool = field(name="x-kubernetes-preserve-unknown-fields", default=False)
    takes_both: bool = field(name="x-kubernetes-int-or-string", default=False)

    @property
    def target(self) -> str:
        """The name of the schema that stands for this one; ``""`` if it speaks for itself."""
        return self.ref.removeprefix(_REFERENCE) or (self.all_of[0].target if len(self.all_of) == 1 else "")

    def parts(self) -> Iterator["Schema"]:
        """The schemas that it is made of."""
        yield from self.properties.values()
        yield from (*self.one_of, *self.all_of)
        yield from (each for each in (self.items, self.additional) if isinstance(each, Schema))


#: Says nothing, so anything goes.
ANYTHING: Final = Schema()


class _Components(Struct, frozen=True):
    schemas: dict[str, Raw]


class _Document(Struct, frozen=True):
    components: _Components


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas of the specs of pods and claims, and all that they refer to, by name."""

    named: Mapping[str, Schema]

    @classmethod
    def read(cls, document: bytes) -> "Schemas":
        """Those of an OpenAPI document; the rest of it is not even decoded. Raises SchemaError."""
        try:
            found = msgspec.json.decode(document, type=_Document).components.schemas
            return cls(dict(sorted(_closure(found, ROOTS.values()))))
        except (msgspec.DecodeError, KeyError) as error:
            raise SchemaError(f"no OpenAPI document of Kubernetes' core group: {error}") from error

    def root(self, kind: str) -> Schema | None:
        """The schema of the specs of entries of ``kind``; None if it is not known."""
        name = ROOTS.get(kind)
        return None if name is None else self.named[name]

    def kind_of(self, schema: Schema) -> str:
        """The kind of entry of which ``schema`` describes the spec; ``""`` for any other schema."""
        return next((kind for kind, name in ROOTS.items() if self.named[name] is schema), "")

    def resolve(self, schema: Schema | bool | None) -> Schema:
        """The schema that ``schema`` refers to, in the end, or itself."""
        while isinstance(schema, Schema) and schema.target:
            if schema.target == _QUANTITY:
                return QUANTITY
            schema = self.named.get(schema.target)
        return schema if isinstance(schema, Schema) else ANYTHING

    def document(self) -> bytes:
        """An OpenAPI document that holds these schemas alone, one on a line."""
        lines = (f"{_json(name)}:{_json(schema)}" for name, schema in self.named.items())
        return ('{"components":{"schemas":{\n' + ",\n".join(lines) + "\n}}}\n").encode()


#: Kubernetes' amounts: the schema says "a text or a number", of which few texts are amounts.
QUANTITY: Final = Schema(format="quantity", one_of=(Schema(type="string"), Schema(type="number")))


def _closure(found: Mapping[str, Raw], roots: Iterable[str]) -> Iterator[tuple[str, Schema]]:
    rest, seen = [*roots], set[str]()
    while rest:
        name = rest.pop()
        if name in seen:
            continue
        seen.add(name)
        schema = msgspec.json.decode(found[name], type=Schema)
        yield name, schema
        rest += _references(schema)


def _references(schema: Schema) -> Iterator[str]:
    if schema.target:
        yield schema.target
    for part in schema.parts():
        yield from _references(part)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
