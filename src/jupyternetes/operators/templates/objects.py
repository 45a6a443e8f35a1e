"""Bodies of created objects: the labels that are their identity, the owner, and the name."""

import hashlib

from jupyternetes.api import identity, labels
from jupyternetes.api.instance import Instance


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
