"""The Templates that people may choose from, kept at hand: a form or a start then asks the API server nothing.

A watch is begun for a namespace when something of it is looked for first, so a hub without a form has none.
"""

import logging
from collections.abc import Iterable

from jupyternetes.api.resources import TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.options.compiled import Compiled
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.store import Change
from jupyternetes.spawner.cluster.follow import Followed

log = logging.getLogger(__name__)


class TemplateWatch(Followed[Template]):
    """The Templates of one namespace. ``compiled``: what they are compiled to."""

    def __init__(self, client: Client, namespace: str) -> None:
        self.compiled = Compiled()
        self._told: set[tuple[str, int]] = set()
        informer = Informer(client, TEMPLATES, namespaces=(namespace,), fail_fast=True)
        informer.subscribe(self._changed)
        super().__init__(informer, namespace, "Templates")

    def get(self, name: str) -> Template | None:
        """The Template as last seen."""
        return self._informer.get(self._namespace, name)

    def all(self) -> Iterable[Template]:
        """All that there are, by name."""
        return sorted(self._informer.values(), key=lambda template: template.metadata.name)

    def tell_problems(self, template: Template) -> None:
        """Say in the log, once for each generation, why nobody is offered a Template."""
        revision = template.metadata.uid, template.metadata.generation
        wrong = self.compiled.problems(template)
        if wrong and revision not in self._told:
            self._told.add(revision)
            log.warning("Template %s/%s is offered to nobody: %s", self._namespace, template.metadata.name, wrong)

    def _changed(self, change: Change[Template]) -> None:
        if change.old is not None and change.new is None:
            self.compiled.forget(change.old)
