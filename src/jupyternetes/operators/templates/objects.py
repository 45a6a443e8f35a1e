"""Bodies of created objects: the labels that are their identity, the owner, and the name."""

import hashlib
from typing import Final

from jupyternetes.api import identity, labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import OtherEntry

#: A name has at most 63 characters, which many kinds ask for; ten of the hash and a '-' are among them.
_ENTRY_LENGTH: Final = 52
_HASH: Final = 10


def identity_labels(instance: Instance, entry_label: str, entry: str) -> dict[str, str]:
    """The labels of everything made for an Instance; ``entry_label`` says which kind of entry ``entry`` is."""
    template_namespace, template_name = instance.template_key
    return {
        labels.INSTANCE: instance.metadata.name,
        labels.INSTANCE_NAMESPACE: instance.metadata.namespace,
        labels.TEMPLATE: template_name,
        labels.TEMPLATE_NAMESPACE: template_namespace,
        entry_label: entry,
    }


def owner(instance: Instance, *, controller: bool) -> dict[str, object]:
    """An ownerReference to the Instance: Kubernetes removes the object when the Instance is deleted.

    https://kubernetes.io/docs/concepts/architecture/garbage-collection/
    """
    reference: dict[str, object] = {
        "apiVersion": identity.API_VERSION,
        "kind": identity.INSTANCE_KIND,
        "name": instance.metadata.name,
        "uid": instance.metadata.uid,
    }
    return reference | {"controller": True, "blockOwnerDeletion": True} if controller else reference


def naming(entry: str, *identity_parts: str, stable: bool) -> dict[str, str]:
    """``generateName``, or a ``name`` that follows from ``identity_parts`` so that a second create is a conflict."""
    if not stable:
        return {"generateName": f"{entry}-"}
    digest = hashlib.sha256("\0".join((*identity_parts, entry)).encode()).hexdigest()
    return {"name": f"{entry}-{digest[:10]}"}


def is_of_start(entry: OtherEntry) -> bool:
    """Whether each start has an object of its own."""
    return entry.lifetime == "Start"


def object_name(instance: Instance, entry: str, *, of_start: bool) -> str:
    """The name of the object of an entry of ``otherResources``; ``of_start``: another one for each start.

    It is the same for every attempt, so that an object is never made twice, and everybody can tell which it has to be.
    """
    start = f"start {instance.spec.start_id}" if of_start else ""
    digest = hashlib.sha256("\0".join((instance.metadata.uid, start, entry)).encode()).hexdigest()
    return f"{entry[:_ENTRY_LENGTH].rstrip('-')}-{digest[:_HASH]}"
