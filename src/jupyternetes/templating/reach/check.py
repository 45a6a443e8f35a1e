"""A Template against the table of places: everything that reaches further than it may, with the line that mends it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from jupyternetes.api.fields import fields_of, name_of
from jupyternetes.api.labels import PREFIX, SERVERNAME, USERNAME
from jupyternetes.api.template import ClaimEntry, Entry, OtherEntry, TemplateSpec
from jupyternetes.templating.filters import NAME_FILTERS
from jupyternetes.templating.jsontree import as_list, as_mapping, is_scalar
from jupyternetes.templating.lexer import NULL, Placeholder
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.reach.commands import CommandCheck
from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.mend import mend
from jupyternetes.templating.reach.places import NOWHERE, UNKNOWN, Place, Special
from jupyternetes.templating.reach.provenance import Provenance
from jupyternetes.templating.reach.table import Places
from jupyternetes.templating.references import OTHER_RESOURCES, PODS, PVCS, kind_of
from jupyternetes.templating.spec_reader import ROOT
from jupyternetes.templating.variables.built_in import SERVER_NAME, USER_NAME, USER_SERVER
from jupyternetes.templating.variables.coercion import ARGUMENTS
from jupyternetes.templating.variables.gather import OPERATOR_VARIABLES

_DEPTH: Final = 96  # of maps, lists and choices within each other; what lies deeper is a problem already
_OWNERS: Final = frozenset({USER_NAME, SERVER_NAME, USER_SERVER})
_LISTS: Final = frozenset({"json", ARGUMENTS})
#: Fields in which braces are CEL's.
_EXPRESSIONS: Final = frozenset({name_of(Entry.condition), name_of(OtherEntry.ready_when)})
_TEXTS: Final = frozenset({Special.TEXT, Special.ANNOTATION, Special.STRINGS})


def check_reach(
    spec: TemplateSpec, provenance: Provenance, places: Places, problems: Collection[Problem]
) -> list[Problem]:
    """Everything in the entries of `spec` that may not stand where it does, but where there are `problems` already."""
    entries: Mapping[str, Sequence[Entry]] = {PVCS: spec.pvcs, PODS: spec.pods, OTHER_RESOURCES: spec.other_resources}
    found_by_path = {problem.path: problem for problem in problems}
    for kind, found in entries.items():
        for index, entry in enumerate(found):
            path = child_path(child_path(ROOT, kind), index)
            check = _EntryCheck(provenance, as_mapping(entry.spec) or {}, found_by_path)
            check.entry(entry, path, places.of(kind, entry))
    known = {problem.path for problem in problems}
    return [problem for path, problem in found_by_path.items() if path not in known]


class _EntryCheck:
    """Walks through one entry, and through what comes with the choices that it uses. `problems`, by path, grows."""

    def __init__(self, provenance: Provenance, pod: Mapping[str, object], problems: dict[str, Problem]) -> None:
        self._provenance = provenance
        self._commands = CommandCheck(provenance, pod)
        self._problems = problems
        self._seen: set[tuple[str, Place]] = set()
        self._depth = 0

    def entry(self, entry: Entry, path: str, places: Place) -> None:
        for each in fields_of(type(entry)):
            if each.name not in _EXPRESSIONS:
                self._walk(getattr(entry, each.attribute), child_path(path, each.name), places.member(each.name))
        if isinstance(entry, OtherEntry):
            self._walk(entry.further, path, places)
        if isinstance(entry, ClaimEntry) and entry.makes_named_claim:
            self._made_claim(entry.claim_name, child_path(path, name_of(ClaimEntry.claim_name)))

    def _made_claim(self, name: str, path: str) -> None:
        """Its name must not change with what is chosen: after another choice, its user would find an empty volume."""
        for each in self._placeholders(name):
            if each.name in OPERATOR_VARIABLES or _by_own_rule(each, Special.ADOPTED_CLAIM):
                continue
            message = (
                f"{{{each.name}}} may not choose which claim is made: another choice would be an empty volume; write "
                f"{{{USER_NAME}:dns}}, or the like with {SERVER_NAME} or {USER_SERVER}, and fixed text"
            )
            self._problems.setdefault(path, Problem(path, message))

    def _walk(self, value: object, path: str, place: Place) -> None:
        if isinstance(value, str):
            if "{" in value:
                self._text(value, path, place)
            return
        mapping, items = as_mapping(value), as_list(value)
        if (mapping is None and items is None) or self._depth == _DEPTH:
            return
        self._depth += 1
        for index, item in enumerate(items or ()):
            self._walk(item, child_path(path, index), place.child("[]"))
        for key, member in (mapping or {}).items():
            here = child_path(path, key)
            self._walk(member, here, self._member(key, here, place))
        self._depth -= 1
        if place.container and mapping is not None:
            for problem in self._commands.check(mapping, path):
                self._problems.setdefault(problem.path, problem)

    def _member(self, key: str, path: str, place: Place) -> Place:
        """The place of what stands under `key`, which has to be fixed."""
        found = place.member(key)
        if "{" in key:
            placeholders = self._placeholders(key)
            for each in placeholders:
                self._allow(each, path, place if place.below else NOWHERE, what="the key of a map")
            if placeholders and place.child("{}") is UNKNOWN:
                found = NOWHERE  # else it could be the name of any field
        if found.special is Special.ANNOTATION:
            domain, slash, _ = key.rpartition("/")
            ours = not slash or domain == PREFIX or key in (USERNAME, SERVERNAME)
            return found if ours and "{" not in key else UNKNOWN
        return found

    def _placeholders(self, text: str) -> list[Placeholder]:
        return [part for part in self._provenance.parts(text) if isinstance(part, Placeholder)]

    def _text(self, text: str, path: str, place: Place) -> None:
        whole = self._provenance.whole(text)
        if whole is None:
            for placeholder in self._placeholders(text):
                self._allow(placeholder, path, place)
        elif (value := self._provenance.vocabulary.choice_values.get(whole.name)) is not None:
            if (whole.name, place) in self._seen or self._depth == _DEPTH:
                return
            self._seen.add((whole.name, place))
            self._depth += 1
            for branch in value.branches.values():
                # Most are numbers, of which nothing is to be said, and a path takes its time.
                if isinstance(branch.value, str) or not is_scalar(branch.value):
                    self._walk(branch.value, branch.path, place)
            self._depth -= 1
        elif whole.name != NULL and not self._is_structure(whole, path, place):
            self._allow(whole, path, place)

    def _is_structure(self, whole: Placeholder, path: str, place: Place) -> bool:
        """Whether free JSON would bring lists or keys of its own here, which is a problem."""
        kind = self._provenance.kind_of(whole.name)
        if kind not in _LISTS or place.special in _TEXTS or self._provenance.of(whole) is not Reach.FREE:
            return False
        message = (
            f"{{{whole.name}}} may bring lists and keys of its own: it may stand as the whole of command or args "
            "(a list of strings), or where a text is wanted; "
            f"else {mend(whole, Reach.FIXED, Special.NONE, self._provenance)}"
        )
        self._problems.setdefault(path, Problem(path, message))
        return True

    def _allow(self, placeholder: Placeholder, path: str, place: Place, *, what: str = "") -> None:
        found = self._provenance.of(placeholder)
        if found <= place.most or _by_own_rule(placeholder, place.special):
            return
        message = (
            f"{{{placeholder.name}}} is {found.words}, and {what or 'here'} may be no more than {place.most.words}: "
            f"{mend(placeholder, place.most, place.special, self._provenance)}"
        )
        self._problems.setdefault(path, Problem(path, message))


def _by_own_rule(placeholder: Placeholder, special: Special) -> bool:
    if special is Special.CLAIM:
        return kind_of(placeholder.name) == PVCS and not placeholder.filter
    if special is Special.ADOPTED_CLAIM:
        return placeholder.name in _OWNERS and placeholder.filter in NAME_FILTERS
    return False
