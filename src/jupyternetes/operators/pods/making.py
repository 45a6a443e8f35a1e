"""One start under way: which pods there are, which are missing, and whether the start is spent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance, PodState, Provisioned
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.pods import plan, status_fields
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.status.failures import (
    REFUSED_RETRY_SECONDS,
    WAITING_RETRY_SECONDS,
    refusal_message,
    refusal_reason,
)
from jupyternetes.runtime.errors import ApiError


@dataclass(frozen=True, slots=True)
class Started:
    """What became of a start so far."""

    states: dict[str, PodState]
    provisioned: Provisioned
    failure: tuple[Reason, str] | None
    retry_after: float | None  # seconds


@dataclass(slots=True)
class Making:
    """Makes the missing pods of one start; ``pods`` is kept up with what it makes."""

    actions: PodActions
    instance: Instance
    pods: plan.Own
    now: datetime
    unproven: bool = False
    lost_label: str = ""
    _refused: dict[str, tuple[Reason, str]] = field(default_factory=dict[str, tuple[Reason, str]])
    _retry_after: float | None = None

    async def spent(self, primary: str | None) -> bool:
        """Whether the primary pod of this start id ended or vanished, beyond doubt.

        ``unproven`` is set when it ended and the Pod status operator has not written down how.
        """
        record = self.instance.status.pods.get(primary) if primary else None
        start_id = self.instance.spec.start_id
        if record is None or not start_id or record.start_id != start_id or not record.uid:
            return False
        pod = self.pods.by_uid(record.uid)
        if pod is None and not (record.state == "Stopped" and record.observed_uid == record.uid):
            pod = await self.actions.find(self.instance.metadata.namespace, record.resource_name, record.uid)
            if pod is not None:
                self.unproven = True  # the cache is behind, or will never show it
                self.lost_label = plan.lost_label(self.instance, pod)
                return False
        if pod is None:
            return True
        if not pod.ended:
            return False
        known = record.state == "Stopped" and record.observed_uid == record.uid
        self.unproven = not known
        return known

    async def ensure(self, bodies: Mapping[str, Mapping[str, object]]) -> bool:
        """One round: make what is missing of ``bodies``; whether anything was made, so that others may go on."""
        made = False
        for entry, body in bodies.items():
            keep, extras = plan.choose(self.instance, entry, self.pods.current.get(entry, []))
            await self.actions.delete(self.instance, extras)
            if keep is None:
                keep = await self._unseen(entry)
            if keep is not None:
                await self._replace_if_ended(keep)
            elif entry not in self._refused and await self._create(entry, body):
                made = True
        return made

    def refuse(self, entry: str, reason: Reason, message: str) -> None:
        """Note that the entry's pod cannot be made."""
        self._refused[entry] = (reason, message)

    def result(self, wanted: Sequence[str]) -> Started:
        """What to report, given the names of all entries."""
        states: dict[str, PodState] = {}
        for entry, pods in self.pods.current.items():
            keep, _ = plan.choose(self.instance, entry, pods)
            if keep is not None:
                states[entry] = status_fields.record(self.instance, keep)
        made = sum(name in states for name in wanted)
        for entry, (_, message) in self._refused.items():
            states[entry] = status_fields.failed(self.instance, entry, message)
        failure = next(iter(self._refused.values()), None)
        if failure is None and self.lost_label:
            failure = (reasons.POD_UNLABELLED, self.lost_label)
        return Started(states, status_fields.progress(len(wanted), made), failure, self._retry_after)

    async def _unseen(self, entry: str) -> Pod | None:
        """The recorded pod, if the cache lacks it and the API server has it."""
        record = self.instance.status.pods.get(entry)
        if record is None or not record.uid or record.start_id != self.instance.spec.start_id:
            return None
        pod = await self.actions.find(self.instance.metadata.namespace, record.resource_name, record.uid)
        if pod is not None:
            self.pods.current[entry] = [pod]
            self.lost_label = plan.lost_label(self.instance, pod)
        return pod

    async def _create(self, entry: str, body: Mapping[str, object]) -> bool:
        try:
            pod = await self.actions.create(self.instance, body)
        except ApiError as error:
            reason = refusal_reason(error)
            if reason is None:
                raise
            self.refuse(entry, reason, refusal_message(error, body, reason.advice))
            self._retry_after = REFUSED_RETRY_SECONDS if reason.final else WAITING_RETRY_SECONDS
            return False
        self.pods.current.setdefault(entry, []).append(pod)
        return True

    async def _replace_if_ended(self, pod: Pod) -> None:
        """Without a start id an Instance gets its pod back: the ended one goes, its deletion wakes us."""
        if self.instance.spec.start_id or not pod.ended or pod.metadata.deleting:
            return
        delay = plan.respawn_delay(pod, self.now)
        if delay:
            self._retry_after = delay
        else:
            await self.actions.delete(self.instance, [pod])
