"""What to do about the claims of one Instance: pure decisions, one an entry.

A claim's identity is (namespace, Instance name, entry name): volumes outlive Instances, and a second, empty claim
looks to its user like lost files. So a claim is made only where none was ever recorded and none can be found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from jupyternetes.api import identity, labels
from jupyternetes.api.core import Claim
from jupyternetes.api.instance import Instance
from jupyternetes.operators.templates.objects import identity_labels, naming, owner
from jupyternetes.templating import Ready


@dataclass(frozen=True, slots=True)
class Use:
    """The claim is there."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Verify:
    """Look on the server for the claim ``name``: it is ``recorded`` in the status, or the Template adopts it."""

    name: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class Create:
    """Make the claim, after one live list has shown that there is none."""

    body: Mapping[str, object]


Decision = Use | Verify | Create


def decide(instance: Instance, entry: Ready, claims: Iterable[Claim], *, stable_names: bool) -> Decision:
    """What to do for one entry, given all claims known of the Instance's name."""
    adopted = entry.fields.get("claimName")
    if adopted:
        return Verify(str(adopted), recorded=False)
    recorded = instance.status.pvcs.get(entry.name)
    found = choose(instance, entry.name, claims)
    if recorded is not None and recorded.resource_name:
        if found is not None and found.metadata.name == recorded.resource_name:
            return Use(found)
        return Verify(recorded.resource_name, recorded=True)
    return Use(found) if found is not None else Create(claim_body(instance, entry, stable_names=stable_names))


def choose(instance: Instance, entry: str, claims: Iterable[Claim]) -> Claim | None:
    """Among several claims of one identity: the recorded one, else one of this Template, else the oldest.

    A claim that is being deleted, or will be with the earlier Instance that owns it, is none: what is written there
    will be gone.
    """
    recorded = instance.status.pvcs.get(entry)
    template_namespace, template = instance.template_key

    def rank(claim: Claim) -> tuple[bool, bool, str, str]:
        meta = claim.metadata
        of_template = (meta.labels.get(labels.TEMPLATE_NAMESPACE), meta.labels.get(labels.TEMPLATE)) == (
            template_namespace,
            template,
        )
        is_recorded = recorded is not None and meta.name == recorded.resource_name
        return not is_recorded, not of_template, meta.creation_timestamp, meta.name

    candidates = [
        claim
        for claim in claims
        if claim.metadata.labels.get(labels.PVC_NAME) == entry
        and not claim.metadata.deleting
        and not _goes_with_another(instance, claim)
    ]
    return min(candidates, key=rank, default=None)


def _goes_with_another(instance: Instance, claim: Claim) -> bool:
    """Whether all its owners are Instances that had this one's name before it."""
    owners = claim.metadata.owner_references
    return bool(owners) and all(
        owner.kind == identity.INSTANCE_KIND and owner.uid != instance.metadata.uid for owner in owners
    )


def claim_body(instance: Instance, entry: Ready, *, stable_names: bool) -> dict[str, object]:
    """The claim to create.

    https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/
    """
    metadata: dict[str, object] = {
        **naming(entry.name, instance.metadata.name, stable=stable_names),
        "namespace": instance.metadata.namespace,
        "labels": entry.labels | identity_labels(instance, labels.PVC_NAME, entry.name),
    }
    if entry.annotations:
        metadata["annotations"] = entry.annotations
    if reclaim_policy(entry) == "Delete":
        metadata["ownerReferences"] = [owner(instance, controller=False)]
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": entry.spec}


def reclaim_policy(entry: Ready) -> str:
    """What becomes of the claim when the Instance is deleted; adopted claims always stay."""
    if entry.fields.get("claimName"):
        return "Retain"
    return cast("str", entry.fields.get("reclaimPolicy") or "Retain")
