"""Acts on the plan for the claims of one Instance and reports."""

from dataclasses import dataclass, field
from typing import cast

from jupyternetes.api import claim_reasons, conditions, labels, reasons
from jupyternetes.api.core import Claim
from jupyternetes.api.instance import ClaimState, Instance, Provisioned
from jupyternetes.api.resources import CLAIMS
from jupyternetes.api.template import ClaimEntry
from jupyternetes.operators.assembly.assembly import CLAIM_INDEX
from jupyternetes.operators.assembly.deadlines import Deadlines
from jupyternetes.operators.assembly.instance_reconciler import InstanceReconciler
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.operators.pvcs import status_fields
from jupyternetes.operators.pvcs.adoption import Refuse, adopt, claim_name_of_somebody
from jupyternetes.operators.pvcs.faults import fault
from jupyternetes.operators.pvcs.fit import Fit, fit
from jupyternetes.operators.pvcs.growth import Growth, Note, summary
from jupyternetes.operators.pvcs.lists import SharedLists
from jupyternetes.operators.pvcs.plan import (
    Create,
    Decision,
    Use,
    Verify,
    choose,
    decide,
    decide_missing,
    known_claim,
    own_claims,
    reclaim_policy,
)
from jupyternetes.operators.status.conditions import report, unmoved
from jupyternetes.operators.status.failures import (
    Failure,
    create_failure,
    is_quota,
    template_message,
)
from jupyternetes.operators.status.warnings import about_entry
from jupyternetes.operators.templates.existing import ready_others
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.schema_check import SchemaCheck
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate, facts
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.errors import AlreadyExists, ApiError, NotFound, UnknownOutcome
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.templating import PVCS, Ready, Rendering, Waiting, render
from jupyternetes.templating.references import OTHER_RESOURCES

#: Seconds until claims are let grow, once their being there was reported.
_AFTER_REPORT_SECONDS = 1.0
#: Seconds in which the hub is expected to set going what it has made: a report just before meets its write.
_UNSTARTED_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class PvcReconciler(InstanceReconciler):
    """Reconciles Instances with their volume claims."""

    claims: Expectations[Claim, ObjectKey]
    made_once: MadeOnce
    lists: SharedLists
    templates: TemplateFinder
    check: SchemaCheck
    growth: Growth
    _held: Deadlines = field(default_factory=Deadlines)
    _refused: Deadlines = field(default_factory=Deadlines)
    """Since when a quota has refused a claim."""

    def forget(self, key: ObjectKey) -> None:
        """It waits for nothing any more."""
        self._held.end(key)
        self._refused.end(key)
        self.growth.forget(key)
        self.made_once.forget(key)

    async def reconcile_instance(self, instance: Instance) -> Result | None:
        """Bring the claims of the Instance to what its Template asks for, as far as that can be done now."""
        key = key_of(instance)
        if instance.unreadable:
            await self.repair(instance)
            return None
        template = await self.templates.find_for_certain(self.client, instance)
        if isinstance(template, Refusal):
            return await self._stand_still(instance, Failure(template.reason, template.message))
        await self.claims.settle(key)
        known = self._known_names(instance, key)
        rendering = render(
            template.compiled,
            facts(instance),
            {PVCS: known, OTHER_RESOURCES: ready_others(instance, template.compiled)},
        )
        if rendering.problems:
            return await self._stand_still(
                instance, Failure(reasons.TEMPLATE_ERROR, template_message(rendering.problems, instance.template_key))
            )
        return await self._provision(instance, key, rendering, template)

    async def _provision(
        self, instance: Instance, key: ObjectKey, rendering: Rendering, template: UsableTemplate
    ) -> Result | None:
        states: dict[str, ClaimState] = {}
        fits: list[tuple[Claim, Fit]] = []
        failure: Failure | None = None
        for entry in rendering.pvcs:
            if not isinstance(entry, Ready):
                failure = failure or _waiting(entry)
                continue
            outcome = await self._ensure(instance, key, entry, template)
            recorded = instance.status.pvcs.get(entry.name, ClaimState())
            if isinstance(outcome, Failure):
                failure = failure or outcome
                states[entry.name] = ClaimState(
                    resource_name=recorded.resource_name,
                    state="Error",
                    error_message=outcome.message,
                    reclaim_policy=reclaim_policy(entry),
                )
            else:
                name = outcome.metadata.name
                states[entry.name] = ClaimState(resource_name=name, reclaim_policy=reclaim_policy(entry))
                fits.append((outcome, fit(outcome, entry.spec)))
        if failure is None or failure.reason not in (reasons.WAITING_FOR_QUOTA, reasons.QUOTA_EXCEEDED):
            self._refused.end(key)
        instance = self._newest(instance)
        if failure is None and (hold := self._unstarted(instance, key)):
            return Result(requeue_after=hold)
        provisioned = status_fields.progress(len(rendering.pvcs), states)
        states = _kept(instance, rendering) | states
        if failure is not None:
            await self._report(instance, states, provisioned, failure)
            return Result(requeue_after=failure.retry_seconds)
        own = own_claims(instance, self.claims.find(key))
        wanted, notes = self.growth.plan(key, fits, own)
        if wanted and (instance.status.pvcs, instance.status.pvcs_provisioned) != (states, provisioned):
            # A start waits for this report, and not for growth.
            await self._report(instance, states, provisioned, None, summary(notes))
            return Result(requeue_after=_AFTER_REPORT_SECONDS)
        for each in wanted:
            if (note := await self.growth.grow(instance, each)) is not None:
                notes.append(note)
        note = summary(notes)
        await self._report(instance, states, provisioned, None, note)
        return Result(requeue_after=note.retry_seconds) if note is not None else None

    def _unstarted(self, instance: Instance, key: ObjectKey) -> float:
        """Seconds for which a new Instance's first report can wait: nobody needs it before the Instance is resumed."""
        reported = conditions.find(instance.status.conditions, conditions.PVCS_PROVISIONED) is not None
        if reported or not instance.spec.suspend:
            self._held.end(key)
            return 0.0
        return max(0.0, _UNSTARTED_SECONDS - self._held.elapsed(key))

    async def _ensure(
        self, instance: Instance, key: ObjectKey, entry: Ready[ClaimEntry], template: UsableTemplate
    ) -> Claim | Failure:
        """The entry's claim, made if need be, or why there is none."""
        decision = self._decide(instance, key, entry, template)
        if isinstance(decision, Refuse):
            reason = claim_reasons.CLAIM_OF_ANOTHER
            where = f"{instance.metadata.namespace}/{decision.name}"
            message = f"PersistentVolumeClaim {where} is on record for Instance {decision.holder}. {reason.advice}"
            return Failure(reason, message)
        strict = self.check.strict(template.template)
        if isinstance(decision, Verify) and decision.made_if_missing:
            found = await self._find(instance, decision.name)
            if found is not None:
                return fault(instance, decision, found) or found
            decision = decide_missing(instance, entry, await self.lists.claims_of(key))
        match decision:
            case Use(claim):
                return fault(instance, Verify(claim.metadata.name, recorded=True), claim) or claim
            case Verify(name):
                found = await self._find(instance, name)
                return fault(instance, decision, found) or cast("Claim", found)
            case Create(name=name):  # that there is none of a certain name was looked for above
                existing = None if name else choose(instance, entry.name, await self.lists.claims_of(key))
                return existing or await self._create(instance, entry, decision, strict=strict)

    def _decide(
        self, instance: Instance, key: ObjectKey, entry: Ready[ClaimEntry], template: UsableTemplate
    ) -> Decision | Refuse:
        somebodys, known = claim_name_of_somebody(template.compiled, instance, entry), self.claims.find(key)
        if somebodys is None:
            return decide(instance, entry, known, stable_names=template.compiled.stable_names)

        def holders(name: str) -> list[Instance]:
            return self.instances.by_index(CLAIM_INDEX, ObjectKey(key.namespace, name))

        decision = adopt(instance, entry, somebodys=somebodys, holders=holders)
        return decision if isinstance(decision, Refuse) else known_claim(instance, decision, known)

    async def _find(self, instance: Instance, name: str) -> Claim | None:
        try:
            return await self.client.get(CLAIMS, instance.metadata.namespace, name)
        except NotFound:
            return None

    async def _create(
        self, instance: Instance, entry: Ready[ClaimEntry], wanted: Create, *, strict: bool
    ) -> Claim | Failure:
        body, key = dict(wanted.body), key_of(instance)
        await self.made_once.begin(instance, entry.name)
        try:
            made = await self.claims.create(key, instance.metadata.namespace, body, strict=strict)
        except (ApiError, UnknownOutcome) as error:
            if wanted.name and isinstance(error, AlreadyExists):
                # Somebody was faster, such as another server of the same user: that claim is the one to use.
                found = await self._find(instance, wanted.name)
                if found is None:
                    raise
                return fault(instance, Verify(wanted.name, recorded=False, made_if_missing=True), found) or found
            # Of a name that is taken the live list has just shown that it is not by a claim of ours.
            waited = self._refused.elapsed(key) if is_quota(error) else 0.0
            failure = create_failure(error, body, refused_for=waited)
            if failure is None:
                raise
            return failure
        name = made.obj.metadata.name
        self.announcer.normal(instance, claim_reasons.VOLUME_CLAIM_CREATED, f"Created PersistentVolumeClaim {name}")
        self.announcer.warned(instance, about_entry(made.warnings, PVCS, entry.name, body))
        return made.obj

    def _known_names(self, instance: Instance, key: ObjectKey) -> dict[str, str]:
        """Names of claims by entry, for Templates in which one claim refers to another."""
        names = {entry: state.resource_name for entry, state in instance.status.pvcs.items() if state.resource_name}
        for claim in own_claims(instance, self.claims.find(key)):
            names.setdefault(claim.metadata.labels.get(labels.PVC_NAME, ""), claim.metadata.name)
        return names

    async def _stand_still(self, instance: Instance, failure: Failure) -> None:
        """Say why nothing can be done; what is recorded stays, and a change of the Template wakes the Instance."""
        await self._report(instance, dict(instance.status.pvcs), instance.status.pvcs_provisioned, failure)

    def _newest(self, instance: Instance) -> Instance:
        """The Instance as it is by now, if what was decided holds for it too.

        The hub resumes a new Instance just while its claims are being made; reporting on the older one is a conflict.
        """
        cached = self.instances.get(*key_of(instance))
        newest = self.status.latest(cached) if cached is not None else instance
        unchanged = (
            newest.metadata.uid == instance.metadata.uid
            and newest.spec.template == instance.spec.template
            and newest.spec.variables == instance.spec.variables
            and newest.status.pvcs == instance.status.pvcs
        )
        return newest if unchanged else instance

    async def _report(
        self,
        instance: Instance,
        states: dict[str, ClaimState],
        provisioned: Provisioned,
        failure: Failure | None,
        note: Note | None = None,
    ) -> None:
        kind = conditions.PVCS_PROVISIONED
        before = conditions.find(instance.status.conditions, kind)
        if failure is None:
            reason, message = (reasons.PROVISIONED, "") if note is None else (note.reason, note.message)
            condition = report(instance, kind, "True", reason, message, now=self.now())
            condition = unmoved(instance, condition)
        else:
            condition = report(instance, kind, "False", failure.reason, failure.message, now=self.now())
        written = await self.status.write(instance, status_fields.fields(states, provisioned, condition))
        if written and failure is not None and failure.reason is not reasons.WAITING_FOR_ENTRIES:
            self.announcer.failure(instance, condition)
        if written and note is not None and (before is None or before.message != condition.message):
            self.announcer.warning(instance, note.reason, condition.message)


def _kept(instance: Instance, rendering: Rendering) -> dict[str, ClaimState]:
    """The records of claims that this start does not want: they hold files, and a later start may want them again."""
    unwanted = (each.name for each in rendering.omitted if each.entry.kind == PVCS)
    recorded = ((name, instance.status.pvcs.get(name, ClaimState())) for name in unwanted)
    return {
        name: ClaimState(resource_name=state.resource_name, reclaim_policy=state.reclaim_policy)
        for name, state in recorded
        if state.resource_name
    }


def _waiting(entry: object) -> Failure:
    needs = ", ".join(entry.needs) if isinstance(entry, Waiting) else ""
    return Failure(reasons.WAITING_FOR_ENTRIES, f"waiting for {needs}")
