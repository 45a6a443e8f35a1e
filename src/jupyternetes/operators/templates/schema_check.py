"""Templates held against what the API server says of pods and claims, each once as long as neither changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from jupyternetes.api import conditions
from jupyternetes.api.template import Template
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.server_schemas import ServerSchemas
from jupyternetes.templating import Problem
from jupyternetes.templating.schemas import Schemas, check


@dataclass(slots=True)
class SchemaCheck:
    """Checks Templates; nothing is asked of the API server for that."""

    schemas: ServerSchemas
    templates: TemplateFinder
    _found: dict[str, tuple[int, Schemas, Sequence[Problem]]] = field(
        default_factory=dict[str, tuple[int, Schemas, Sequence[Problem]]], init=False
    )

    def problems(self, template: Template) -> Sequence[Problem] | None:
        """What the API server would refuse or drop of the Template's objects; None if its schemas are not known."""
        schemas, meta = self.schemas.current, template.metadata
        if schemas is None:
            return None
        known = self._found.get(meta.uid)
        if known is None or known[0] != meta.generation or known[1] is not schemas:
            found = check(self.templates.compiled(template), schemas, self.schemas.served)
            known = (meta.generation, schemas, found)
            self._found[meta.uid] = known
        return known[2]

    def strict(self, template: Template) -> bool:
        """Whether the API server is to refuse objects of the Template with a field that it does not know.

        It only warns of one where its schemas are not known, or have changed since the Template was accepted.
        """
        problems = self.problems(template)
        return problems is not None and not (problems and was_accepted(template))

    def forget(self, template: Template) -> None:
        """Drop what was found in a Template that is gone."""
        self._found.pop(template.metadata.uid, None)


def was_accepted(template: Template) -> bool:
    """Whether this very generation of the Template was accepted before."""
    accepted = conditions.find(template.status.conditions, conditions.ACCEPTED)
    generation = template.metadata.generation
    return accepted is not None and (accepted.status, accepted.observed_generation) == ("True", generation)
