"""One entry of a Template: `pods[]`, `pvcs[]` or `otherResources[]`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Generic, TypeVar, cast

from msgspec import structs

from jupyternetes.api.fields import fields_of, name_of
from jupyternetes.api.template import Entry, OtherEntry
from jupyternetes.templating.conditions.cel import Expression
from jupyternetes.templating.conditions.judgement import compile_condition
from jupyternetes.templating.conditions.names import Names
from jupyternetes.templating.labels import compile_annotations, compile_labels
from jupyternetes.templating.names import entry_name_fault, other_name_fault
from jupyternetes.templating.nodes import Node, RenderText, Static, value_of
from jupyternetes.templating.others.contract import NO_CONTRACT, Contract, compile_contract
from jupyternetes.templating.positions import ANYWHERE, NAME, Position
from jupyternetes.templating.problems import Problem, child_path, note
from jupyternetes.templating.references import OTHER_RESOURCES, entry_of, find_cycle, is_reference, output_of, reference
from jupyternetes.templating.scope import UNKNOWN, Scope
from jupyternetes.templating.tree import TreeCompiler, Use
from jupyternetes.templating.variables.patterns import PatternBudget
from jupyternetes.templating.vocabulary import Vocabulary

E = TypeVar("E", bound=Entry)
E_co = TypeVar("E_co", bound=Entry, covariant=True)

#: The types of fields in which placeholders may stand, and how a value is inserted there.
_FILLED_IN: Final[Mapping[object, Position]] = MappingProxyType({str: NAME, object: ANYWHERE})
#: Of these fields those whose text is an expression.
_READ_AS_IT_IS: Final = frozenset({name_of(OtherEntry.ready_when)})


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledEntry(Generic[E_co]):
    """An entry ready to render.

    `written` is the entry as the Template has it, placeholders included. `condition`: nothing is made of the entry
    unless it is true; None: always. `own_fields`: those of the fields that only
    its kind has in which something is to be filled in: attribute, what, and what it is if left out. `references`: the
    entries it mentions; `read`: those of which it reads an output. `contract`: of an entry of `otherResources`, what is
    said of its object.
    """

    kind: str
    path: str
    written: E_co = field(repr=False)
    name: str | RenderText = field(repr=False)
    condition: Expression | None = field(repr=False)
    labels: Node = field(repr=False)
    annotations: Node = field(repr=False)
    spec: Node = field(repr=False)
    own_fields: tuple[tuple[str, Node, object], ...] = field(repr=False)
    references: frozenset[str] = field(repr=False)
    read: frozenset[str] = field(default=frozenset(), repr=False)
    contract: Contract = field(default=NO_CONTRACT, repr=False)

    def needs(self, own: str) -> frozenset[str]:
        """The entries whose objects have to be there first; `own`: its own reference.

        What the object of an entry of `otherResources` is called is known before it is there.
        """
        knows_itself = self.kind == OTHER_RESOURCES and own not in self.read
        return self.references - {own} if knows_itself else self.references

    def path_of(self, member: object) -> str:
        """The path of a field, given as `Struct.field`."""
        return child_path(self.path, name_of(member))

    def filled(self, name: str, scope: Scope) -> E_co:
        """The entry called `name` with everything filled in; its maps are new ones, so that callers may add to them."""
        return structs.replace(
            self.written,
            name=name,
            labels=_filled_map(self.labels, scope),
            annotations=_filled_map(self.annotations, scope),
            spec=_filled_map(self.spec, scope),
            **{
                attribute: default if (value := value_of(node, scope)) is None else value
                for attribute, node, default in self.own_fields
            },
        )


def compile_entry(
    kind: str,
    written: E,
    path: str,
    *,
    vocabulary: Vocabulary,
    names: Names,
    reserved: Collection[str],
    budget: PatternBudget,
    problems: list[Problem],
) -> tuple[CompiledEntry[E], Sequence[Use]]:
    """The compiled entry, and every placeholder in it. What is wrong with it is appended to `problems`.

    `vocabulary`: the names of the variables; `names`: those that its condition can read; `reserved`: the keys of the
    operators' own labels; `budget`: for the patterns of outputs.
    """
    compiler = TreeCompiler(problems, vocabulary)
    name = _compile_name(compiler, kind, written.name, child_path(path, name_of(Entry.name)))
    labels, annotations = child_path(path, name_of(Entry.labels)), child_path(path, name_of(Entry.annotations))
    entry = CompiledEntry(
        kind=kind,
        path=path,
        written=written,
        name=name,
        condition=compile_condition(written.condition, child_path(path, name_of(Entry.condition)), names, problems),
        labels=compile_labels(compiler, written.labels, labels, reserved=reserved),
        annotations=compile_annotations(compiler, written.annotations, annotations),
        spec=_compile_spec(compiler, written, child_path(path, name_of(Entry.spec))),
        own_fields=tuple(_compile_own_fields(compiler, written, path)),
        references=frozenset(entry_of(use.name) for use in compiler.uses if is_reference(use.name)),
        read=frozenset(entry_of(use.name) for use in compiler.uses if output_of(use.name)),
        contract=compile_contract(written, path, budget, problems) if isinstance(written, OtherEntry) else NO_CONTRACT,
    )
    return entry, compiler.uses


def check_names(named: Sequence[tuple[CompiledEntry[Entry], str]], problems: list[Problem]) -> dict[str, str]:
    """The names by the reference that each entry is known by. Duplicates and cycles are appended to `problems`."""
    names: dict[str, str] = {}
    paths: dict[str, str] = {}
    needs: dict[str, frozenset[str]] = {}
    for entry, name in named:
        key = reference(entry.kind, name)
        if key in names:
            message = f"two entries of {entry.kind} are named {name!r}; choose another name for one of them"
            problems.append(Problem(entry.path_of(Entry.name), message))
            continue
        names[key], paths[key], needs[key] = name, entry.path, entry.needs(key)
    if cycle := find_cycle({key: mentioned & names.keys() for key, mentioned in needs.items()}):
        chain = " needs ".join(cycle)
        problems.append(Problem(paths[cycle[0]], f"these wait for each other for ever: {chain} (pods need all PVCs)"))
    return names


def name_fault(kind: str, name: str) -> str:
    """Why an entry of `kind` cannot be called `name`; `""` if it can."""
    return other_name_fault(name) if kind == OTHER_RESOURCES else entry_name_fault(name)


def _compile_name(compiler: TreeCompiler, kind: str, written: str, path: str) -> str | RenderText:
    if not written:
        note(compiler.problems, path, "an entry must have a name")
        return UNKNOWN
    name = compiler.text(written, path, NAME)
    if any(is_reference(use.name) for use in compiler.uses):
        compiler.problems.append(Problem(path, "a name cannot wait for another entry"))
        return UNKNOWN
    if isinstance(name, str) and (fault := name_fault(kind, name)):
        compiler.problems.append(Problem(path, fault))
    return name


def _compile_spec(compiler: TreeCompiler, written: Entry, path: str) -> Node:
    if written.spec is not None:
        return compiler.compile(written.spec, path, ANYWHERE)
    if written.needs_spec:
        note(compiler.problems, path, "must be an object")
    return Static({})


def _compile_own_fields(compiler: TreeCompiler, written: Entry, path: str) -> Iterator[tuple[str, Node, object]]:
    for each in fields_of(type(written)):
        if each.kind in _FILLED_IN and not hasattr(Entry, each.attribute) and each.name not in _READ_AS_IT_IS:
            value: object = getattr(written, each.attribute)
            node = compiler.compile(value, child_path(path, each.name), _FILLED_IN[each.kind])
            if node != Static(value):
                yield each.attribute, node, each.default
    if isinstance(written, OtherEntry):
        yield "further", compiler.compile(written.further, path, ANYWHERE), {}


def _filled_map(node: Node, scope: Scope) -> dict[str, object]:
    """What `node`, compiled from a map, gives: always a new map."""
    if isinstance(node, Static):
        return dict(cast("dict[str, object]", node.value))
    return cast("dict[str, object]", node(scope))
