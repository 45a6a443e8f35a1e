"""A Template, compiled once for each of its generations.

Everything that can be known without an Instance is checked here, so that a broken Template is refused when it is
applied and not when the first user starts a server.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.templating.declarations import Declaration, is_hub_name, read_declarations, schema
from jupyternetes.templating.entry import CompiledEntry, check_names, compile_entry
from jupyternetes.templating.jsontree import as_list, as_mapping, texts_of
from jupyternetes.templating.lexer import Placeholder, escaped, split
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.references import KINDS, is_reference, kind_of, reference
from jupyternetes.templating.tree import Use
from jupyternetes.templating.variables import OPERATOR_VARIABLES, suggestion

_DEFAULT_PRIMARY: Final = "notebook"
_ROOT: Final = "$.spec"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTemplate:
    """A Template ready to render. With `problems`, every entry renders invalid.

    `schema`: the variables that an Instance may set, by name in lower case; `closed`: no others are taken.
    `names`: the entries whose name holds no placeholder, by reference; `fixed_names`: those are all of them.
    """

    problems: tuple[Problem, ...]
    declarations: tuple[Declaration, ...]
    pods: tuple[CompiledEntry, ...]
    pvcs: tuple[CompiledEntry, ...]
    other_resources: tuple[CompiledEntry, ...]
    schema: Mapping[str, Declaration] = field(repr=False)
    closed: bool = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    fixed_names: bool = field(repr=False)
    faulty_paths: frozenset[str] = field(repr=False)

    @property
    def entries(self) -> tuple[CompiledEntry, ...]:
        return (*self.pvcs, *self.pods, *self.other_resources)

    @property
    def primary(self) -> CompiledEntry | None:
        """The pod that serves: the one marked `primary`, else the one named `notebook`, else the first."""
        named = [entry for entry in self.pods if entry.written_name == _DEFAULT_PRIMARY]
        return next(iter([*_marked(self.pods), *named, *self.pods]), None)


def compile_template(
    spec: Mapping[str, object], *, reserved_labels: Collection[str] = (), acted_on: Collection[str] = KINDS
) -> CompiledTemplate:
    """Compile the `spec` of a Template. Never raises: what is wrong is in `problems` of the result.

    `reserved_labels`: keys of the labels that operators set, which a Template may not. `acted_on`: the kinds of entries
    of which objects are made; to wait for an entry of another kind would never end.
    """
    problems: list[Problem] = []
    variables = spec.get("variables")
    declarations = read_declarations(variables, child_path(_ROOT, "variables"), problems)
    known = schema(declarations)
    sources = [(kind, *found) for kind in KINDS for found in _sources(spec, kind, problems)]
    variables_known = known.keys() | OPERATOR_VARIABLES | _mentioned(sources)
    uses: list[tuple[str, Use]] = []
    entries: list[CompiledEntry] = []
    for kind, source, path in sources:
        entry, entry_uses = compile_entry(
            kind, source, path, known=variables_known, reserved=reserved_labels, problems=problems
        )
        entries.append(entry)
        uses += ((kind, use) for use in entry_uses)
    for entry in _marked([entry for entry in entries if entry.kind == "pods"])[1:]:
        message = "another pod is the primary one already; mark one pod only"
        problems.append(Problem(child_path(entry.path, "primary"), message))
    names = check_names([(entry, entry.name) for entry in entries if isinstance(entry.name, str)], problems)
    varying = {entry.kind for entry in entries if not isinstance(entry.name, str)}
    # To give one of the hub's variables a title or a default says nothing about others.
    closed = bool(variables) and not (declarations and all(is_hub_name(each.name) for each in declarations))
    problems += _unknown_variables(uses, known if closed else None, names)
    problems += _vain_references(uses, names, varying=varying, acted_on=acted_on)
    return CompiledTemplate(
        problems=tuple(problems),
        declarations=declarations,
        pods=tuple(entry for entry in entries if entry.kind == "pods"),
        pvcs=tuple(entry for entry in entries if entry.kind == "pvcs"),
        other_resources=tuple(entry for entry in entries if entry.kind == "otherResources"),
        schema=known,
        closed=closed,
        names=names,
        fixed_names=not varying,
        faulty_paths=frozenset(problem.path for problem in problems),
    )


def _sources(
    spec: Mapping[str, object], kind: str, problems: list[Problem]
) -> Iterator[tuple[Mapping[str, object], str]]:
    path = child_path(_ROOT, kind)
    value = spec.get(kind)
    items = as_list([] if value is None else value)
    if items is None:
        problems.append(Problem(path, "must be a list"))
    for index, item in enumerate(items or ()):
        source, here = as_mapping(item), child_path(path, index)
        if source is None:
            problems.append(Problem(here, "must be an object"))
        else:
            yield source, here


def _mentioned(sources: Iterable[tuple[str, Mapping[str, object], str]]) -> set[str]:
    """The names, in lower case, that the entries make variables: by their own names, or by a placeholder for one.

    A Template that declares no variables leaves it to its placeholders to say which there are.
    """
    names: set[str] = set()
    for kind, source, _ in sources:
        names.add(reference(kind, str(source.get("name", ""))))
        for text in texts_of(source):
            names.update(part.name for part in split(text, ()) if isinstance(part, Placeholder))
    return names


def _marked(pods: Sequence[CompiledEntry]) -> list[CompiledEntry]:
    return [entry for entry in pods if entry.source.get("primary") is True]


def _unknown_variables(
    uses: Iterable[tuple[str, Use]], declared: Mapping[str, Declaration] | None, names: Collection[str]
) -> Iterator[Problem]:
    """Placeholders that no Instance can give a value. `declared` None: an Instance may set any."""
    for _, use in uses:
        if use.name in OPERATOR_VARIABLES or is_reference(use.name):
            continue
        if use.name.startswith("jupyternetes."):
            near = suggestion(use.name, [*OPERATOR_VARIABLES, *names])
            yield Problem(use.path, f"the operators know no variable {use.name!r}{near}")
        elif declared is not None and use.name not in declared and not is_hub_name(use.name):
            near = suggestion(use.name, [*declared, *OPERATOR_VARIABLES])
            message = f"{use.name!r} is not declared in spec.variables{near}"
            yield Problem(use.path, f"{message}; for the text itself write {escaped(use.name)}")


def _vain_references(
    uses: Iterable[tuple[str, Use]], names: Collection[str], *, varying: Collection[str], acted_on: Collection[str]
) -> Iterator[Problem]:
    """References to what will never be there, whatever an Instance says.

    `names`: the references of all entries but those whose name holds a placeholder, which are of the kinds `varying`.
    """
    for kind, use in uses:
        wanted = kind_of(use.name)
        if not wanted:
            continue
        if use.name not in names and wanted not in varying:
            yield Problem(use.path, f"the Template has no entry for {use.name!r}{suggestion(use.name, names)}")
        elif kind in acted_on and wanted not in acted_on:
            message = f"{use.name!r} is waited for for ever: spec.{wanted} is not acted on yet; remove the placeholder"
            yield Problem(use.path, message)
        elif kind == "pvcs" and wanted == "pods" and varying:  # else it is found as a circle of entries
            yield Problem(use.path, f"{use.name!r} is waited for for ever: pods are made when all claims are there")
