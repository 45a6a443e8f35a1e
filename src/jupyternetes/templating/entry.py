"""One entry of a Template: `pods[]`, `pvcs[]` or `otherResources[]`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.templating.jsontree import as_mapping
from jupyternetes.templating.labels import compile_annotations, compile_labels
from jupyternetes.templating.names import entry_name_fault
from jupyternetes.templating.positions import ANYWHERE, NAME
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.references import find_cycle, is_reference, reference
from jupyternetes.templating.scope import UNKNOWN
from jupyternetes.templating.tree import Node, RenderText, Static, TreeCompiler, Use

_NOT_FIELDS: Final = frozenset({"name", "condition", "labels", "annotations", "spec"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledEntry:
    """An entry ready to render.

    `source` is the entry as the Template has it, `written_name` its name there, placeholders included. `fields` are
    those of its fields that are not named here. `references`: the entries it mentions.
    """

    kind: str
    path: str
    written_name: str
    source: Mapping[str, object] = field(repr=False)
    name: str | RenderText = field(repr=False)
    labels: Node = field(repr=False)
    annotations: Node = field(repr=False)
    spec: Node = field(repr=False)
    fields: Node = field(repr=False)
    references: frozenset[str] = field(repr=False)

    @property
    def name_path(self) -> str:
        return child_path(self.path, "name")


def compile_entry(
    kind: str,
    source: Mapping[str, object],
    path: str,
    *,
    known: Collection[str],
    reserved: Collection[str],
    problems: list[Problem],
) -> tuple[CompiledEntry, Sequence[Use]]:
    """The compiled entry, and every placeholder in it. What is wrong with it is appended to `problems`.

    `known`: the names of the variables; `reserved`: the keys of the operators' own labels.
    """
    compiler = TreeCompiler(problems, known)
    condition = source.get("condition")
    name = _compile_name(compiler, source.get("name"), child_path(path, "name"))
    written_name = str(source.get("name", ""))
    if condition is not None and condition != "":
        message = f"the condition of {written_name!r} cannot be evaluated by this version; remove it"
        problems.append(Problem(child_path(path, "condition"), message))
    entry = CompiledEntry(
        kind=kind,
        path=path,
        written_name=written_name,
        source=source,
        name=name,
        labels=compile_labels(compiler, source.get("labels"), child_path(path, "labels"), reserved=reserved),
        annotations=compile_annotations(compiler, source.get("annotations"), child_path(path, "annotations")),
        spec=_compile_spec(compiler, kind, source, path),
        fields=_compile_fields(compiler, source, path),
        references=frozenset(use.name for use in compiler.uses if is_reference(use.name)),
    )
    return entry, compiler.uses


def check_names(named: Sequence[tuple[CompiledEntry, str]], problems: list[Problem]) -> dict[str, str]:
    """The names by the reference that each entry is known by. Duplicates and cycles are appended to `problems`."""
    names: dict[str, str] = {}
    paths: dict[str, str] = {}
    needs: dict[str, frozenset[str]] = {}
    for entry, name in named:
        key = reference(entry.kind, name)
        if key in names:
            message = f"two entries of {entry.kind} are named {name!r}; choose another name for one of them"
            problems.append(Problem(entry.name_path, message))
            continue
        names[key], paths[key], needs[key] = name, entry.path, entry.references
    if cycle := find_cycle({key: mentioned & names.keys() for key, mentioned in needs.items()}):
        chain = " needs ".join(cycle)
        problems.append(Problem(paths[cycle[0]], f"these wait for each other for ever: {chain} (pods need all PVCs)"))
    return names


def _compile_name(compiler: TreeCompiler, value: object, path: str) -> str | RenderText:
    if not isinstance(value, str) or not value:
        compiler.problems.append(Problem(path, "an entry must have a name"))
        return UNKNOWN
    name = compiler.text(value, path, NAME)
    if any(is_reference(use.name) for use in compiler.uses):
        compiler.problems.append(Problem(path, "a name cannot wait for another entry"))
        return UNKNOWN
    if isinstance(name, str) and (fault := entry_name_fault(name)):
        compiler.problems.append(Problem(path, fault))
    return name


def _compile_spec(compiler: TreeCompiler, kind: str, source: Mapping[str, object], path: str) -> Node:
    spec = as_mapping(source.get("spec"))
    here = child_path(path, "spec")
    if spec is None:
        if "spec" in source or not (kind == "otherResources" or source.get("claimName")):
            compiler.problems.append(Problem(here, "must be an object"))
        return Static({})
    return compiler.compile(spec, here, ANYWHERE)


def _compile_fields(compiler: TreeCompiler, source: Mapping[str, object], path: str) -> Node:
    return compiler.compile({key: value for key, value in source.items() if key not in _NOT_FIELDS}, path, ANYWHERE)
