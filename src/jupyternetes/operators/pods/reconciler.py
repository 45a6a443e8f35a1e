"""Carries out the plan for the pods of one Instance, and reports."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from jupyternetes.api import conditions, gate_reasons, reasons
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES
from jupyternetes.operators.assembly.deadlines import Deadlines, StartTimes
from jupyternetes.operators.assembly.instance_reconciler import InstanceReconciler
from jupyternetes.operators.assembly.still_there import check_still_there
from jupyternetes.operators.pods import status_fields
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pods.gates.asking import standing, to_keep
from jupyternetes.operators.pods.gates.waiting import GateWaiting
from jupyternetes.operators.pods.metrics import StartFailures
from jupyternetes.operators.pods.plan import plan
from jupyternetes.operators.pods.pod_times import PodTimes
from jupyternetes.operators.pods.steps import (
    Action,
    Create,
    Delete,
    DeleteSecrets,
    FindTemplate,
    ForceDelete,
    Observed,
    Plan,
    PodsStatus,
    Question,
    RepairStatus,
    Verify,
)
from jupyternetes.operators.status.conditions import report
from jupyternetes.operators.status.failures import create_failure, delete_failure, is_quota
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.errors import ApiError, UnknownOutcome
from jupyternetes.runtime.objects import ObjectKey, key_of


@dataclass(slots=True, kw_only=True)
class PodReconciler(InstanceReconciler):
    """Reconciles Instances with their pods."""

    acts_on_held: ClassVar[bool] = True

    templates: TemplateFinder
    actions: PodActions
    gates: GateWaiting
    failures: StartFailures
    _refused: Deadlines = field(default_factory=Deadlines)
    """Since when a quota has refused a pod."""
    _ages: PodTimes = field(default_factory=PodTimes)
    """Since when the pods of Instances without a start id are known."""
    _leaving: PodTimes = field(default_factory=PodTimes)
    """Since when pods are being deleted; of those that the cache shows no more, the ones on record stay known."""

    _starts: StartTimes = field(default_factory=StartTimes)
    """Since when starts with other resources are known."""

    def forget(self, key: ObjectKey) -> None:
        """It waits for nothing any more, and nothing of its pods is remembered."""
        self._refused.end(key)
        self._starts.end(key)
        self._ages.forget(key)
        self._leaving.forget(key)
        self.gates.forget(key)
        self.actions.forget(key)

    async def reconcile_instance(self, instance: Instance) -> Result | None:
        """One pass."""
        key = key_of(instance)
        pods = tuple(await self.actions.known(key))
        observed = Observed(
            pods=pods,
            ages=self._ages.note(key, () if instance.spec.start_id else [pod.metadata.uid for pod in pods]),
            leaving=self._leaving.note(
                key,
                [pod.metadata.uid for pod in pods if pod.metadata.deleting],
                keep={state.uid for state in instance.status.pods.values()},
            ),
            gates=self.gates.facts(instance, self.now()),
        )
        decided = await self._carry_out(instance, observed)
        self.gates.note(key, decided, self.now())
        if decided.status is not None:
            await self._report(instance, decided.status)
        return Result(requeue_after=decided.requeue_after) if decided.requeue_after else None

    async def _carry_out(self, instance: Instance, observed: Observed) -> Plan:
        """Act until the plan asks the API server nothing more; the answer is that last plan."""
        template = self.templates.find(instance)
        done: list[Action] = []
        while True:
            observed = replace(observed, waited=self._waited(instance, template))
            decided = plan(instance, template, observed)
            due = [action for action in decided.actions if action not in done]
            before = observed
            for action in due:
                if isinstance(action, FindTemplate):
                    template = await self.templates.find_for_certain(self.client, instance)
                else:
                    observed = await self._act(instance, action, observed)
            done += due
            if observed is before and not any(isinstance(action, Question) for action in due):
                if not any(map(is_quota, observed.failed.values())):
                    self._refused.end(key_of(instance))
                return decided

    def _waited(self, instance: Instance, template: UsableTemplate | Refusal) -> float:
        """For how long the present start has waited for other resources, by this process's own clock."""
        key = key_of(instance)
        if instance.spec.suspend or isinstance(template, Refusal) or not template.compiled.other_resources:
            self._starts.end(key)
            return 0.0
        start = instance.metadata.uid, instance.spec.start_id
        return self._starts.elapsed(key, start)

    async def _act(self, instance: Instance, action: Action, observed: Observed) -> Observed:
        """Do it; the answer is what is known from then on."""
        namespace = instance.metadata.namespace
        match action:
            case Verify(name, uid):
                found = await self.actions.find(namespace, name, uid)
                return replace(observed, looked_up={**observed.looked_up, uid: found})
            case Create():
                return await self._create(instance, action, observed)
            case Delete() | ForceDelete():
                return await self._delete(instance, action, observed)
            case DeleteSecrets(names):
                return await self._delete_secrets(instance, names, observed)
            case RepairStatus():
                await self.repair(instance)
            case FindTemplate():
                pass
        return observed

    async def _delete(self, instance: Instance, delete: Delete | ForceDelete, observed: Observed) -> Observed:
        uid = delete.pod.metadata.uid
        try:
            if isinstance(delete, ForceDelete):
                await self.actions.force_delete(instance, delete.pod)
            else:
                await self.actions.delete(instance, delete.pod, grace_seconds=delete.grace_seconds)
        except (ApiError, UnknownOutcome) as error:
            return _with_undeleted(observed, uid, error)
        if delete.pod in observed.pods:
            self._leaving.begin(key_of(instance), uid)  # the API server has taken the delete
        return observed

    async def _delete_secrets(self, instance: Instance, names: Iterable[str], observed: Observed) -> Observed:
        # They are deleted by name: of an Instance that is gone, another one may have it by now.
        await check_still_there(self.client, INSTANCES, instance)
        for name in names:
            try:
                await self.actions.delete_secret(instance.metadata.namespace, name)
            except (ApiError, UnknownOutcome) as error:
                return _with_undeleted(observed, name, error)
        return observed

    async def _create(self, instance: Instance, create: Create, observed: Observed) -> Observed:
        try:
            pod = await self.actions.create(instance, create)
        except (ApiError, UnknownOutcome) as error:
            if create_failure(error, create.body) is None:
                raise
            waited = self._refused.elapsed(key_of(instance)) if is_quota(error) else observed.refused_for
            return replace(observed, failed={**observed.failed, create.entry: error}, refused_for=waited)
        return replace(observed, made={**observed.made, create.entry: pod})

    async def _report(self, instance: Instance, status: PodsStatus) -> None:
        reason = status.reason
        value = "True" if reason is reasons.PROVISIONED else "False"
        condition = report(instance, conditions.PODS_PROVISIONED, value, reason, status.message, now=self.now())
        gates = to_keep(instance, reason) if status.gates is None else status.gates
        generation = instance.metadata.generation
        fields = status_fields.fields(status.entries, status.provisioned, condition, generation, gates)
        if reason is reasons.SUSPENDED:
            self.actions.forget(key_of(instance))
        written = await self.status.write(instance, fields)
        if written:
            self.failures.note(instance, condition)
        failed = reason.final or reason in (reasons.FAILED_CREATE, reasons.FAILED_DELETE)
        if written and failed and reason is not reasons.START_SPENT:
            self.announcer.failure(instance, condition)
        for name in sorted(gates.keys() - standing(instance).keys()) if written else ():
            what = f"Asked {name} whether the server may {gates[name].before.lower()}"
            self.announcer.normal(instance, gate_reasons.GATE_ASKED, what)


def _with_undeleted(observed: Observed, what: str, error: ApiError | UnknownOutcome) -> Observed:
    """``observed`` with a delete that is refused, of a pod's uid or a Secret's name. Raises what is just done again."""
    if delete_failure(error) is None:
        raise error
    return replace(observed, undeleted={**observed.undeleted, what: error})
