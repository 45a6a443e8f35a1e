"""Templates, each compiled once for each of its generations, and for what the operators say of other resources."""

from dataclasses import dataclass, field

from jupyternetes.api.template import Template
from jupyternetes.templating import CompiledTemplate, compile_as_operators, summary
from jupyternetes.templating.others.kinds import kinds_as_told

#: Its generation, and whether objects of other resources are made.
_Revision = tuple[int, bool]


@dataclass(slots=True)
class Compiled:
    """Compiles when it is asked, and remembers until it is told to forget."""

    _by_uid: dict[str, tuple[_Revision, CompiledTemplate]] = field(
        default_factory=dict[str, tuple[_Revision, CompiledTemplate]]
    )

    def has(self, template: Template) -> bool:
        """Whether it is compiled already."""
        known = self._by_uid.get(template.metadata.uid)
        return known is not None and known[0] == _revision(template)

    def get(self, template: Template) -> CompiledTemplate:
        """The Template as every operator sees it."""
        uid, revision = template.metadata.uid, _revision(template)
        known = self._by_uid.get(uid)
        if known is None or known[0] != revision:
            known = self._by_uid[uid] = revision, compile_as_operators(template, kinds_as_told(template))
        return known[1]

    def problems(self, template: Template) -> str:
        """Why it can be used by nobody; empty if it can."""
        faults = [str(fault) for fault in template.unreadable]
        return "; ".join([*faults, *filter(None, [summary(self.get(template).problems)])]) or template.refusal

    def forget(self, template: Template) -> None:
        """Drop a Template that is gone."""
        self._by_uid.pop(template.metadata.uid, None)


def _revision(template: Template) -> _Revision:
    return template.metadata.generation, bool(kinds_as_told(template))
