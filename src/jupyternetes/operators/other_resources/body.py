"""The object to make for an entry: its name, its identity, and what the Template says."""

import hashlib

import msgspec

from jupyternetes.api import labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import OtherEntry
from jupyternetes.operators.templates.objects import identity_labels, is_of_start, object_name, owner
from jupyternetes.templating import Ready

Json = dict[str, object]


def object_body(instance: Instance, entry: Ready[OtherEntry]) -> Json:
    """The whole object, as it is made and as it is to stay."""
    filled, of_start = entry.filled, is_of_start(entry.filled)
    identity = identity_labels(instance, labels.RESOURCE_NAME, entry.name)
    identity[labels.INSTANCE_UID] = instance.metadata.uid
    if of_start:
        identity[labels.START_ID] = instance.spec.start_id  # of an old client it is empty, as a label may be
    metadata: Json = {
        "name": object_name(instance, entry.name, of_start=of_start),
        "namespace": instance.metadata.namespace,
        "labels": entry.labels | identity,
        "ownerReferences": [owner(instance, controller=True)],
    }
    body: Json = {**filled.further, "apiVersion": filled.api_version, "kind": filled.kind, "metadata": metadata}
    if entry.entry.written.spec is not None:
        body["spec"] = entry.spec
    written = hashlib.sha256(msgspec.json.encode((body, entry.annotations), order="sorted")).hexdigest()[:16]
    metadata["annotations"] = entry.annotations | {labels.APPLIED: written}
    return body
