"""What to do about the claims of one Instance: pure decisions, one an entry.

A claim's identity is (namespace, Instance name, home, entry name): volumes outlive Instances, and a second, empty claim
looks to its user like lost files. So a claim is made only where none was ever recorded and none can be found. The home
keeps the files of a user who is gone from the next one of that name, whose Instance is called the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jupyternetes.api import identity, labels
from jupyternetes.api.core import Claim
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import ClaimEntry
from jupyternetes.operators.templates.objects import identity_labels, naming, owner
from jupyternetes.templating import Ready


@dataclass(frozen=True, slots=True)
class Use:
    """The claim is there."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Verify:
    """Look on the server for the claim ``name``: it is ``recorded`` in the status, or the Template names it.

    ``made_if_missing``: what is to be done if it is not there, ``decide_missing`` says.
    """

    name: str
    recorded: bool
    made_if_missing: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    """Make the claim, after one live list has shown that there is none.

    ``name``: it is to be called so, and if somebody makes one of that name first, that is the one to use. Empty: any.
    """

    body: Mapping[str, object]
    name: str = ""


_SECONDS = len("2026-01-01T00:00:00")

Decision = Use | Verify | Create


def decide(instance: Instance, entry: Ready[ClaimEntry], claims: Iterable[Claim], *, stable_names: bool) -> Decision:
    """What to do for one entry, given all claims known of the Instance's name.

    For a ``claimName`` that says who the user is, ``adoption.adopt`` decides.
    """
    if entry.filled.existing_claim:
        return known_claim(instance, named(instance, entry), claims)
    recorded = instance.status.recorded_claim(entry.name)
    found = choose(instance, entry.name, claims)
    if recorded:
        if found is not None and (found.metadata.name == recorded or _is_given(found)):
            return Use(found)
        return Verify(recorded, recorded=True)
    return Use(found) if found is not None else Create(claim_body(instance, entry, stable_names=stable_names))


def named(instance: Instance, entry: Ready[ClaimEntry]) -> Verify:
    """Look for the claim that the Template names.

    One that is only adopted may be made, or made again, by whoever made it. One of ours that the server had is lost.
    """
    name, makes = entry.filled.existing_claim, entry.filled.makes_named_claim
    recorded = makes and instance.status.recorded_claim(entry.name) == name
    return Verify(name, recorded=recorded, made_if_missing=makes and not recorded)


def known_claim(instance: Instance, decision: Verify, claims: Iterable[Claim]) -> Use | Verify:
    """``decision``, but for a claim of the Instance's own, which need not be looked for."""
    found = (claim for claim in own_claims(instance, claims) if claim.metadata.name == decision.name)
    return next((Use(claim) for claim in found), decision)


def decide_missing(instance: Instance, entry: Ready[ClaimEntry], claims: Iterable[Claim]) -> Use | Verify | Create:
    """What to do where there is no claim that is called as the entry wants it, and one is to be made.

    Not where the server had one before: of this name, or of another one, since when the Template was changed.
    ``claims`` as the API server lists them.
    """
    found = choose(instance, entry.name, claims)
    if found is not None:
        return Use(found)
    recorded = instance.status.recorded_claim(entry.name)
    if recorded:
        return Verify(recorded, recorded=True)
    return Create(claim_body(instance, entry, stable_names=False), name=entry.filled.existing_claim)


def own_claims(instance: Instance, claims: Iterable[Claim]) -> list[Claim]:
    """Those of the Instance's identity that stay.

    A claim that is being deleted, or will be with the earlier Instance that owns it, is none: what is written there
    will be gone.
    """
    return [
        claim
        for claim in claims
        if _has_its_home(instance, claim) and not claim.metadata.deleting and not _goes_with_another(instance, claim)
    ]


def choose(instance: Instance, entry: str, claims: Iterable[Claim]) -> Claim | None:
    """Among several claims of one identity: one handed over, the recorded one, one of this Template, the oldest."""
    recorded = instance.status.pvcs.get(entry)
    template_namespace, template = instance.template_key

    def rank(claim: Claim) -> tuple[bool, bool, bool, str, str]:
        meta = claim.metadata
        of_template = (meta.labels.get(labels.TEMPLATE_NAMESPACE), meta.labels.get(labels.TEMPLATE)) == (
            template_namespace,
            template,
        )
        is_recorded = recorded is not None and meta.name == recorded.resource_name
        return not _is_given(claim), not is_recorded, not of_template, meta.creation_timestamp, meta.name

    own = own_claims(instance, claims)
    return min((claim for claim in own if claim.metadata.labels.get(labels.PVC_NAME) == entry), key=rank, default=None)


def _is_given(claim: Claim) -> bool:
    return labels.GIVEN in claim.metadata.labels


def _has_its_home(instance: Instance, claim: Claim) -> bool:
    """Whether the claim was made for this home, not for that of an earlier or later user of the same name.

    Before there were homes claims had none. One of those is that of a person who was a user already when it was made.
    """
    annotations, meta = instance.metadata.annotations, claim.metadata
    home, of_claim = annotations.get(labels.HOME, ""), meta.labels.get(labels.HOME, "")
    if home == of_claim:
        return True
    since = identity.person_since(annotations.get(labels.PERSON, ""))
    return not of_claim and since != "" and meta.creation_timestamp[:_SECONDS] > since[:_SECONDS]


def _goes_with_another(instance: Instance, claim: Claim) -> bool:
    """Whether all its owners are Instances that had this one's name before it."""
    owners = claim.metadata.owner_references
    return bool(owners) and all(
        owner.kind == identity.INSTANCE_KIND and owner.uid != instance.metadata.uid for owner in owners
    )


def claim_body(instance: Instance, entry: Ready[ClaimEntry], *, stable_names: bool) -> dict[str, object]:
    """The claim to create.

    https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/
    """
    annotations = instance.metadata.annotations
    home = {labels.HOME: annotations[labels.HOME]} if annotations.get(labels.HOME) else {}
    name = entry.filled.existing_claim
    named = {"name": name} if name else naming(entry.name, instance.metadata.name, *home.values(), stable=stable_names)
    metadata: dict[str, object] = {
        **named,
        "namespace": instance.metadata.namespace,
        "labels": entry.labels | identity_labels(instance, labels.PVC_NAME, entry.name) | home,
    }
    if entry.annotations:
        metadata["annotations"] = entry.annotations
    if reclaim_policy(entry) == "Delete":
        metadata["ownerReferences"] = [owner(instance, controller=False)]
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": entry.spec}


def reclaim_policy(entry: Ready[ClaimEntry]) -> str:
    """What becomes of the claim when the Instance is deleted; one that the Template names always stays."""
    return "Retain" if entry.filled.existing_claim else entry.filled.reclaim_policy
