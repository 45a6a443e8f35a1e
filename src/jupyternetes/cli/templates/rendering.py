"""What the operators would make for one user, and where each inserted value comes from."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from jupyternetes.api.instance import Instance
from jupyternetes.api.template import ClaimEntry, Entry, OtherEntry, PodEntry, Template
from jupyternetes.operators.other_resources.body import object_body
from jupyternetes.operators.pods.body import PortError, pod_of
from jupyternetes.operators.pvcs.plan import claim_body
from jupyternetes.operators.templates.finder import compile_as_operators
from jupyternetes.operators.templates.sample import (
    SUFFIX,
    Person,
    sample_instance,
    sample_output,
    unidentified,
    with_sample_names,
)
from jupyternetes.operators.templates.usable import facts
from jupyternetes.templating import (
    CompiledEntry,
    CompiledTemplate,
    InstanceFacts,
    Invalid,
    Ready,
    Result,
    Waiting,
)
from jupyternetes.templating.jsontree import as_list, as_mapping, as_text
from jupyternetes.templating.lexer import Placeholder, split
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.references import OTHER_RESOURCES, entry_of, is_reference, kind_of, output_of
from jupyternetes.templating.variables.built_in import is_hub_name, is_operator_name
from jupyternetes.templating.variables.gather import Values, gather


@dataclass(frozen=True, slots=True)
class Source:
    """One placeholder: where it stands, as it is written, what it gives there, and who says so."""

    path: str
    placeholder: str
    value: str
    origin: str

    def __str__(self) -> str:
        return f"{self.path}: {self.placeholder} is {self.value} ({self.origin})"


@dataclass(frozen=True, slots=True)
class Made:
    """What becomes of one entry: an object, or why there is none, and where its values come from.

    ``kind`` and ``name`` are the entry's.
    """

    path: str
    kind: str
    name: str
    body: Mapping[str, object] | None
    note: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a start would give. With ``problems`` nothing would be made."""

    problems: tuple[Problem, ...]
    made: tuple[Made, ...] = ()


def rendered(template: Template, person: Person, given: Mapping[str, str]) -> Outcome:
    """What the operators would make of a Template for one person; ``given``: what the hub adds to the variables."""
    compiled = compile_as_operators(template)
    instance = sample_instance(template, compiled, person, given)
    rendering = with_sample_names(compiled, instance)
    if rendering.problems:
        return Outcome(rendering.problems)
    origins = _Origins.among(compiled, facts(instance), given)
    template = unidentified(template)
    results = (*rendering.other_resources, *rendering.pvcs, *rendering.pods)
    try:
        made = tuple(_made(template, instance, compiled, result, origins) for result in results)
    except PortError as error:
        return Outcome((error.problem,))
    left_out = (
        Made(each.entry.path, each.entry.kind, each.name, None, "its condition is false", ())
        for each in rendering.omitted
    )
    return Outcome((), (*made, *left_out))


def _made(
    template: Template,
    instance: Instance,
    compiled: CompiledTemplate,
    result: Result[ClaimEntry] | Result[PodEntry] | Result[OtherEntry],
    origins: "_Origins",
) -> Made:
    sources = tuple(origins.of(result.entry))
    made = partial(Made, result.entry.path, result.entry.kind, result.name)
    match result:
        case Ready(_, ClaimEntry(existing_claim=adopted, makes_named_claim=False)) if adopted:
            return made(None, f"the claim {adopted} is used as it is", sources)
        case Ready(_, OtherEntry()):
            return made(object_body(instance, result), "", sources)
        case Ready(_, ClaimEntry()):
            return made(claim_body(instance, result, stable_names=compiled.stable_names), "", sources)
        case Ready():
            return made(pod_of(instance, result, template, compiled), "", sources)
        case Waiting():
            return made(None, f"it waits for {', '.join(result.needs)}", sources)
        case Invalid():  # of which the whole rendering tells
            return made(None, "nothing can be made of it", sources)


@dataclass(frozen=True, slots=True)
class _Origins:
    """Finds the placeholders of an entry, and for each its value and who gives it. ``given``: names in lower case."""

    compiled: CompiledTemplate
    values: Values
    known: Collection[str]
    given: Collection[str]
    from_hub: Collection[str]

    @classmethod
    def among(cls, compiled: CompiledTemplate, instance: InstanceFacts, given: Iterable[str]) -> "_Origins":
        """Those of one Instance."""
        values = gather(compiled.schema, compiled.choice_values, closed=compiled.closed, instance=instance)
        known = {*values.texts, *compiled.schema, *compiled.choice_values}
        from_hub = {name for name in instance.variables if is_hub_name(name)}
        return cls(compiled, values, known, {name.lower() for name in given}, from_hub)

    def of(self, entry: CompiledEntry[Entry]) -> Iterator[Source]:
        """Those of one entry, in the order of the Template."""
        for path, text in _texts(msgspec.to_builtins(entry.written), entry.path):
            for part in split(text, self.known):
                if isinstance(part, Placeholder):
                    value, origin = self._value(part.name)
                    yield Source(path, "{" + ":".join(filter(None, (part.name, part.filter))) + "}", value, origin)

    def _value(self, name: str) -> tuple[str, str]:
        values = self.values
        if output_of(name):
            return self._output(name), "what that object says, once it is ready"
        if kind_of(name) == OTHER_RESOURCES:
            return f"{name.rpartition('.')[2]}-{SUFFIX * 2}", "the name of that object, which the operator completes"
        if is_reference(name):
            return f"{name.rpartition('.')[2]}-{SUFFIX}", "the name of that object, which the API server completes"
        if is_operator_name(name):
            return values.texts.get(name, "null"), "the operators give it"
        if name in self.compiled.choice_values:
            value = self.compiled.choice_values[name]
            branch = value.branches.get(values.chosen.get(value.variable))
            return as_text(branch.value) if branch else "null", f"it comes with the choice made for {value.variable}"
        if name in values.secrets:
            return "kept in a Secret", f"the hub gives it as {values.secrets[name]}"
        text = values.texts.get(name, "null")
        if name in self.given:
            return text, "given"
        if name in self.from_hub:
            return text, "the hub gives it"
        return text, "default"

    def _output(self, name: str) -> str:
        """The text that stands for an output, given as a variable in lower case."""
        entry, output = entry_of(name).rpartition(".")[2], output_of(name)
        known = (told for each in self.compiled.other_resources for told in each.contract.outputs)
        return next((sample_output(entry, told) for told in known if told.name.lower() == output), f"{entry}.{output}")


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a value, keys of maps included, with the path of what it stands at."""
    if isinstance(value, str):
        yield path, value
    elif (mapping := as_mapping(value)) is not None:
        for key, member in mapping.items():
            here = child_path(path, key)
            yield here, key
            yield from _texts(member, here)
    else:
        for index, item in enumerate(as_list(value) or ()):
            yield from _texts(item, child_path(path, index))
