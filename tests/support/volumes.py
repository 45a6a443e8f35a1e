"""Volumes that nobody provisions: a claim is bound to one that a test makes for it."""

from tests.support.kube import Json, Kube
from tests.support.waiting import eventually

CLAIMS = "persistentvolumeclaims"


def make_class(kube: Kube, name: str, *, grows: bool) -> None:
    """A StorageClass whose volumes may grow or not; nobody provisions for it."""
    kind = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    kube.apply("storageclasses", "", name, kind | {"provisioner": "example.org/nobody", "allowVolumeExpansion": grows})


def bind(kube: Kube, claim: Json) -> None:
    """Give a claim a volume, as a provisioner does; returns when it is bound.

    With the claim's uid the volume counts as bound, and Kubernetes goes on with the claim at once; else with its next
    round, every 15 seconds (kubernetes/pkg/controller/volume/persistentvolume).
    """
    meta, spec = claim["metadata"], claim["spec"]
    volume: Json = {
        "metadata": {"name": f"pv-{meta['uid']}"},
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": spec["resources"]["requests"],
            "claimRef": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]},
            "hostPath": {"path": "/nowhere"},
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": spec["storageClassName"],
        },
    }
    kube.create("persistentvolumes", "", volume)
    eventually(
        lambda: kube.get(CLAIMS, meta["namespace"], meta["name"])["status"]["phase"],
        until=lambda phase: phase == "Bound",
    )
