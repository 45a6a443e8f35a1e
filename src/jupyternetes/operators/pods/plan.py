"""What to do about the pods of one Instance: pure decisions.

A pod's identity is (Instance uid, entry, start id), in labels set on create. A start id is spent once its primary pod
ended or vanished: the hub may have reported the server dead already, so it must not come back on its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jupyternetes.api import conditions, identity, labels, reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.times import parse

#: A pod that ends at once is not made again sooner than this after it was made.
RESPAWN_AFTER = timedelta(seconds=10)
#: How far back Secrets of starts that never came to anything are looked for.
_SECRETS_BACK = 64


@dataclass(frozen=True, slots=True)
class Own:
    """The pods of an Instance's name, sorted."""

    current: dict[str, list[Pod]] = field(default_factory=dict[str, list[Pod]])  # of this uid and start, by entry
    leftover: list[Pod] = field(default_factory=list[Pod])  # of an earlier start, or of an earlier Instance

    def by_uid(self, uid: str) -> Pod | None:
        """The pod of this start with ``uid``."""
        return next((pod for pods in self.current.values() for pod in pods if pod.metadata.uid == uid), None)

    @property
    def everything(self) -> list[Pod]:
        """All of them."""
        return [*self.leftover, *(pod for pods in self.current.values() for pod in pods)]


def sort_pods(instance: Instance, pods: Iterable[Pod]) -> Own:
    """Sort pods labelled with the Instance's name; those that no Instance of this name controls are not ours.

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
            continue
        meta = pod.metadata
        same_start = meta.labels.get(labels.START_ID, "") == instance.spec.start_id
        entry = recorded.get(meta.uid)
        if meta.owned_by(instance.metadata.uid) and (same_start or entry is not None):
            own.current.setdefault(entry or meta.labels.get(labels.POD_NAME, ""), []).append(pod)
        else:
            own.leftover.append(pod)
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


def respawn_delay(pod: Pod, now: datetime) -> float:
    """Seconds until a pod that ended may be replaced (Instances without start id get theirs back)."""
    made = parse(pod.metadata.creation_timestamp)
    return max(0.0, (made + RESPAWN_AFTER - now).total_seconds()) if made else 0.0


def recorded_start(instance: Instance) -> int:
    """The number of the last start that the Pod operator wrote down, 0 if there was none."""
    return max(
        (int(state.start_id) for state in instance.status.pods.values() if state.start_id.isdecimal()), default=0
    )


def is_clean(instance: Instance) -> bool:
    """Whether the recorded start was wound up: its pods and its Secret are gone."""
    condition = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    return condition is not None and condition.reason in (reasons.SUSPENDED.name, reasons.START_SPENT.name)


def stale_secrets(instance: Instance, *, through_current: bool) -> list[str]:
    """Names of start Secrets to delete: of every start since the last known one, the present one only at a stop."""
    if not instance.spec.start_id:
        return []
    current = int(instance.spec.start_id)
    end = current + 1 if through_current else current
    known = recorded_start(instance)
    first = max(1, known + 1 if is_clean(instance) else known, end - _SECRETS_BACK)
    return [identity.start_secret_name(instance.metadata.name, str(number)) for number in range(first, end)]


def is_reported(instance: Instance, reason: reasons.Reason) -> bool:
    """Whether the Pod operator's condition already says ``reason`` of the present generation."""
    condition = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    return (
        condition is not None
        and condition.reason == reason.name
        and condition.observed_generation == instance.metadata.generation
    )


def was_started(instance: Instance) -> bool:
    """Whether this Instance can have anything to wind up: the hub creates it suspended, which is generation 1."""
    return bool(instance.status.pods) or instance.metadata.generation > 1


def claims_ready(instance: Instance, wanted: Iterable[str]) -> bool:
    """Whether every claim that the Template renders is there."""
    claims = instance.status.pvcs
    return instance.status.pvcs_provisioned == "Completed" and all(
        name in claims and claims[name].state == "Processed" and claims[name].resource_name for name in wanted
    )


def _controlled_by_name(pod: Pod, name: str) -> bool:
    return any(
        owner.controller and owner.kind == identity.INSTANCE_KIND and owner.name == name
        for owner in pod.metadata.owner_references
    )
