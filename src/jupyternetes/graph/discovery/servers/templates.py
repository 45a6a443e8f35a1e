"""Which Template shapes which server, and which scheduler does it ask for?"""

from collections.abc import Iterator
from typing import cast

from jupyternetes.api import identity, reasons
from jupyternetes.api.resources import TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.graph.discovery.draft import Arrow, Draft, node_of, object_id, referenced
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.servers.causes import Cause, Causes
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health
from jupyternetes.graph.discovery.states.objects import of_template
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import ObjectId
from jupyternetes.graph.model.kinds import State
from jupyternetes.runtime.objects import ObjectKey, key_of


class Templates:
    """Adds the Templates that Instances name to a draft, each once."""

    def __init__(self, draft: Draft, observed: Observed, causes: Causes) -> None:
        self._draft = draft
        self._observed = observed
        self._causes = causes
        self._templates = {key_of(each): each for each in observed.templates}
        self._of_template: dict[ObjectKey, list[Cause]] = {}

    def causes_of(self, key: ObjectKey) -> list[Cause]:
        """The Template itself, and the schedulers that its pods ask for by name."""
        if key not in self._of_template:
            template = self._templates.get(key)
            known = ObjectId(kind=identity.TEMPLATE_KIND, name=key.name, namespace=key.namespace)
            objects = (object_id(TEMPLATES, template) if template is not None else known,)
            health, namespace = self._health(key), key.namespace
            revision = str(template.metadata.generation) if template is not None else ""
            node = node_of(
                kinds.TEMPLATE, key.name, key.name, health, namespace=namespace, objects=objects, revision=revision
            )
            shapes = Arrow(kinds.SHAPES, referenced(f"spec.template of the Instance names {key}"))
            schedulers = sorted(set(_schedulers(template))) if template is not None else []
            scheduled = [cause for name in schedulers for cause in self._causes.of_scheduler(name)]
            self._of_template[key] = [(self._draft.add(node), shapes), *scheduled]
        return self._of_template[key]

    def _health(self, key: ObjectKey) -> Health:
        template = self._templates.get(key)
        if template is not None:
            return of_template(template)
        if self._observed.was_read(TEMPLATES.plural, key.namespace):
            return Health(State.FAILING, reasons.TEMPLATE_NOT_FOUND.name, f"There is no Template {key}.")
        return UNKNOWN


def _schedulers(template: Template) -> Iterator[str]:
    """A Template's spec is plain data that may have any shape."""
    pods = template.spec.get("pods")
    for entry in cast("list[object]", pods) if isinstance(pods, list) else ():
        spec = cast("dict[str, object]", entry).get("spec") if isinstance(entry, dict) else None
        name = cast("dict[str, object]", spec).get("schedulerName") if isinstance(spec, dict) else None
        if isinstance(name, str):
            yield name
