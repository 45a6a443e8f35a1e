"""Looks at the recorded pods of one Instance and reports. Updates that carry progress only are rate-limited."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from jupyternetes.api import reasons
from jupyternetes.api.core import Event, Pod
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.api.resources import PODS
from jupyternetes.operators.assembly.deadlines import Deadlines
from jupyternetes.operators.assembly.instance_reconciler import InstanceReconciler
from jupyternetes.operators.assembly.wakes import labelled_instance
from jupyternetes.operators.pod_status import status_fields
from jupyternetes.operators.pod_status.disruption import Disruption, announced
from jupyternetes.operators.pod_status.history import PodHistory, continued
from jupyternetes.operators.pod_status.plan import PodsStatus, compute_status, faded, is_urgent, trusted
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.store import Change

#: Index of the pod cache by uid, and of the Event cache by the uid of what an Event is about.
UID_INDEX = "uid"
_PROGRESS_SECONDS = 1.0
#: For how long a server that was ready has to be without readiness until that is said: most are ready again by then.
_FADED_SECONDS = 10.0
#: Reports of progress a second, of all Instances together: each wakes every operator and the hub.
_PROGRESS_RATE = 5
_UNSEEN_SECONDS = 20.0
#: How long the cache may take to show a new pod before the API server is asked whether there is one.
_NEW_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class PodStatusReconciler(InstanceReconciler):
    """Reconciles the status of Instances with their pods."""

    acts_on_held: ClassVar[bool] = True

    pods: Informer[Pod]
    events: Informer[Event]
    _held: Deadlines = field(default_factory=Deadlines)
    _faded: Deadlines = field(default_factory=Deadlines)
    _missed: Deadlines = field(default_factory=Deadlines)
    _histories: dict[ObjectKey, dict[str, PodHistory]] = field(default_factory=dict[ObjectKey, dict[str, PodHistory]])
    _disrupted: dict[ObjectKey, dict[str, Disruption]] = field(default_factory=dict[ObjectKey, dict[str, Disruption]])

    def forget(self, key: ObjectKey) -> None:
        """It waits for nothing any more, and nothing of its pods is remembered."""
        for deadlines in (self._held, self._faded, self._missed):
            deadlines.end(key)
        self._histories.pop(key, None)
        self._disrupted.pop(key, None)

    async def reconcile_instance(self, instance: Instance) -> Result | None:
        """One pass."""
        key = key_of(instance)
        if instance.unreadable:
            self._held.end(key)
            await self.repair(instance)
            return None
        if (delay := self._cache_delay(key, instance)) > 0:
            return Result(requeue_after=delay)
        found = {name: await self._pod(instance, record) for name, record in instance.status.pods.items() if record.uid}
        there = {name: pod for name, pod in found.items() if pod is not None}
        pods = {name: pod for name, pod in there.items() if trusted(instance, instance.status.pods[name], pod)}
        events = [event for pod in pods.values() for event in self.events.by_index(UID_INDEX, pod.metadata.uid)]
        disrupted = dict(self._disrupted.get(key, {}))
        status = compute_status(
            instance,
            pods,
            events,
            released=there.keys() - pods.keys(),
            histories=self._continued(key, pods),
            disrupted=disrupted,
            now=self.now(),
        )
        fields = status_fields.fields(status)
        news = self.status.change(instance, fields)
        delay = self._progress_delay(key, instance, status, is_news=news is not None)
        if delay > 0:
            return Result(requeue_after=delay)
        self._held.end(key)
        self._faded.end(key)
        if news is not None:
            await self.status.make(instance, news)
            self._announce(instance, status)
        self._told(key, disrupted)
        unseen = any(not self.pods.by_index(UID_INDEX, pod.metadata.uid) for pod in pods.values())
        # What the cache does not show, for want of the label, does not wake us when it ends.
        waits = [_UNSEEN_SECONDS] if unseen else []
        waits += [] if status.look_again is None else [status.look_again]
        return Result(requeue_after=min(waits)) if waits else None

    def _continued(self, key: ObjectKey, pods: Mapping[str, Pod]) -> Mapping[str, PodHistory]:
        """What is remembered of the pods, with what they show now."""
        now = asyncio.get_running_loop().time()
        before = self._histories.pop(key, {})
        histories = {name: continued(before.get(name), pod, now) for name, pod in pods.items()}
        if histories:
            self._histories[key] = histories
        return histories

    def notice_gone(self, change: Change[Pod]) -> None:
        """Remember what made a pod go that is gone: its last version is the only one that may tell."""
        pod = change.old
        if change.new is not None or pod is None:
            return
        disrupted = announced(pod)
        if disrupted is None:
            return
        for key in labelled_instance(pod):
            self._disrupted.setdefault(key, {})[pod.metadata.uid] = disrupted

    def _told(self, key: ObjectKey, disrupted: Collection[str]) -> None:
        """Forget what made these pods go, by uid; more may have gone meanwhile."""
        left = {uid: each for uid, each in self._disrupted.pop(key, {}).items() if uid not in disrupted}
        if left:
            self._disrupted[key] = left

    async def _pod(self, instance: Instance, record: PodState) -> Pod | None:
        """The recorded pod: from the cache, or from the API server if the cache lacks it and its end is not known."""
        for pod in self.pods.by_index(UID_INDEX, record.uid):
            return pod
        if record.state == "Stopped" and record.observed_uid == record.uid:
            return None
        try:
            pod = await self.client.get(PODS, instance.metadata.namespace, record.resource_name)
        except NotFound:
            return None
        return pod if pod.metadata.uid == record.uid else None

    def _cache_delay(self, key: ObjectKey, instance: Instance) -> float:
        """Seconds for which to wait for the cache to show a pod that was never seen, which will wake us."""
        unseen = (each.uid for each in instance.status.pods.values() if each.uid and each.observed_uid != each.uid)
        if all(self.pods.by_index(UID_INDEX, uid) for uid in unseen):
            self._missed.end(key)
            return 0.0
        return _NEW_SECONDS - self._missed.elapsed(key)

    def _progress_delay(self, key: ObjectKey, instance: Instance, status: PodsStatus, *, is_news: bool) -> float:
        """Seconds for which a write of what nobody waits for has to wait: more of the kind may come."""
        has_faded = bool(faded(instance, status))
        if not has_faded:
            self._faded.end(key)
        if not is_news or is_urgent(instance, status):
            return 0.0
        if has_faded:
            return _FADED_SECONDS - self._faded.elapsed(key)
        elapsed = self._held.elapsed(key)
        return max(_PROGRESS_SECONDS, len(self._held) / _PROGRESS_RATE) - elapsed

    def _announce(self, instance: Instance, status: PodsStatus) -> None:
        for name, state in status.pods.items():
            before = instance.status.pods[name]
            if (before.state, before.observed_uid) == (state.state, state.observed_uid):
                continue
            if state.state == "Running":
                self.announcer.normal(instance, reasons.SERVER_READY, f"Pod {before.resource_name} is ready")
            elif state.state == "Stopped" and state.reason and status.ready is not None:
                if reasons.lookup(state.reason).final and state.reason != reasons.COMPLETED.name:
                    self.announcer.failure(instance, status.ready)
                else:
                    self.announcer.normal(
                        instance, reasons.lookup(state.reason), state.message or "The server has ended"
                    )
