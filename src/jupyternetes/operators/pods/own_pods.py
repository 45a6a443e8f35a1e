"""Whose pod is whose, and which of several stays: pure decisions.

A pod's identity is (Instance uid, entry, start id), in labels set on create.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jupyternetes.api import identity, labels, reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance


@dataclass(frozen=True, slots=True)
class Own:
    """The pods of an Instance's name, sorted."""

    current: dict[str, list[Pod]] = field(default_factory=dict[str, list[Pod]])  # of this uid and start, by entry
    leftover: list[Pod] = field(default_factory=list[Pod])  # of an earlier start, or of an earlier Instance
    foreign: list[Pod] = field(default_factory=list[Pod])  # labelled so, but controlled by no Instance of this name

    def by_uid(self, uid: str) -> Pod | None:
        """The pod of this start with ``uid``."""
        return next((pod for pods in self.current.values() for pod in pods if pod.metadata.uid == uid), None)

    @property
    def everything(self) -> list[Pod]:
        """All of them that are ours to end."""
        return [*self.leftover, *(pod for pods in self.current.values() for pod in pods)]


def sort_pods(instance: Instance, pods: Iterable[Pod], made: Mapping[str, Pod] | None = None) -> Own:
    """Sort pods labelled with the Instance's name; those that no Instance of this name controls are not ours.

    Those ``made`` just now, by entry, are, whatever an admission webhook wrote over them.

    Labels can be edited while a pod runs. What is on record of its uid cannot, and goes before them.
    """
    recorded = {
        state.uid: name
        for name, state in instance.status.pods.items()
        if state.uid and state.start_id == instance.spec.start_id
    }
    own = Own()
    for pod in pods:
        if not _controlled_by_name(pod, instance.metadata.name):
            own.foreign.append(pod)
            continue
        meta = pod.metadata
        same_start = meta.labels.get(labels.START_ID, "") == instance.spec.start_id
        entry = recorded.get(meta.uid)
        if meta.owned_by(instance.metadata.uid) and (same_start or entry is not None):
            own.current.setdefault(entry or meta.labels.get(labels.POD_NAME, ""), []).append(pod)
        else:
            own.leftover.append(pod)
    for entry, pod in (made or {}).items():
        own.current.setdefault(entry, []).append(pod)
    return own


def choose(instance: Instance, entry: str, pods: Sequence[Pod]) -> tuple[Pod | None, list[Pod]]:
    """Of several pods for one entry the one to keep, the recorded, else the oldest, and the others."""
    recorded = instance.status.pods.get(entry)
    recorded_uid = recorded.uid if recorded else ""

    def rank(pod: Pod) -> tuple[bool, str, str]:
        return pod.metadata.uid != recorded_uid, pod.metadata.creation_timestamp, pod.metadata.name

    ranked = sorted(pods, key=rank)
    return (ranked[0], ranked[1:]) if ranked else (None, [])


def must_delete(pod: Pod, grace_seconds: int | None) -> bool:
    """Whether a delete is due: not yet asked for, or asked for with more patience than now."""
    if not pod.metadata.deleting:
        return True
    given = pod.metadata.deletion_grace_period_seconds
    return grace_seconds is not None and given is not None and grace_seconds < given


def lost_label(instance: Instance, pod: Pod) -> str:
    """What to say of a pod that no cache shows any more since somebody took its label away; empty if it has it."""
    name = instance.metadata.name
    if pod.metadata.labels.get(labels.INSTANCE) == name:
        return ""
    advice = reasons.POD_UNLABELLED.advice
    return f"Pod {pod.metadata.namespace}/{pod.metadata.name} lacks the label {labels.INSTANCE}={name}. {advice}"


def _controlled_by_name(pod: Pod, name: str) -> bool:
    return any(
        owner.controller and owner.kind == identity.INSTANCE_KIND and owner.name == name
        for owner in pod.metadata.owner_references
    )
