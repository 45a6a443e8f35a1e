"""Of which kind an entry may be. It is written out, so that everybody can see what a Template asks for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.other_kinds import is_never_allowed
from jupyternetes.api.template import OtherEntry, Template
from jupyternetes.templating.problems import Problem, child_path

#: The parts of an object that are not an entry's to write.
_TAKEN: Final = {
    "metadata": "labels and annotations stand beside it, and the operator gives the rest; remove it",
    "status": "what acts on the object writes it; remove it",
}


class Kinds:
    """The kinds that may be made, each an `apiVersion` and a `kind`. None: every one but those that never are."""

    __slots__ = ("_allowed",)

    def __init__(self, allowed: Iterable[tuple[str, str]] | None) -> None:
        self._allowed = None if allowed is None else frozenset(allowed)

    def __bool__(self) -> bool:
        """Whether objects of other resources are made at all."""
        return self._allowed is None or bool(self._allowed)

    def fault(self, api_version: str, kind: str) -> str:
        """Why no object of this kind can be made; `""` if one can."""
        if is_never_allowed(api_version, kind):
            return f"kind {kind} ({api_version}) is never made for servers"
        if self._allowed is None or (api_version, kind) in self._allowed:
            return ""
        return f"kind {kind} ({api_version}) is not allowed; add it to otherResources.kinds of the chart"


#: As if every kind were allowed that can be.
ANY: Final = Kinds(None)
NO_KINDS: Final = Kinds(())
#: Said of a Template whose entries come to nothing; their names follow.
NOT_ACTED_ON: Final = "spec.otherResources is not acted on, since the chart's otherResources.kinds is empty"


def kinds_as_told(template: Template) -> Kinds:
    """For whoever is not told the list: none if the operators say so of the Template as it is, else any.

    Which of several kinds is not allowed is told by ``Template.refusal``.
    """
    said = template.acceptance
    return NO_KINDS if said is not None and NOT_ACTED_ON in said.message else ANY


def kind_problems(entries: Sequence[OtherEntry], path: str, kinds: Kinds) -> Iterator[Problem]:
    """What is wrong with the kinds of `entries`, which stand at `path`; nothing where no objects are made of them."""
    for index, entry in enumerate(entries if kinds else ()):
        here = child_path(path, index)
        api_version = child_path(here, name_of(OtherEntry.api_version))
        kind = child_path(here, name_of(OtherEntry.kind))
        for where, text in ((api_version, entry.api_version), (kind, entry.kind)):
            if "{" in text:
                yield Problem(where, "write it out: the kind of an object cannot come from a placeholder")
        if "{" not in entry.api_version + entry.kind and (fault := kinds.fault(entry.api_version, entry.kind)):
            yield Problem(kind, fault)
        for key in entry.further.keys() & _TAKEN.keys():
            yield Problem(child_path(here, key), _TAKEN[key])
