"""From a compiled Template and one Instance to objects.

Pure: problems are part of the result, equal input gives equal output, and nothing that was passed in is changed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, cast

from jupyternetes.api.template import ClaimEntry, Entry, OtherEntry, PodEntry
from jupyternetes.templating.conditions.cel import Undecided
from jupyternetes.templating.entry import CompiledEntry, E, E_co, check_names, name_fault
from jupyternetes.templating.problems import Problem
from jupyternetes.templating.references import entry_of, reference
from jupyternetes.templating.scope import Scope
from jupyternetes.templating.template import CompiledTemplate
from jupyternetes.templating.variables.gather import InstanceFacts, Values, gather


@dataclass(frozen=True, slots=True)
class Ready(Generic[E_co]):
    """An entry with everything filled in.

    What lies below the first level of a map may be shared with other results: copy before changing.
    """

    entry: CompiledEntry[E_co]
    filled: E_co

    @property
    def name(self) -> str:
        return self.filled.name

    @property
    def labels(self) -> dict[str, str]:
        """The Template's own."""
        return self.filled.labels

    @property
    def annotations(self) -> dict[str, str]:
        """The Template's own."""
        return self.filled.annotations

    @property
    def spec(self) -> dict[str, object]:
        """A map, also where the Template may leave it out."""
        return cast("dict[str, object]", self.filled.spec)


@dataclass(frozen=True, slots=True)
class Waiting(Generic[E_co]):
    """An entry that mentions objects which are not there yet: `needs`, as they are written between braces."""

    entry: CompiledEntry[E_co]
    name: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invalid(Generic[E_co]):
    """An entry of which nothing can be made. `problems` include those of the Template and of the variables."""

    entry: CompiledEntry[E_co]
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Omitted:
    """An entry of which nothing is made, because its condition is false."""

    entry: CompiledEntry[Entry]
    name: str


Result = Ready[E_co] | Waiting[E_co] | Invalid[E_co]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """All entries of a Template for one Instance, in the Template's order, and all problems there are.

    Those that are `omitted` stand there only.
    """

    problems: tuple[Problem, ...]
    pods: tuple[Result[PodEntry], ...]
    pvcs: tuple[Result[ClaimEntry], ...]
    other_resources: tuple[Result[OtherEntry], ...]
    omitted: tuple[Omitted, ...] = ()


def render(
    template: CompiledTemplate,
    instance: InstanceFacts,
    resources: Mapping[str, Mapping[str, str]],
    *,
    judged: bool = True,
) -> Rendering:
    """Render every entry of `template` for `instance`. Never raises.

    `resources` maps `pvcs`, `pods`, `otherResources` to the names of the objects that exist, by entry name as in the
    maps of the Instance's status, and `otherResources` to what is read of them, by the names of entry and output with a
    dot between. What is not in it is waited for. Without `judged`, all conditions count as true, and
    texts may be what their declarations do not allow.
    """
    values = gather(template.schema, template.choice_values, closed=template.closed, instance=instance, bounded=judged)
    if judged and not template.problems:
        template.judgement.judge(values)
    common = [*template.problems, *values.problems]
    names, known = _names(template, values, common)
    omitted = _omitted(template, values, names, common) if judged and not common else ()
    left_out = {reference(each.entry.kind, each.name) for each in omitted}
    for kind, existing in resources.items():
        for name, resource in existing.items():
            key = reference(kind, name)
            if resource and (entry := entry_of(key)) in known and entry not in left_out:
                values.texts[key] = resource
    paths = {each.entry.path for each in omitted}
    renderer = _EntriesRenderer(template, values, names, known, paths, left_out, instance, common, list(common))
    pvcs, pods = renderer.render(template.pvcs), renderer.render(template.pods)
    other_resources = renderer.render(template.other_resources)
    return Rendering(
        problems=tuple(renderer.problems),
        pods=pods,
        pvcs=pvcs,
        other_resources=other_resources,
        omitted=omitted,
    )


@dataclass(slots=True)
class _EntriesRenderer:
    """Renders the entries of one Template for one Instance. `problems` begins with the `common` ones and grows.

    `omitted`: the paths of the entries of which nothing is made; `left_out`: their references.
    """

    template: CompiledTemplate
    values: Values
    names: Mapping[str, str]
    known: Mapping[str, str]
    omitted: Collection[str]
    left_out: Collection[str]
    facts: InstanceFacts
    common: Sequence[Problem]
    problems: list[Problem]

    def render(self, entries: Sequence[CompiledEntry[E]]) -> tuple[Result[E], ...]:
        results: list[Result[E]] = []
        for entry in entries:
            if entry.path in self.omitted:
                continue
            name = self.names[entry.path]
            scope = Scope(
                self.values,
                self.template.schema,
                entries=self.known,
                omitted=self.left_out,
                reported=self.template.faulty_paths,
                start_secret=self.facts.start_secret,
                own=self._own_name(entry, name),
            )
            filled = entry.filled(name, scope)
            self.problems += scope.problems
            if self.common or scope.problems:
                results.append(Invalid(entry, name, (*self.common, *scope.problems)))
            else:
                results.append(Waiting(entry, name, tuple(scope.needs)) if scope.needs else Ready(entry, filled))
        return tuple(results)

    def _own_name(self, entry: CompiledEntry[E], name: str) -> Mapping[str, str]:
        """What the object of an entry that mentions itself will be called, by the entry's reference."""
        written, own = entry.written, reference(entry.kind, name)
        if self.facts.name_of_object is None or not isinstance(written, OtherEntry) or own not in entry.references:
            return {}
        return {own: self.facts.name_of_object(written, name)}


def _omitted(
    template: CompiledTemplate, values: Values, names: Mapping[str, str], problems: list[Problem]
) -> tuple[Omitted, ...]:
    """The entries whose condition is false. One that cannot be decided is appended to `problems`."""
    omitted: list[Omitted] = []
    for entry in template.entries:
        if entry.condition is None:
            continue
        try:
            if not template.judgement.names.holds(entry.condition, values):
                omitted.append(Omitted(entry, names[entry.path]))
        except Undecided as undecided:
            message = f"cannot be decided for this Instance: {undecided}"
            problems.append(Problem(entry.path_of(Entry.condition), message))
    return tuple(omitted)


def _names(
    template: CompiledTemplate, values: Values, problems: list[Problem]
) -> tuple[dict[str, str], Mapping[str, str]]:
    """The name of each entry by its path (as written, if it has problems), and the names by reference."""
    names = {entry.path: entry.name if isinstance(entry.name, str) else "" for entry in template.entries}
    if template.fixed_names:
        return names, template.names
    usable: list[tuple[CompiledEntry[Entry], str]] = []
    for entry in template.entries:
        if isinstance(entry.name, str):
            usable.append((entry, entry.name))
            continue
        scope = Scope(values, template.schema, reported=template.faulty_paths)
        name = entry.name(scope)
        if not scope.problems and (fault := name_fault(entry.kind, name)):
            scope.report(entry.path_of(Entry.name), fault)
        problems += scope.problems
        names[entry.path] = entry.written.name if scope.problems else name
        if not scope.problems:
            usable.append((entry, name))
    found: list[Problem] = []
    known = check_names(usable, found)
    problems += [problem for problem in found if problem not in problems]
    return names, known
