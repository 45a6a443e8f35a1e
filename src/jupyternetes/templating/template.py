"""A Template, compiled once for each of its generations.

Everything that can be known without an Instance is checked here, so that a broken Template is refused when it is
applied and not when the first user starts a server.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec import structs

from jupyternetes.api import labels
from jupyternetes.api.fields import name_of
from jupyternetes.api.gate import Gate
from jupyternetes.api.template import Access, ClaimEntry, Entry, OtherEntry, PodEntry, Template, TemplateSpec
from jupyternetes.templating.conditions.judgement import Judgement, compile_judgement, expressions
from jupyternetes.templating.conditions.names import Names, readable_names
from jupyternetes.templating.entry import CompiledEntry, E, check_names, compile_entry
from jupyternetes.templating.gates import check_gates
from jupyternetes.templating.jsontree import has_braces, texts_of
from jupyternetes.templating.lexer import Placeholder, escaped, split
from jupyternetes.templating.others.kinds import ANY, NOT_ACTED_ON, Kinds, kind_problems
from jupyternetes.templating.positions import ANYWHERE
from jupyternetes.templating.problems import Problem, child_path, is_reported
from jupyternetes.templating.reach import PLACES, Places, Provenance, check_reach
from jupyternetes.templating.references import (
    OTHER_RESOURCES,
    PODS,
    PVCS,
    entry_of,
    is_reference,
    kind_of,
    output_of,
    output_reference,
    reference,
)
from jupyternetes.templating.spec_reader import ROOT, read_spec
from jupyternetes.templating.tree import TreeCompiler, Use
from jupyternetes.templating.variables.built_in import is_hub_name
from jupyternetes.templating.variables.choices import ChoiceValue, choice_values
from jupyternetes.templating.variables.declarations import Declaration, read_declarations, schema
from jupyternetes.templating.variables.gather import OPERATOR_VARIABLES, SUGGESTIONS, suggestion
from jupyternetes.templating.variables.patterns import PatternBudget
from jupyternetes.templating.vocabulary import Vocabulary

_DEFAULT_PRIMARY: Final = "notebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTemplate:
    """A Template ready to render. With `problems`, every entry renders invalid.

    `access`: who may use it; None if that cannot be read, which `problems` explain. `stable_names`: names of objects
    follow from the Instance and the entry. `schema`: the variables that an Instance may set, by name in lower case;
    `choice_values`: the variables that come with a choice; `closed`: no others are taken. `judgement`: what must hold.
    `names`: the entries whose name holds no placeholder, by reference; `fixed_names`: those are all of them.
    `gates`: whose word a start or a stop waits for.
    """

    problems: tuple[Problem, ...]
    declarations: tuple[Declaration, ...]
    access: Access | None
    stable_names: bool
    pods: tuple[CompiledEntry[PodEntry], ...]
    pvcs: tuple[CompiledEntry[ClaimEntry], ...]
    other_resources: tuple[CompiledEntry[OtherEntry], ...]
    gates: tuple[Gate, ...]
    schema: Mapping[str, Declaration] = field(repr=False)
    choice_values: Mapping[str, ChoiceValue] = field(repr=False)
    closed: bool = field(repr=False)
    judgement: Judgement = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    fixed_names: bool = field(repr=False)
    faulty_paths: frozenset[str] = field(repr=False)

    @property
    def entries(self) -> tuple[CompiledEntry[Entry], ...]:
        return (*self.pvcs, *self.pods, *self.other_resources)

    @property
    def primary(self) -> CompiledEntry[PodEntry] | None:
        """The pod that serves: the one marked `primary`, else the one named `notebook`, else the first."""
        return _primary(self.pods)


def compile_template(
    spec: Mapping[str, object],
    *,
    reserved_labels: Collection[str] = (),
    kinds: Kinds = ANY,
    places: Places = PLACES,
) -> CompiledTemplate:
    """Compile the `spec` of a Template. Never raises: what is wrong is in `problems` of the result.

    `reserved_labels`: keys of the labels that operators set, which a Template may not. `kinds`: those that entries of
    `otherResources` may be of; if there are none, nothing is made of these entries, and to wait for one would never
    end. `places`: what may stand where.
    """
    problems: list[Problem] = []
    written = read_spec(spec, problems)
    return compile_spec(written, problems, reserved_labels=reserved_labels, kinds=kinds, places=places)


def compile_as_operators(template: Template, kinds: Kinds = ANY) -> CompiledTemplate:
    """The Template as every operator compiles it, and whoever wants to know what they will say of it.

    `kinds`: as `compile_template` says; only operators know which are allowed.
    """
    return compile_template(template.spec, reserved_labels=labels.RESERVED, kinds=kinds)


def compile_spec(
    written: TemplateSpec,
    found: Collection[Problem] = (),
    *,
    reserved_labels: Collection[str] = (),
    kinds: Kinds = ANY,
    places: Places = PLACES,
) -> CompiledTemplate:
    """As `compile_template`, for a spec that was read; `found`: what was wrong with it then."""
    problems = [*found]
    declarations = read_declarations(written.variables, child_path(ROOT, name_of(TemplateSpec.variables)), problems)
    known = schema(declarations)
    chosen = dict(pair for each in declarations for pair in choice_values(each.name, each.choices))
    names = known.keys() | chosen.keys() | OPERATOR_VARIABLES | _mentioned(written)
    readable = readable_names(known, chosen, expressions(written))
    judgement = compile_judgement(written, ROOT, known, readable, problems)
    provenance = Provenance(written, Vocabulary(names, chosen), known, problems)
    vocabulary = Vocabulary(names, chosen, provenance.part_check)
    compiler = _EntriesCompiler(vocabulary, readable, reserved_labels, problems)
    pvcs, pods = compiler.compile(PVCS, written.pvcs), compiler.compile(PODS, written.pods)
    other_resources = compiler.compile(OTHER_RESOURCES, written.other_resources)
    compiler.check_choice_values()
    problems += _contradictions(pods, pvcs)
    entries: list[CompiledEntry[Entry]] = [*pvcs, *pods, *other_resources]
    references = check_names([(entry, entry.name) for entry in entries if isinstance(entry.name, str)], problems)
    varying = {entry.kind for entry in entries if not isinstance(entry.name, str)}
    # To give one of the hub's variables a title or a default says nothing about others.
    closed = bool(written.variables) and not (declarations and all(is_hub_name(each.name) for each in declarations))
    problems += _unknown_variables(compiler.uses, known if closed else None, references)
    problems += _vain_references(compiler.uses, references, other_resources, varying=varying, kinds=kinds)
    problems += kind_problems(written.other_resources, child_path(ROOT, OTHER_RESOURCES), kinds)
    problems += check_reach(written, provenance, places, problems)
    problems += check_gates(written.gates, child_path(ROOT, name_of(TemplateSpec.gates)), tuple(problems))
    access = child_path(ROOT, name_of(TemplateSpec.access))
    return CompiledTemplate(
        problems=tuple(dict.fromkeys(problems)),
        declarations=declarations,
        access=None if any(problem.path.startswith(access) for problem in problems) else written.access,
        stable_names=written.naming == "Stable",
        pods=pods,
        pvcs=pvcs,
        other_resources=other_resources,
        gates=written.gates,
        schema=known,
        choice_values=chosen,
        closed=closed,
        judgement=judgement,
        names=references,
        fixed_names=not varying,
        faulty_paths=frozenset(problem.path for problem in problems),
    )


@dataclass(slots=True)
class _EntriesCompiler:
    """Compiles the entries of one Template. `uses` and `problems` grow."""

    vocabulary: Vocabulary
    names: Names
    reserved: Collection[str]
    problems: list[Problem]
    uses: list[tuple[str, Use]] = field(default_factory=list[tuple[str, Use]])
    budget: PatternBudget = field(default_factory=PatternBudget)

    def compile(self, kind: str, entries: Sequence[E]) -> tuple[CompiledEntry[E], ...]:
        compiled: list[CompiledEntry[E]] = []
        for index, written in enumerate(entries):
            path = child_path(child_path(ROOT, kind), index)
            if is_reported(self.problems, path):
                continue
            entry, uses = compile_entry(
                kind,
                written,
                path,
                vocabulary=self.vocabulary,
                names=self.names,
                reserved=self.reserved,
                budget=self.budget,
                problems=self.problems,
            )
            compiled.append(entry)
            self.uses += ((kind, use) for use in uses)
        return tuple(compiled)

    def check_choice_values(self) -> None:
        """Look for mistakes in what comes with choices, also where nothing uses it."""
        compiler = TreeCompiler(self.problems, self.vocabulary)
        for value in self.vocabulary.choice_values.values():
            for written in value.branches.values():
                if has_braces(written.value):
                    compiler.size = 0
                    compiler.compile(written.value, written.path, ANYWHERE)
        self.uses += (("", use) for use in compiler.uses)


def _mentioned(spec: TemplateSpec) -> set[str]:
    """The names, in lower case, that the entries make variables: by their own names, or by a placeholder for one.

    A Template that declares no variables leaves it to its placeholders to say which there are.
    """
    names: set[str] = set()
    for kind, entries in ((PVCS, spec.pvcs), (PODS, spec.pods), (OTHER_RESOURCES, spec.other_resources)):
        for entry in entries:
            names.add(reference(kind, entry.name))
            read = structs.replace(entry, condition="")
            if isinstance(entry, OtherEntry):
                names.update(output_reference(entry.name, each.name) for each in entry.outputs)
                read = structs.replace(entry, condition="", ready_when="")
            for text in texts_of(structs.asdict(read)):
                if "{" in text:
                    names.update(part.name for part in split(text, ()) if isinstance(part, Placeholder))
    return names


def _marked(pods: Sequence[CompiledEntry[PodEntry]]) -> list[CompiledEntry[PodEntry]]:
    return [pod for pod in pods if pod.written.primary]


def _primary(pods: Sequence[CompiledEntry[PodEntry]]) -> CompiledEntry[PodEntry] | None:
    named = [entry for entry in pods if entry.written.name == _DEFAULT_PRIMARY]
    return next(iter([*_marked(pods), *named, *pods]), None)


def _contradictions(
    pods: Sequence[CompiledEntry[PodEntry]], pvcs: Sequence[CompiledEntry[ClaimEntry]]
) -> Iterator[Problem]:
    """Fields of entries that cannot stand together."""
    for pod in _marked(pods)[1:]:
        message = "another pod is the primary one already; mark one pod only"
        yield Problem(pod.path_of(PodEntry.primary), message)
    primary = _primary(pods)
    if primary is not None and primary.written.condition:
        message = "this pod serves, so it is always made; remove this, and refuse a start with spec.rules"
        yield Problem(primary.path_of(Entry.condition), message)
    for claim in pvcs:
        if claim.written.makes_named_claim and not claim.written.claim_name:
            message = f"says nothing without {name_of(ClaimEntry.claim_name)}: add that, or remove this"
            yield Problem(claim.path_of(ClaimEntry.create), message)


def _unknown_variables(
    uses: Iterable[tuple[str, Use]], declared: Mapping[str, Declaration] | None, names: Collection[str]
) -> Iterator[Problem]:
    """Placeholders that no Instance can give a value. `declared` None: an Instance may set any."""
    unknown: dict[str, str] = {}
    for _, use in uses:
        if use.name in OPERATOR_VARIABLES or is_reference(use.name):
            continue
        operators = use.name.startswith("jupyternetes.")
        if not operators and (declared is None or use.name in declared or is_hub_name(use.name)):
            continue
        if use.name not in unknown:
            known = [*OPERATOR_VARIABLES, *(names if operators else declared or ())]
            unknown[use.name] = suggestion(use.name, known) if len(unknown) < SUGGESTIONS else ""
        near = unknown[use.name]
        if operators:
            yield Problem(use.path, f"the operators know no variable {use.name!r}{near}")
        else:
            message = f"{use.name!r} is not declared in spec.variables{near}"
            yield Problem(use.path, f"{message}; for the text itself write {escaped(use.name)}")


def _vain_references(
    uses: Iterable[tuple[str, Use]],
    names: Collection[str],
    others: Iterable[CompiledEntry[OtherEntry]],
    *,
    varying: Collection[str],
    kinds: Kinds,
) -> Iterator[Problem]:
    """References to what will never be there, whatever an Instance says.

    `names`: the references of all entries but those whose name holds a placeholder, which are of the kinds `varying`;
    `others`: the entries of `otherResources`, of which objects are made only if some `kinds` are allowed.
    """
    by_reference = {reference(OTHER_RESOURCES, each.written.name): each for each in others}
    for kind, use in uses:
        wanted, entry = kind_of(use.name), entry_of(use.name)
        if not wanted:
            continue
        if entry not in names and wanted not in varying:
            yield Problem(use.path, f"the Template has no entry for {entry!r}{suggestion(entry, names)}")
        elif (
            entry in names and (output := output_of(use.name)) and (near := _no_output(by_reference.get(entry), output))
        ):
            yield Problem(use.path, f"the entry {entry!r} has no output {output!r}{near}")
        elif wanted == OTHER_RESOURCES and not kinds and kind in (PVCS, PODS):
            message = f"{use.name!r} is waited for for ever: {NOT_ACTED_ON}; remove the placeholder"
            yield Problem(use.path, message)
        elif kind == PVCS and wanted == PODS and varying:  # else it is found as a circle of entries
            yield Problem(use.path, f"{use.name!r} is waited for for ever: pods are made when all claims are there")


def _no_output(entry: CompiledEntry[OtherEntry] | None, output: str) -> str:
    """What to do if the entry has no such output; `""` if it has."""
    known = {each.name.lower() for each in entry.contract.outputs} if entry is not None else set[str]()
    return "" if output in known else suggestion(output, known) or "; add it to its outputs"
