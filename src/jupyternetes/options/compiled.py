"""Templates, each compiled once for each of its generations."""

from dataclasses import dataclass, field

from jupyternetes.api.template import Template
from jupyternetes.templating import CompiledTemplate, compile_as_operators, summary


@dataclass(slots=True)
class Compiled:
    """Compiles when it is asked, and remembers until it is told to forget."""

    _by_uid: dict[str, tuple[int, CompiledTemplate]] = field(default_factory=dict[str, tuple[int, CompiledTemplate]])

    def has(self, template: Template) -> bool:
        """Whether it is compiled already."""
        known = self._by_uid.get(template.metadata.uid)
        return known is not None and known[0] == template.metadata.generation

    def get(self, template: Template) -> CompiledTemplate:
        """The Template as every operator sees it."""
        uid, generation = template.metadata.uid, template.metadata.generation
        known = self._by_uid.get(uid)
        if known is None or known[0] != generation:
            known = self._by_uid[uid] = generation, compile_as_operators(template)
        return known[1]

    def problems(self, template: Template) -> str:
        """Why it can be used by nobody; empty if it can."""
        faults = [str(fault) for fault in template.unreadable]
        return "; ".join([*faults, *filter(None, [summary(self.get(template).problems)])])

    def forget(self, template: Template) -> None:
        """Drop a Template that is gone."""
        self._by_uid.pop(template.metadata.uid, None)
