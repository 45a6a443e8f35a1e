"""What each placeholder of a Template is: fixed, bounded or free."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import OtherEntry, TemplateSpec
from jupyternetes.templating.filters import NAME_FILTERS
from jupyternetes.templating.jsontree import texts_of
from jupyternetes.templating.lexer import NULL, Part, Placeholder, split
from jupyternetes.templating.positions import PathKind
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.parts import inner_fault, part_fault
from jupyternetes.templating.reach.patterns import takes_anything
from jupyternetes.templating.references import OTHER_RESOURCES, PODS, PVCS, is_reference, kind_of, output_of
from jupyternetes.templating.spec_reader import ROOT
from jupyternetes.templating.variables.built_in import SERVER_NAME, is_hub_name
from jupyternetes.templating.variables.declarations import Declaration
from jupyternetes.templating.variables.gather import OPERATOR_VARIABLES
from jupyternetes.templating.variables.patterns import Pattern, PatternError
from jupyternetes.templating.vocabulary import Vocabulary

#: The name of an Instance is given by whoever creates it; the API server takes DNS names only.
CHOSEN_BY_CREATOR: Final = frozenset({"instance.name", "jupyternetes.instance.name"})
#: Choices in choices in choices: so deep, and so many values, are looked at; what lies beyond counts as free.
_DEPTH: Final = 16
_ALTERNATIVES: Final = 256


class Provenance:
    """Of one Template."""

    __slots__ = ("_depth", "_faulty", "_known", "_names", "_open", "_outputs", "_schema", "_written", "vocabulary")

    def __init__(
        self, spec: TemplateSpec, vocabulary: Vocabulary, schema: Mapping[str, Declaration], problems: Sequence[Problem]
    ) -> None:
        """`problems`: what is wrong with the declarations; of a wrong one nothing more is said."""
        self.vocabulary = vocabulary
        self._schema = schema
        self._written = {each.name.lower() for each in spec.variables}
        variables = child_path(ROOT, name_of(TemplateSpec.variables))
        self._faulty = {
            each.name.lower()
            for index, each in enumerate(spec.variables)
            if problems and any(problem.path.startswith(child_path(variables, index)) for problem in problems)
        }
        self._open = all(map(is_hub_name, self._written))
        self._known: dict[str, Reach] = {}
        self._depth = 0
        self._outputs = _patterns_of_outputs(spec.other_resources)
        self._names: Mapping[str, Reach] = {}
        self._names = {
            PVCS: self._weakest(text for each in spec.pvcs for text in (each.name, each.claim_name)),
            PODS: self._weakest(each.name for each in spec.pods),
            OTHER_RESOURCES: self._weakest(each.name for each in spec.other_resources),
        }

    def parts(self, text: str) -> tuple[Part, ...]:
        return split(text, self.vocabulary.names)

    def whole(self, text: str) -> Placeholder | None:
        """The placeholder without a filter that `text` is."""
        if not text.startswith("{"):
            return None
        parts = self.parts(text)
        one = parts[0] if len(parts) == 1 else ""
        return one if isinstance(one, Placeholder) and not one.filter else None

    def kind_of(self, name: str) -> str:
        """The type of a variable."""
        declaration = self._schema.get(name)
        return "string" if declaration is None else declaration.type

    def written(self, name: str) -> bool:
        return name in self._written

    def of(self, placeholder: Placeholder) -> Reach:
        found = self.of_name(placeholder.name)
        return min(found, Reach.BOUNDED) if placeholder.filter in NAME_FILTERS else found

    def of_text(self, text: str) -> Reach:
        """Of a text with placeholders: as weak as the weakest of them."""
        if "{" not in text:
            return Reach.FIXED
        return max((self.of(part) for part in self.parts(text) if isinstance(part, Placeholder)), default=Reach.FIXED)

    def part_check(self, placeholder: Placeholder, path: PathKind) -> Callable[[str], str] | None:
        """What says why a value may not stand in such a path; None where any may that the Template lets through."""
        fault, reach = (inner_fault, Reach.BOUNDED) if path is PathKind.VOLUME else (part_fault, Reach.FREE)
        if self.of(placeholder) < reach:
            return None
        declaration = self._schema.get(placeholder.name)
        is_empty_by_default = declaration is not None and declaration.default == ""
        return partial(fault, may_be_empty=is_empty_by_default or placeholder.name == SERVER_NAME)

    def of_name(self, name: str) -> Reach:
        found = self._known.get(name)
        if found is not None:
            return found
        if self._depth > _DEPTH:
            return Reach.FREE
        self._known[name] = Reach.FIXED  # until it is known; a choice that depends on itself is a problem anyway
        self._depth += 1
        found = self._known[name] = self._of_name(name)
        self._depth -= 1
        return found

    def _of_name(self, name: str) -> Reach:
        if name in OPERATOR_VARIABLES or name in self._faulty:
            return Reach.BOUNDED if name in CHOSEN_BY_CREATOR else Reach.FIXED
        if output := output_of(name):
            return max(map(_of_pattern, self._outputs.get(output, {None})))
        if is_reference(name):
            return self._names.get(kind_of(name), Reach.FIXED)
        value = self.vocabulary.choice_values.get(name)
        if value is not None:
            return self._weakest(text for branch in value.branches.values() for text in texts_of(branch.value))
        declaration = self._schema.get(name)
        if declaration is not None:
            return _of_declaration(declaration)
        # That a variable is not declared is said elsewhere.
        return Reach.FIXED if not self._open and not is_hub_name(name) else Reach.FREE

    def _weakest(self, texts: Iterable[str]) -> Reach:
        return max(map(self.of_text, texts), default=Reach.FIXED)

    def alternatives(self, value: object, path: str) -> list[tuple[object, str]]:
        """What may stand for `value`, each with the path at which it is written.

        A placeholder stays itself unless the values that it may have are listed, and then too if they are too many.
        """
        found = list(islice(self._alternatives(value, path, _DEPTH), _ALTERNATIVES + 1))
        return found if len(found) <= _ALTERNATIVES else [*found, (value, path)]

    def _alternatives(self, value: object, path: str, depth: int) -> Iterator[tuple[object, str]]:
        one = self.whole(value) if isinstance(value, str) else None
        if one is None:
            yield value, path
        elif one.name == NULL:
            yield None, path
        elif (choice := self.vocabulary.choice_values.get(one.name)) is not None and depth:
            for branch in choice.branches.values():
                yield from self._alternatives(branch.value, branch.path, depth - 1)
        elif (declaration := self._schema.get(one.name)) is not None and declaration.bounds.allowed:
            yield from ((allowed, path) for allowed in declaration.bounds.allowed.values())
        else:
            yield value, path


def _patterns_of_outputs(entries: Iterable[OtherEntry]) -> Mapping[str, set[str | None]]:
    """The patterns by the name of the output, in lower case. Of several of one name, the weakest will count."""
    found: dict[str, set[str | None]] = {}
    for output in (each for entry in entries for each in entry.outputs):
        found.setdefault(output.name.lower(), set()).add(output.pattern)
    return found


def _of_pattern(text: str | None) -> Reach:
    """Of what somebody else's object says."""
    try:
        bounded = text is not None and not takes_anything(Pattern(text))
    except PatternError:  # which is said elsewhere
        return Reach.FREE
    return Reach.BOUNDED if bounded else Reach.FREE


def _of_declaration(declaration: Declaration) -> Reach:
    bounds = declaration.bounds
    if bounds.allowed:
        return Reach.FIXED
    if declaration.type == "boolean" or bounds.maximum is not None:
        return Reach.BOUNDED
    if bounds.pattern is not None and not takes_anything(bounds.pattern):
        return Reach.BOUNDED
    return Reach.FREE
