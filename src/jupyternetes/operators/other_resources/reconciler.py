"""Carries out the plan for the other resources of one Instance, and reports."""

import asyncio
from dataclasses import dataclass, field, replace

from msgspec import structs

from jupyternetes.api import conditions, reasons
from jupyternetes.api.instance import Instance, InstanceStatus, OtherState
from jupyternetes.operators.assembly.instance_reconciler import InstanceReconciler
from jupyternetes.operators.other_resources import status_fields
from jupyternetes.operators.other_resources.actions import OtherActions
from jupyternetes.operators.other_resources.caches import KindCaches
from jupyternetes.operators.other_resources.metrics import OthersMetrics
from jupyternetes.operators.other_resources.plan import plan
from jupyternetes.operators.other_resources.report import newly_ready
from jupyternetes.operators.other_resources.steps import Action, Apply, Create, Delete, Observed, OthersStatus, Plan
from jupyternetes.operators.status.conditions import report
from jupyternetes.operators.status.failures import Failure
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.objects import ObjectKey, key_of

#: Seconds between reports that differ in words only: somebody else may change these all the time.
_PACE = 1.0


@dataclass(slots=True, kw_only=True)
class OtherResourcesReconciler(InstanceReconciler):
    """Reconciles Instances with the objects of ``spec.otherResources``. ``numbers``: of those that are waited for."""

    templates: TemplateFinder
    caches: KindCaches
    actions: OtherActions
    numbers: OthersMetrics
    _reported: dict[ObjectKey, float] = field(default_factory=dict[ObjectKey, float])
    """When something was reported last, in the event loop's time."""

    def forget(self, key: ObjectKey) -> None:
        """Kubernetes removes its objects."""
        self._reported.pop(key, None)
        self.numbers.forget(key)
        self.caches.forget(key)
        self.actions.forget(key)

    async def reconcile_instance(self, instance: Instance) -> Result | None:
        """One pass."""
        await self.caches.first_look()
        if instance.unreadable:
            return None  # the other operators say so
        decided = await self._carry_out(instance)
        if decided.status is None or instance.spec.suspend:
            self.numbers.forget(key_of(instance))
        else:
            self.numbers.note(instance, decided.status)
        delay = decided.requeue_after
        if decided.status is not None and (pause := await self._report(instance, decided.status)):
            delay = pause if delay is None else min(pause, delay)
        return Result(requeue_after=delay) if delay else None

    async def _carry_out(self, instance: Instance) -> Plan:
        """Act until there is nothing more to do; the answer is that last plan."""
        key = key_of(instance)
        done: list[Action] = []
        failed: dict[str, Failure] = {}
        retries: list[float] = []
        while True:
            decided = plan(instance, self.templates.find(instance), self._observe(key, failed))
            due = [action for action in decided.actions if action not in done]
            for action in due:
                if (failure := await self._act(instance, action)) is None:
                    continue
                if isinstance(action, Delete):
                    retries.append(failure.retry_seconds)
                else:
                    failed[action.entry] = failure
            done += due
            if not any(isinstance(action, Create | Apply) for action in due):
                retries += [] if decided.requeue_after is None else [decided.requeue_after]
                return replace(decided, requeue_after=min(retries, default=None))

    def _observe(self, key: ObjectKey, failed: dict[str, Failure]) -> Observed:
        seen = self.caches.observe(key, now=self.now())
        uids = [obj.metadata.uid for found in seen.objects.values() for obj in found]
        kept = {uid: self.actions.kept[uid] for uid in uids if uid in self.actions.kept}
        return replace(seen, failed=failed, kept=kept)

    async def _act(self, instance: Instance, action: Action) -> Failure | None:
        match action:
            case Create():
                return await self.actions.create(instance, action)
            case Apply():
                return await self.actions.apply(instance, action)
            case Delete():
                return await self.actions.delete(instance, action)

    async def _report(self, instance: Instance, status: OthersStatus) -> float:
        """Write the status if it differs; the answer is after how many seconds, if it is put off."""
        condition, kind = None, conditions.OTHER_RESOURCES_PROVISIONED
        if status.reason is not None:
            value = "True" if status.reason is reasons.PROVISIONED else "False"
            condition = report(instance, kind, value, status.reason, status.message, now=self.now())
        fields = status_fields.fields(status.entries, status.provisioned, condition)
        news = self.status.change(instance, fields)
        if news is None:
            return 0.0
        now, key = asyncio.get_running_loop().time(), key_of(instance)
        wait = self._reported.get(key, 0.0) + _PACE - now
        if wait > 0 and _differs_in_words_only(instance, fields):
            return wait
        self._reported[key] = now
        await self.status.make(instance, news)
        if condition is not None and status.reason is not None and status.reason.final:
            self.announcer.failure(instance, condition)
        for name, state in newly_ready(instance, status):
            what = f"{state.kind} {state.resource_name} is ready, which is entry {name}"
            self.announcer.normal(instance, reasons.OTHER_RESOURCE_READY, what)
        return 0.0


def _differs_in_words_only(instance: Instance, fields: InstanceStatus) -> bool:
    """Whether nobody can act on what is new in ``fields``."""
    current = instance.status
    before = conditions.find(current.conditions, conditions.OTHER_RESOURCES_PROVISIONED)
    after = conditions.find(fields.conditions, conditions.OTHER_RESOURCES_PROVISIONED)
    return (
        before is not None
        and after is not None
        and structs.replace(before, message="") == structs.replace(after, message="")
        and _without_messages(current) == _without_messages(fields)
        and current.other_resources_provisioned == fields.other_resources_provisioned
    )


def _without_messages(status: InstanceStatus) -> dict[str, OtherState]:
    return {name: structs.replace(each, message="") for name, each in status.other_resources.items()}
