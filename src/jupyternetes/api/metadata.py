"""The part of every Kubernetes object's metadata that we read.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
"""

import sys
from typing import Final

from msgspec import Struct, field

from jupyternetes.api import labels
from jupyternetes.api.shared import share


class Slim(Struct, rename="camel", frozen=True, kw_only=True, gc=False):
    """Base of all structs: only the fields we read are decoded, everything else in the object is passed over.

    10,000 Pods decoded so take 35 MB; the same Pods as generated models take 310 MB and more.
    """

    @classmethod
    def stand_in(cls, item: object, fault: str) -> "Slim | None":
        """What is read in place of an ``item`` of a list that is no ``cls``; None: nothing. ``fault`` says why not."""
        return None


class OwnerReference(Slim, frozen=True, kw_only=True):
    """An entry of ``metadata.ownerReferences``."""

    kind: str
    name: str
    uid: str
    api_version: str = ""
    controller: bool = False

    def __post_init__(self) -> None:
        share(self, "kind", "api_version")


_GARBAGE_COLLECTION: Final = ("orphan", "foregroundDeletion")


class BareMetadata(Slim, frozen=True, kw_only=True):
    """``metadata`` of an object as the API server gives it, without annotations, in which others note what they like.

    Times are RFC 3339 text in UTC.
    """

    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: str = ""
    deletion_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] = field(default_factory=dict[str, str])
    owner_references: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        share(self, "namespace")
        for label in labels.OF_MANY & self.labels.keys():
            self.labels[label] = sys.intern(self.labels[label])

    @property
    def held_by(self) -> tuple[str, ...]:
        """Finalizers of other programs that keep an object which is being deleted; Kubernetes' own pass by themselves.

        https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
        """
        return tuple(each for each in self.finalizers if each not in _GARBAGE_COLLECTION) if self.deleting else ()

    @property
    def deleting(self) -> bool:
        """Whether deletion was asked for; the object may live on for its grace period or its finalizers."""
        return self.deletion_timestamp is not None

    def owned_by(self, uid: str) -> bool:
        """Whether the object with ``uid`` is the controller of this one."""
        return any(owner.uid == uid and owner.controller for owner in self.owner_references)


class Metadata(BareMetadata, frozen=True, kw_only=True):
    """``metadata`` of an object whose annotations are read."""

    annotations: dict[str, str] = field(default_factory=dict[str, str])
