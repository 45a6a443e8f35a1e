"""Finding an Instance's Template, compiled, and whether the Instance may use it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Protocol

from jupyternetes.api import reasons
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.api.resources import TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.operators.status.failures import template_message
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import NotFound
from jupyternetes.templating import CompiledTemplate, compile_as_operators
from jupyternetes.templating.access import admits
from jupyternetes.templating.others.kinds import NO_KINDS, Kinds


class TemplateCache(Protocol):
    """Where Templates are looked up: an informer."""

    def get(self, namespace: str, name: str) -> Template | None:
        """The Template, if it exists."""
        ...


@dataclass(slots=True)
class TemplateFinder:
    """Finds and compiles Templates; each is compiled once a generation.

    ``namespaces`` are those whose Templates may be used from other namespaces too. ``kinds``: those that entries of
    ``otherResources`` may be of.
    """

    cache: TemplateCache
    namespaces: Collection[str]
    kinds: Kinds = NO_KINDS
    _compiled: dict[str, tuple[int, CompiledTemplate]] = field(default_factory=dict[str, tuple[int, CompiledTemplate]])

    def compiled(self, template: Template) -> CompiledTemplate:
        """The Template, compiled."""
        uid, generation = template.metadata.uid, template.metadata.generation
        known = self._compiled.get(uid)
        if known is None or known[0] != generation:
            known = (generation, compile_as_operators(template, self.kinds))
            self._compiled[uid] = known
        return known[1]

    def forget(self, template: Template) -> None:
        """Drop what was compiled for a Template that is gone."""
        self._compiled.pop(template.metadata.uid, None)

    def find(self, instance: Instance) -> UsableTemplate | Refusal:
        """The Template that ``instance`` asks for, or why it cannot have it."""
        namespace, name = instance.template_key
        if namespace != instance.metadata.namespace and namespace not in self.namespaces:
            # Said without a look whether it exists: the answer is no business of somebody who may not use it.
            return _refuse(
                reasons.TEMPLATE_NOT_ALLOWED,
                f"Template {namespace}/{name} may not be used from namespace {instance.metadata.namespace}",
            )
        template = self.cache.get(namespace, name)
        if template is None:
            absent = _refuse(reasons.TEMPLATE_NOT_FOUND, f"Template {namespace}/{name} does not exist")
            return replace(absent, certain=not name)
        return self._usable(instance, template)

    async def find_for_certain(self, client: Client, instance: Instance) -> UsableTemplate | Refusal:
        """As ``find``, but absence needs proof: a Template may be newer than the cache, and its absence ends a start.

        Raises what a get raises.
        """
        found = self.find(instance)
        namespace, name = instance.template_key
        if not isinstance(found, Refusal) or found.certain:
            return found
        try:
            template = await client.get(TEMPLATES, namespace, name)
        except NotFound:
            return replace(found, certain=True)
        return self._usable(instance, template)

    def _usable(self, instance: Instance, template: Template) -> UsableTemplate | Refusal:
        namespace, name = instance.template_key
        if template.unreadable:
            return _refuse(reasons.TEMPLATE_ERROR, f"Template {namespace}/{name}: {unreadable_parts(template)}")
        compiled = self.compiled(template)
        if compiled.access is None:
            return Refusal(reasons.TEMPLATE_ERROR, template_message(compiled.problems, (namespace, name)))
        if not admits(compiled.access, instance.metadata.namespace, namespace):
            return _refuse(
                reasons.TEMPLATE_NOT_ALLOWED,
                f"Template {namespace}/{name} does not list namespace {instance.metadata.namespace}"
                " in spec.access.namespaces",
            )
        return UsableTemplate(template, compiled)


def unreadable_parts(template: Template) -> str:
    """Which of the Template's values could not even be read as JSON of the right kind; empty if all could."""
    return "; ".join(map(str, template.unreadable))


def _refuse(reason: Reason, message: str) -> Refusal:
    return Refusal(reason, f"{message}. {reason.advice}")
