"""From a compiled Template and one Instance to objects.

Pure: problems are part of the result, equal input gives equal output, and nothing that was passed in is changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from jupyternetes.templating.entry import CompiledEntry, check_names
from jupyternetes.templating.names import entry_name_fault
from jupyternetes.templating.problems import Problem
from jupyternetes.templating.references import KINDS, reference
from jupyternetes.templating.scope import Scope
from jupyternetes.templating.template import CompiledTemplate
from jupyternetes.templating.tree import Node, Static
from jupyternetes.templating.variables import InstanceFacts, Values, gather


@dataclass(frozen=True, slots=True)
class Ready:
    """An entry with everything filled in. `labels` and `annotations` are the Template's own.

    `fields`: what else the entry says (`claimName`, `port`, `apiVersion`, `data` and so on). What lies below the first
    level of `spec` and `fields` may be shared with other results: copy before changing.
    """

    entry: CompiledEntry
    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: dict[str, object]
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that mentions objects which are not there yet: `needs`, as they are written between braces."""

    entry: CompiledEntry
    name: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invalid:
    """An entry of which nothing can be made. `problems` include those of the Template and of the variables."""

    entry: CompiledEntry
    name: str
    problems: tuple[Problem, ...]


Result = Ready | Waiting | Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """All entries of a Template for one Instance, in the Template's order, and all problems there are."""

    problems: tuple[Problem, ...]
    pods: tuple[Result, ...]
    pvcs: tuple[Result, ...]
    other_resources: tuple[Result, ...]


def render(
    template: CompiledTemplate, instance: InstanceFacts, resources: Mapping[str, Mapping[str, str]]
) -> Rendering:
    """Render every entry of `template` for `instance`. Never raises.

    `resources` maps `pvcs`, `pods`, `otherResources` to the names of the objects that exist, by entry name as in the
    maps of the Instance's status. What is not in it is waited for.
    """
    values = gather(template.schema, closed=template.closed, instance=instance)
    common = [*template.problems, *values.problems]
    names, known = _names(template, values, common)
    for kind, existing in resources.items():
        for name, resource in existing.items():
            if resource and (key := reference(kind, name)) in known:
                values.texts[key] = resource
    results: dict[str, list[Result]] = {kind: [] for kind in KINDS}
    problems = list(common)
    for entry in template.entries:
        scope = Scope(
            values,
            template.schema,
            entries=known,
            reported=template.faulty_paths,
            start_secret=instance.start_secret,
        )
        result = _render_entry(entry, names[entry.path], scope)
        problems += scope.problems
        if common or scope.problems:
            result = Invalid(entry, names[entry.path], (*common, *scope.problems))
        results[entry.kind].append(result)
    return Rendering(
        problems=tuple(problems),
        pods=tuple(results["pods"]),
        pvcs=tuple(results["pvcs"]),
        other_resources=tuple(results["otherResources"]),
    )


def _names(
    template: CompiledTemplate, values: Values, problems: list[Problem]
) -> tuple[dict[str, str], Mapping[str, str]]:
    """The name of each entry by its path (as written, if it has problems), and the names by reference."""
    names = {entry.path: entry.name if isinstance(entry.name, str) else "" for entry in template.entries}
    if template.fixed_names:
        return names, template.names
    usable: list[tuple[CompiledEntry, str]] = []
    for entry in template.entries:
        if isinstance(entry.name, str):
            usable.append((entry, entry.name))
            continue
        scope = Scope(values, template.schema, reported=template.faulty_paths)
        name = entry.name(scope)
        if not scope.problems and (fault := entry_name_fault(name)):
            scope.report(entry.name_path, fault)
        problems += scope.problems
        names[entry.path] = entry.written_name if scope.problems else name
        if not scope.problems:
            usable.append((entry, name))
    found: list[Problem] = []
    known = check_names(usable, found)
    problems += [problem for problem in found if problem not in problems]
    return names, known


def _render_entry(entry: CompiledEntry, name: str, scope: Scope) -> Result:
    """The entry in `scope`. Whoever calls looks at the problems that `scope` has collected."""
    labels, annotations = _filled(entry.labels, scope), _filled(entry.annotations, scope)
    spec, fields = _filled(entry.spec, scope), _filled(entry.fields, scope)
    if scope.needs:
        return Waiting(entry, name, tuple(scope.needs))
    return Ready(entry, name, cast("dict[str, str]", labels), cast("dict[str, str]", annotations), spec, fields)


def _filled(node: Node, scope: Scope) -> dict[str, object]:
    """What `node`, compiled from a map, gives: always a new map, so that callers may add to it."""
    if isinstance(node, Static):
        return dict(cast("dict[str, object]", node.value))
    return cast("dict[str, object]", node(scope))
