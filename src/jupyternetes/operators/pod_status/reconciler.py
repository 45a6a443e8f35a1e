"""Looks at the recorded pods of one Instance and reports; progress at leisure, which nobody waits for."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from jupyternetes.api import reasons
from jupyternetes.api.core import Event, Pod
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.api.resources import PODS
from jupyternetes.operators.assembly.deadlines import Deadlines
from jupyternetes.operators.assembly.instance_reconciler import InstanceReconciler
from jupyternetes.operators.pod_status import status_fields
from jupyternetes.operators.pod_status.history import PodHistory, continued
from jupyternetes.operators.pod_status.plan import PodsStatus, compute_status, current_status, trusted, urgent_part
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, key_of

#: Index of the pod cache by uid, and of the Event cache by the uid of what an Event is about.
UID_INDEX = "uid"
_PROGRESS_SECONDS = 1.0
#: Reports of progress a second, of all Instances together: each wakes every operator and the hub.
_PROGRESS_RATE = 5
_UNSEEN_SECONDS = 20.0
#: How long the cache may take to show a new pod before the API server is asked whether there is one.
_NEW_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class PodStatusReconciler(InstanceReconciler):
    """Reconciles the status of Instances with their pods."""

    acts_on_held: ClassVar[bool] = True

    client: Client
    pods: Informer[Pod]
    events: Informer[Event]
    _held: Deadlines = field(default_factory=Deadlines)
    _missed: Deadlines = field(default_factory=Deadlines)
    _histories: dict[ObjectKey, dict[str, PodHistory]] = field(default_factory=dict[ObjectKey, dict[str, PodHistory]])

    def forget(self, key: ObjectKey) -> None:
        """It waits for nothing any more, and nothing of its pods is remembered."""
        self._held.end(key)
        self._missed.end(key)
        self._histories.pop(key, None)

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
        status = compute_status(
            instance,
            pods,
            events,
            released=there.keys() - pods.keys(),
            histories=self._continued(key, pods),
            now=self.now(),
        )
        delay = self._progress_delay(key, instance, status)
        if delay > 0:
            return Result(requeue_after=delay)
        self._held.end(key)
        if await self.status.write(instance, status_fields.fields(status)):
            self._announce(instance, status)
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

    def _progress_delay(self, key: ObjectKey, instance: Instance, status: PodsStatus) -> float:
        """Seconds for which a write of what nobody waits for has to wait: more of the kind may come."""
        if urgent_part(instance, current_status(instance)) != urgent_part(instance, status):
            return 0.0
        if not self.status.changes(instance, status_fields.fields(status)):
            return 0.0
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
