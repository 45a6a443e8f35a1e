"""The part of the controller manager that our objects depend on: owners, and claims that a pod still uses.

https://kubernetes.io/docs/concepts/architecture/garbage-collection/
https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
"""

from tests.support.fakekube.kinds import CLAIMS, PODS
from tests.support.fakekube.registry import Registry
from tests.support.fakekube.state import Change, Json, Key


def concerns(change: Change) -> bool:
    """Whether a commit can leave something to do: most only report on what goes on as it was."""
    if change.old is None or change.new is None:
        return True
    old, new = change.old["metadata"], change.new["metadata"]
    return "deletionTimestamp" in new or old.get("ownerReferences") != new.get("ownerReferences")


def settle(registry: Registry) -> None:
    """Until nothing is left to do: delete what has lost its last owner, let go of claims that no pod uses."""
    while any([_collect(registry), _release(registry)]):
        pass


def _collect(registry: Registry) -> bool:
    """Owners are looked up by uid: another object of the name does not count."""
    found = dict(registry.state.items())
    uids = {obj["metadata"]["uid"] for obj in found.values()}
    orphans = [key for key, obj in found.items() if _is_orphan(obj, uids)]
    for kind, namespace, name in orphans:
        registry.delete(kind, namespace, name)
    return bool(orphans)


def _is_orphan(obj: Json, uids: set[str]) -> bool:
    metadata = obj["metadata"]
    owners = metadata.get("ownerReferences")
    return bool(owners) and "deletionTimestamp" not in metadata and not any(each["uid"] in uids for each in owners)


def _release(registry: Registry) -> bool:
    used = {(pod["metadata"]["namespace"], claim) for pod in registry.state.objects(PODS) for claim in _claims(pod)}
    released = False
    for claim in registry.state.objects(CLAIMS):
        metadata = claim["metadata"]
        finalizers = [each for each in metadata.get("finalizers", ()) if each != CLAIMS.finalizer]
        going = "deletionTimestamp" in metadata and CLAIMS.finalizer in metadata.get("finalizers", ())
        if going and (metadata["namespace"], metadata["name"]) not in used:
            key = Key(CLAIMS, metadata["namespace"], metadata["name"])
            registry.patch("merge", *key, {"metadata": {"finalizers": finalizers}})
            released = True
    return released


def _claims(pod: Json) -> list[str]:
    """The claims that a pod on a node uses."""
    spec = pod.get("spec", {})
    if not spec.get("nodeName"):
        return []
    return [
        each["persistentVolumeClaim"]["claimName"]
        for each in spec.get("volumes", ())
        if "persistentVolumeClaim" in each
    ]
