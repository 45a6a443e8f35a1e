"""What the machinery needs to know of any Kubernetes object: who it is and which version of it this is.

Kinds are declared elsewhere as slim msgspec structs; they fulfil these protocols by their shape alone.
"""

from typing import NamedTuple, Protocol, TypeVar


class Metadata(Protocol):
    """The part of ObjectMeta that a cache reads; absent strings are empty."""

    @property
    def name(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def uid(self) -> str: ...
    @property
    def resource_version(self) -> str: ...
    @property
    def deletion_timestamp(self) -> str | None: ...


class KubernetesObject(Protocol):
    """Anything with ``metadata``."""

    @property
    def metadata(self) -> Metadata: ...


T = TypeVar("T", bound=KubernetesObject)


class ObjectKey(NamedTuple):
    """The name under which the API server knows an object; ``namespace`` is empty for cluster-scoped kinds."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def key_of(obj: KubernetesObject) -> ObjectKey:
    """Namespace and name of an object."""
    return ObjectKey(obj.metadata.namespace, obj.metadata.name)


def version_of(obj: KubernetesObject) -> int:
    """The object's resourceVersion as a number; comparable among objects of one resource type (KEP-5504).

    Raises ValueError for a version that is no decimal number, which no API server sends.
    """
    return int(obj.metadata.resource_version)
