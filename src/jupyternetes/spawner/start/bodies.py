"""What the spawner sends to the API server, as plain data made from plain data.

Request bodies are built here as plain data, so that they can be tested without a cluster.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyternetes.api import identity, labels
from jupyternetes.api.identity import start_secret_name
from jupyternetes.api.instance import Instance
from jupyternetes.spawner.hub.ownership import Owner

Body = dict[str, object]
FIRST_START = "1"

#: Ends the record of who wrote which field, which makes every further write of the Instance dearer by two thirds.
#: Nobody goes by it; the API server begins a new one when somebody applies.
#: https://kubernetes.io/docs/reference/using-api/server-side-apply/#clearing-managedfields
_FORGET_WRITERS: Body = {"op": "add", "path": "/metadata/managedFields", "value": [{}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """What one start asks for, read from the spawner's traits once all hooks have run.

    ``home`` is that of an Instance that the start makes; empty for one without a home.
    ``environment`` goes into the start Secret only and is kept out of representations.
    """

    owner: Owner
    name: str
    namespace: str
    template_name: str
    template_namespace: str
    variables: Mapping[str, str]
    environment: Mapping[str, str] = field(repr=False)
    home: str = ""

    def spec(self, start_id: str, *, suspend: bool) -> Body:
        """``spec`` of the Instance, complete: a start replaces the whole of what earlier starts left there."""
        return {
            "template": {"name": self.template_name, "namespace": self.template_namespace},
            "variables": dict(self.variables),
            "hubEnvironment": sorted(self.environment),
            "suspend": suspend,
            "startId": start_id,
        }


def new_instance(request: StartRequest) -> Body:
    """The Instance of a first start: suspended, since its start Secret needs its uid and must exist before the pod."""
    return {
        "apiVersion": identity.API_VERSION,
        "kind": identity.INSTANCE_KIND,
        "metadata": {
            "name": request.name,
            "namespace": request.namespace,
            "labels": request.owner.labels,
            "annotations": request.owner.annotations | ({labels.HOME: request.home} if request.home else {}),
        },
        "spec": request.spec(FIRST_START, suspend=True),
    }


def start_secret(request: StartRequest, instance: Instance, start_id: str) -> Body:
    """The Secret that carries the environment of one start.

    It has one owner, the Instance, so that Kubernetes removes it with the Instance. ``blockOwnerDeletion`` would need
    the right to update the Instance's finalizers where OwnerReferencesPermissionEnforcement is on.
    """
    owner = {
        "apiVersion": identity.API_VERSION,
        "kind": identity.INSTANCE_KIND,
        "name": instance.metadata.name,
        "uid": instance.metadata.uid,
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": start_secret_name(instance.metadata.name, start_id),
            "namespace": request.namespace,
            "ownerReferences": [owner],
        },
        "type": identity.START_SECRET_TYPE,
        "immutable": True,
        "data": {name: base64.b64encode(value.encode()).decode() for name, value in request.environment.items()},
    }


def start_patch(request: StartRequest, instance: Instance, start_id: str) -> list[Body]:
    """The JSON Patch that starts: it applies only to the Instance that was looked at, as it was looked at.

    An Instance of an older client has no startId to test; its generation is tested instead, which moves with every
    change of the spec and, unlike the resourceVersion, not when an operator writes status.
    """
    return [
        _test_uid(instance),
        _test("/spec/startId", instance.spec.start_id)
        if instance.spec.start_id
        else _test("/metadata/generation", instance.metadata.generation),
        *adoption(request.owner, instance),
        _FORGET_WRITERS,
        {"op": "replace", "path": "/spec", "value": request.spec(start_id, suspend=False)},
    ]


def stop_patch(owner: Owner, instance: Instance, *, now: bool) -> list[Body]:
    """The JSON Patch that stops; ``now`` leaves the server no time to end by itself."""
    grace: list[Body] = [{"op": "add", "path": "/spec/gracePeriodSeconds", "value": 0}] if now else []
    return [
        _test_uid(instance),
        *adoption(owner, instance),
        {"op": "add", "path": "/spec/suspend", "value": True},
        *grace,
    ]


def adoption(owner: Owner, instance: Instance) -> list[Body]:
    """The operations that give an Instance its owner's labels and annotations, by which our watch selects it."""
    operations: list[Body] = []
    for key, present, wanted in (
        ("labels", instance.metadata.labels, owner.labels),
        ("annotations", instance.metadata.annotations, owner.annotations),
    ):
        merged = present | wanted
        if merged != present:
            operations.append({"op": "add", "path": f"/metadata/{key}", "value": merged})
    return operations


def next_start_id(instance: Instance) -> str:
    """One more than the Instance's present start id; the first for an Instance without one."""
    return following(instance.spec.start_id) if instance.spec.start_id else FIRST_START


def following(start_id: str) -> str:
    """The start id after ``start_id``."""
    return str(int(start_id) + 1)


def _test_uid(instance: Instance) -> Body:
    return _test("/metadata/uid", instance.metadata.uid)


def _test(path: str, value: object) -> Body:
    return {"op": "test", "path": path, "value": value}
