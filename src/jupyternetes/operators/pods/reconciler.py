"""Brings the pods of one Instance to what is asked for: ends them, clears old ones away, or makes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jupyternetes.api import conditions, reasons
from jupyternetes.api.instance import Instance, PodState, Provisioned
from jupyternetes.api.reasons import Reason
from jupyternetes.api.times import utc_now
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.pods import plan, status_fields
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pods.body import Json, PortError, pod_body
from jupyternetes.operators.pods.making import Making, Started
from jupyternetes.operators.status.conditions import report
from jupyternetes.operators.status.failures import template_message
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.operators.templates.finder import Refusal, TemplateFinder, UsableTemplate, facts
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import Ready, Rendering, render

_UNSEEN_SECONDS = 2.0
_UNLABELLED_SECONDS = 20.0


@dataclass(slots=True)
class PodReconciler:
    """Reconciles Instances, by key, with their pods."""

    instances: Informer[Instance]
    templates: TemplateFinder
    actions: PodActions
    status: StatusWriter
    announcer: Announcer
    now: Callable[[], datetime] = utc_now

    async def reconcile(self, key: ObjectKey) -> Result | None:
        """One pass; everything it needs to know is in the caches, whatever woke it."""
        cached = self.instances.get(*key)
        if cached is None or cached.metadata.deleting:
            self.status.forget(key)  # pods and Secrets go with their owner
            return None
        instance = self.status.latest(cached)
        pods = plan.sort_pods(instance, await self.actions.known(key))
        if instance.unreadable:
            return await self._repair(instance, pods)
        if instance.spec.suspend:
            return await self._stop(instance, pods)
        if pods.leftover:
            await self.actions.delete(instance, pods.leftover, grace_seconds=instance.spec.grace_period_seconds)
            names = ", ".join(pod.metadata.name for pod in pods.leftover)
            message = f"{reasons.WAITING_FOR_OLD_PODS.sentence} ({names})"
            return await self._stand_still(instance, reasons.WAITING_FOR_OLD_PODS, message)
        return await self._start(instance, pods)

    async def _repair(self, instance: Instance, pods: plan.Own) -> None:
        """Nothing is begun that rests on what cannot be read; a stop can be read or not."""
        if instance.spec.suspend:
            await self.actions.delete(instance, pods.everything, grace_seconds=instance.spec.grace_period_seconds)
        condition = await self.status.repair(instance, conditions.PODS_PROVISIONED, now=self.now())
        if condition is not None:
            self.announcer.failure(instance, condition)

    async def _stop(self, instance: Instance, pods: plan.Own) -> Result | None:
        """End all pods, then the Secrets, then say so."""
        if plan.is_reported(instance, reasons.SUSPENDED) and not pods.everything:
            return None
        alive = pods.everything or await self._unseen(instance)
        if alive:
            await self.actions.delete(instance, alive, grace_seconds=instance.spec.grace_period_seconds)
            # What the cache never shows, for want of the label, cannot wake us when it is gone.
            return None if pods.everything else Result(requeue_after=_UNSEEN_SECONDS)
        if not plan.was_started(instance):
            return None
        secrets = plan.stale_secrets(instance, through_current=True)
        await self.actions.delete_secrets(instance.metadata.namespace, secrets)
        known = {
            name: PodState(start_id=instance.spec.start_id) for name in instance.status.pods if instance.spec.start_id
        }
        await self._report(instance, known, "Pending", reasons.SUSPENDED)
        return None

    async def _unseen(self, instance: Instance) -> list[plan.Pod]:
        """Recorded pods that the cache lacks and the API server has."""
        found = [
            await self.actions.find(instance.metadata.namespace, state.resource_name, state.uid)
            for state in instance.status.pods.values()
            if state.uid and state.state != "Stopped"
        ]
        return [pod for pod in found if pod is not None]

    async def _start(self, instance: Instance, pods: plan.Own) -> Result | None:
        secrets = plan.stale_secrets(instance, through_current=False)
        if secrets and plan.recorded_start(instance) != int(instance.spec.start_id):
            await self.actions.delete_secrets(instance.metadata.namespace, secrets)
        template = await self.templates.find_for_certain(self.actions.client, instance)
        rendering = None if isinstance(template, Refusal) else self._render(instance, template, pods)
        making = Making(self.actions, instance, pods, self.now())
        primary = _primary_name(instance, template, rendering)
        if await making.spent(primary):
            return await self._wind_up(instance, pods)
        if making.lost_label:
            await self._stand_still(instance, reasons.POD_UNLABELLED, making.lost_label)
            return Result(requeue_after=_UNLABELLED_SECONDS)  # nothing tells us of its end
        if making.unproven:
            return None  # its appearance in the cache, or what the Pod status operator writes of its end, wakes us
        if isinstance(template, Refusal):
            return await self._stand_still(instance, template.reason, template.message)
        assert rendering is not None  # noqa: S101 - a usable Template renders
        if rendering.problems:
            return await self._cannot_make(
                instance, making, rendering, template_message(rendering.problems, instance.template_key)
            )
        wanted = [entry.name for entry in rendering.pvcs]
        if not plan.claims_ready(instance, wanted):
            return None  # the PVC operator says why; its report wakes us
        return await self._make(instance, template, making, rendering)

    async def _make(
        self, instance: Instance, template: UsableTemplate, making: Making, rendering: Rendering
    ) -> Result | None:
        """Make pods until each entry has one or waits for something that is not of this Template's pods.

        A pod that was made may be what an entry waits for, so as long as one does it is rendered again.
        """
        while True:
            if rendering.problems:
                return await self._cannot_make(
                    instance, making, rendering, template_message(rendering.problems, instance.template_key)
                )
            try:
                bodies = _bodies(instance, template, rendering)
            except PortError as error:
                return await self._cannot_make(instance, making, rendering, f"{error}. {reasons.TEMPLATE_ERROR.advice}")
            if not await making.ensure(bodies) or len(bodies) == len(rendering.pods):
                break
            rendering = self._render(instance, template, making.pods)
        started = making.result([entry.name for entry in rendering.pods])
        await self._report_started(instance, started)
        return Result(requeue_after=started.retry_after) if started.retry_after else None

    def _render(self, instance: Instance, template: UsableTemplate, pods: plan.Own) -> Rendering:
        kept = {entry: plan.choose(instance, entry, made)[0] for entry, made in pods.current.items()}
        names = {entry: pod.metadata.name for entry, pod in kept.items() if pod is not None and pod.present}
        claims = {name: state.resource_name for name, state in instance.status.pvcs.items() if state.resource_name}
        return render(template.compiled, facts(instance), {"pvcs": claims, "pods": names})

    async def _wind_up(self, instance: Instance, pods: plan.Own) -> None:
        """A start that is spent: nothing of it stays but the record."""
        alive = pods.everything
        if alive:
            await self.actions.delete(instance, alive)
            return
        if plan.is_reported(instance, reasons.START_SPENT):
            return
        await self.actions.delete_secrets(
            instance.metadata.namespace, plan.stale_secrets(instance, through_current=True)
        )
        await self._report(instance, dict(instance.status.pods), "Pending", reasons.START_SPENT)

    async def _cannot_make(self, instance: Instance, making: Making, rendering: Rendering, message: str) -> None:
        """Say what is wrong with the Template; pods that are there stay and stay on record."""
        wanted = [entry.name for entry in rendering.pods]
        for entry in wanted:
            if entry not in making.pods.current:
                making.refuse(entry, reasons.TEMPLATE_ERROR, message)
        started = making.result(wanted)
        await self._report(instance, started.states, started.provisioned, reasons.TEMPLATE_ERROR, message)

    async def _report_started(self, instance: Instance, started: Started) -> None:
        reason, message = started.failure or (reasons.PROVISIONED, "")
        if started.failure is None and started.provisioned != "Completed":
            reason = reasons.WAITING_FOR_ENTRIES
        await self._report(instance, started.states, started.provisioned, reason, message)

    async def _stand_still(self, instance: Instance, reason: Reason, message: str) -> None:
        await self._report(instance, dict(instance.status.pods), instance.status.pods_provisioned, reason, message)

    async def _report(
        self,
        instance: Instance,
        states: dict[str, PodState],
        provisioned: Provisioned,
        reason: Reason,
        message: str = "",
    ) -> None:
        status = "True" if reason is reasons.PROVISIONED else "False"
        condition = report(instance, conditions.PODS_PROVISIONED, status, reason, message, now=self.now())
        recorded = {name: state for name, state in states.items() if status_fields.is_recorded(state)}
        fields = status_fields.fields(recorded, provisioned, condition, instance.metadata.generation)
        written = await self.status.write(instance, fields)
        if written and reason.final and reason is not reasons.START_SPENT:
            self.announcer.failure(instance, condition)


def _bodies(instance: Instance, template: UsableTemplate, rendering: Rendering) -> dict[str, Json]:
    return {
        entry.name: pod_body(
            instance, entry, primary=entry.entry is template.compiled.primary, stable_names=template.stable_names
        )
        for entry in rendering.pods
        if isinstance(entry, Ready)
    }


def _primary_name(instance: Instance, template: UsableTemplate | Refusal, rendering: Rendering | None) -> str | None:
    if rendering is None or isinstance(template, Refusal):
        return instance.primary_entry
    names = (entry.name for entry in rendering.pods if entry.entry is template.compiled.primary)
    return next(names, instance.primary_entry)
