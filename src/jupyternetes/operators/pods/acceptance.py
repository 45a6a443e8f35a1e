"""Says in a Template's status whether it can be used, so that its author learns of a mistake before any user does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.resources import TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.pods.body import Json, PortError, are_records, serving_port
from jupyternetes.operators.status.conditions import others
from jupyternetes.operators.status.owned_fields import condition_fields
from jupyternetes.operators.templates.finder import TemplateFinder, settings_fault
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import CompiledTemplate, InstanceFacts, Ready, compile_template, render, summary


@dataclass(slots=True)
class TemplateReconciler:
    """Reconciles Templates, by key, with their ``Accepted`` condition."""

    client: Client
    cache: Informer[Template]
    templates: TemplateFinder
    announcer: Announcer
    now: Callable[[], datetime] = utc_now

    async def reconcile(self, key: ObjectKey) -> None:
        """Compile the Template and report, unless its status says the same; an earlier version may have written it."""
        template = self.cache.get(*key)
        if template is None:
            return
        generation = template.metadata.generation
        condition = accepted(template, self.templates.compiled(template), now=self.now())
        if template.status.observed_generation == generation and condition in template.status.conditions:
            return
        conditions_now = [*others(template.status.conditions, {condition.type}), condition_fields(condition)]
        body = {
            "metadata": {"resourceVersion": template.metadata.resource_version},
            "status": {"observedGeneration": generation, "conditions": conditions_now},
        }
        # A plain patch: the API server applies nothing to a Template of which any value has the wrong type.
        await self.client.merge_patch(TEMPLATES, *key, body, subresource="status")
        if condition.status == "False":
            self.announcer.failure(template, condition)


def accepted(template: Template, compiled: CompiledTemplate, *, now: datetime) -> Condition:
    """The condition of a compiled Template."""
    faults = [fault for fault in (settings_fault(template), summary(compiled.problems), port_fault(compiled)) if fault]
    if faults:
        status, reason, message = "False", reasons.INVALID, "; ".join(faults)
    elif compiled.other_resources:
        names = ", ".join(entry.written_name for entry in compiled.other_resources)
        status, reason, message = "True", reasons.PARTLY_SUPPORTED, f"spec.otherResources is not acted on yet: {names}"
    else:
        status, reason, message = "True", reasons.ACCEPTED, reasons.ACCEPTED.sentence
    return conditions.updated(
        conditions.find(template.status.conditions, conditions.ACCEPTED),
        conditions.ACCEPTED,
        status=status,
        reason=reason.name,
        message=message,
        generation=template.metadata.generation,
        now=rfc3339(now),
    )


def port_fault(compiled: CompiledTemplate) -> str:
    """Why no server can ever have the port that the Template names, as far as no placeholder has a part in that."""
    pod = compiled.primary
    spec = pod.source.get("spec") if pod else None
    containers = cast("Json", spec).get("containers") if isinstance(spec, dict) else None
    if pod is None or not are_records(containers):
        return ""
    ports = {"containers": [{"ports": container.get("ports")} for container in containers]}
    alone = compile_template({"pods": [{"name": "pod", "port": pod.source.get("port"), "spec": ports}]})
    nobody = InstanceFacts(name="", namespace="", uid="", template_name="", template_namespace="")
    (filled,) = render(alone, nobody, {}).pods
    if not isinstance(filled, Ready):
        return ""
    try:
        serving_port(replace(filled, entry=pod))
    except PortError as error:
        return str(error)
    return ""
