"""Says in a Template's status whether it can be used, so that its author learns of a mistake before any user does.

What the API server warns of, and what came of a rehearsal, are part of the same status, so they are written from here
as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.resources import TEMPLATES
from jupyternetes.api.template import PodEntry, Template, TemplateSpec
from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.assembly.still_there import check_still_there
from jupyternetes.operators.pods.body import Json, PortError, are_records, serving_port
from jupyternetes.operators.pods.gates.installation import GateSettings
from jupyternetes.operators.pods.rehearsal.rehearsals import Rehearsals
from jupyternetes.operators.pods.template_warnings import TemplateWarnings
from jupyternetes.operators.status.owned_fields import condition_fields
from jupyternetes.operators.templates.finder import TemplateFinder, unreadable_parts
from jupyternetes.operators.templates.schema_check import SchemaCheck, was_accepted
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import CompiledTemplate, InstanceFacts, Problem, Ready, compile_spec, render, summary
from jupyternetes.templating.others.kinds import NOT_ACTED_ON

_OURS: Final = (conditions.ACCEPTED, conditions.WARNINGS, conditions.REHEARSED)
_GATES_ON: Final = GateSettings(on=True)
_LENGTH: Final = 3500
"""Characters for what is wrong with a Template, of those that a condition has room for."""
_NOT_CHECKED: Final = "The fields of its pods and claims are not checked yet: the API server's schemas cannot be read."


@dataclass(slots=True)
class TemplateReconciler:
    """Reconciles Templates, by key, with their conditions ``Accepted``, ``Warnings`` and ``Rehearsed``."""

    client: Client
    cache: Informer[Template]
    templates: TemplateFinder
    check: SchemaCheck
    announcer: Announcer
    warnings: TemplateWarnings
    gates: GateSettings
    rehearsals: Rehearsals
    now: Callable[[], datetime] = utc_now

    async def reconcile(self, key: ObjectKey) -> None:
        """Compile the Template and report, unless its status says the same; an earlier version may have written it."""
        await self.check.schemas.first_look()
        template = self.cache.get(*key)
        if template is None:
            self.warnings.forget(key)
            self.rehearsals.forget(key)
            return
        generation, standing = template.metadata.generation, template.status.conditions
        problems = self.check.problems(template)
        if problems and was_accepted(template):
            self.warnings.hear(template, map(str, problems))
            problems = ()
        compiled = self.templates.compiled(template)
        made = bool(self.templates.kinds)
        acceptance = accepted(template, compiled, problems, others_are_made=made, now=self.now(), gates=self.gates)
        warned = self.warnings.condition(template, now=self.now())
        rehearsed = self.rehearsals.condition(template, accepted=acceptance.status == "True", now=self.now())
        ours = [each for each in (acceptance, warned, rehearsed) if each is not None]
        others = [each for each in standing if each.type not in _OURS]
        unchanged = {*standing} == {*others, *ours}
        if template.status.observed_generation == generation and unchanged:
            return
        body = {
            "metadata": {"resourceVersion": template.metadata.resource_version},
            "status": {
                "observedGeneration": generation,
                "conditions": [condition_fields(each) for each in (*others, *ours)],
            },
        }
        # A plain patch: the API server applies nothing to a Template of which any value has the wrong type.
        try:
            await self.client.merge_patch(TEMPLATES, *key, body, subresource="status")
        except NotFound:
            await check_still_there(self.client, TEMPLATES, template)
            raise
        for each in (acceptance, rehearsed):
            if each is not None and each.status == "False" and each not in standing:
                self.announcer.failure(template, each)


def accepted(
    template: Template,
    compiled: CompiledTemplate,
    problems: Sequence[Problem] | None,
    *,
    now: datetime,
    others_are_made: bool = False,
    gates: GateSettings = _GATES_ON,
) -> Condition:
    """The condition of a compiled Template. ``problems``: what the API server would not take of it; None: not known.

    ``others_are_made``: whether any kind of ``otherResources`` is allowed. ``gates``: what this installation makes of
    gates.
    """
    wrong = summary((*compiled.problems, *gates.problems(compiled.gates), *(problems or ())), limit=_LENGTH)
    port = port_fault(compiled)
    faults = [fault for fault in (unreadable_parts(template), wrong, str(port or "")) if fault]
    notes = [_NOT_CHECKED] if problems is None else []
    vain = [str(remark) for remark in gates.remarks(compiled.gates)]
    if compiled.other_resources and not others_are_made:
        names = ", ".join(entry.written.name for entry in compiled.other_resources)
        vain.append(f"{NOT_ACTED_ON}: {names}")
    if faults:
        status, reason, message = "False", reasons.INVALID, "; ".join(faults)
    elif vain:
        status, reason, message = "True", reasons.PARTLY_SUPPORTED, " ".join(("; ".join(vain), *notes))
    else:
        status, reason = "True", reasons.ACCEPTED
        message = " ".join((reasons.ACCEPTED.sentence, *notes))
    return conditions.updated(
        conditions.find(template.status.conditions, conditions.ACCEPTED),
        conditions.ACCEPTED,
        status=status,
        reason=reason.name,
        message=message,
        generation=template.metadata.generation,
        now=rfc3339(now),
    )


def port_fault(compiled: CompiledTemplate) -> Problem | None:
    """Why no server can ever have the port that the Template names, as far as no placeholder has a part in that."""
    pod = compiled.primary
    containers = pod.written.spec.get("containers") if pod and pod.written.spec else None
    if pod is None or not are_records(containers):
        return None
    ports: Json = {"containers": [{"ports": container.get("ports")} for container in containers]}
    alone = compile_spec(TemplateSpec(pods=(PodEntry(name="pod", port=pod.written.port, spec=ports),)))
    nobody = InstanceFacts(name="", namespace="", uid="", template_name="", template_namespace="")
    (filled,) = render(alone, nobody, {}).pods
    if not isinstance(filled, Ready):
        return None
    try:
        serving_port(replace(filled, entry=pod))
    except PortError as error:
        return error.problem
    return None
