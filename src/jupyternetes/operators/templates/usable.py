"""What comes of looking for an Instance's Template: one that it may use, or why there is none."""

from dataclasses import dataclass

from jupyternetes.api.identity import start_secret_name
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.api.template import Template
from jupyternetes.operators.templates.objects import is_of_start, object_name
from jupyternetes.templating import CompiledTemplate, InstanceFacts


@dataclass(frozen=True, slots=True)
class UsableTemplate:
    """A Template that the Instance may use."""

    template: Template
    compiled: CompiledTemplate


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no Template to work with; ``message`` names the object and the way out.

    ``certain`` is False if only a cache lacks the Template: the API server has to be asked.
    """

    reason: Reason
    message: str
    certain: bool = True


def facts(instance: Instance) -> InstanceFacts:
    """What rendering has to know of an Instance."""
    namespace, name = instance.template_key
    start_id = instance.spec.start_id
    return InstanceFacts(
        name=instance.metadata.name,
        namespace=instance.metadata.namespace,
        uid=instance.metadata.uid,
        template_name=name,
        template_namespace=namespace,
        variables=instance.spec.variables,
        hub_environment=instance.spec.hub_environment,
        start_secret=start_secret_name(instance.metadata.name, start_id) if start_id else "",
        name_of_object=lambda entry, called: object_name(instance, called, of_start=is_of_start(entry)),
    )
