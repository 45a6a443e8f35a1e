"""Which variables expressions can read, under which names, and with which types.

The placeholder `{size.cpu}` is `vars.size.cpu`. What an expression reads always has a value, so that it never has to
ask whether there is one; names for which that cannot be promised are unreadable, with the reason.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jupyternetes.templating.conditions.cel import (
    CelType,
    Compiler,
    Expression,
    ExpressionError,
    Undecided,
    quantity,
)
from jupyternetes.templating.jsontree import has_braces
from jupyternetes.templating.lexer import BRACE, NULL
from jupyternetes.templating.variables.bounds import DEFAULT_MAX_LENGTH
from jupyternetes.templating.variables.built_in import MISSING, is_hub_name
from jupyternetes.templating.variables.choices import ChoiceValue
from jupyternetes.templating.variables.declarations import Declaration
from jupyternetes.templating.variables.gather import OPERATOR_VARIABLES, Values, suggestion

_TYPES: Final[Mapping[str, CelType]] = {
    "string": "string",
    "integer": "int",
    "number": "double",
    "boolean": "bool",
    "quantity": "double",
    "json": "dyn",
}
_TEXTS: Final = frozenset({"string", "json"})
_LITERALS: Final = frozenset({"true", "false", "null", "in"})
_MENTION = re.compile(r"(?<!\w)vars((?:\s*\.\s*[A-Za-z_]\w*)+)")
_NULL_TEXT: Final = f"{{{NULL}}}"


def cel_name(variable: str) -> str:
    """How an expression writes the name: parts that CEL does not take are spelt as Kubernetes spells them.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
    """
    parts = [part.replace("__", "__underscores__").replace("-", "__dash__") for part in variable.split(".")]
    return ".".join(["vars", *(f"__{part}__" if part in _LITERALS else part for part in parts)])


@dataclass(frozen=True, slots=True)
class Readable:
    """A name that expressions can read: the variable (lower case) that it depends on, and its value by choice."""

    type: CelType
    variable: str
    is_quantity: bool = False
    choice_value: ChoiceValue | None = None

    def value(self, values: Values) -> object:
        """Its value in its type, or `MISSING`."""
        if self.choice_value is not None:
            branch = self.choice_value.branches.get(values.chosen.get(self.variable))
            return MISSING if branch is None else _converted(_given(branch.value), self.type)
        if self.variable not in values.texts:
            return MISSING
        value = values.typed.get(self.variable, values.texts[self.variable])
        return quantity(str(value)) if self.is_quantity else _converted(value, self.type)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that the expressions of one Template can read, and why they cannot read the others that it has."""

    readable: Mapping[str, Readable]
    unreadable: Mapping[str, str]
    compiler: Compiler

    def compile(self, text: str) -> Expression:
        """The checked expression. Raises `ExpressionError`."""
        mentioned = [*dict.fromkeys(_mentions(text))]
        try:
            return self.compiler.compile(text, (name for name in _prefixes(mentioned) if name in self.readable))
        except ExpressionError as error:
            raise ExpressionError(f"{error}{self._hints(mentioned)}") from None

    def reads(self, expression: Expression) -> frozenset[str]:
        """The variables, in lower case, that the answer depends on."""
        return frozenset(self.readable[name].variable for name in expression.names)

    def holds(self, expression: Expression, values: Values) -> bool:
        """Whether it is true for one Instance. Raises `Undecided`."""
        found = {name: self.readable[name].value(values) for name in expression.names}
        missing = sorted(name for name, value in found.items() if value is MISSING)
        try:
            return expression.holds({name: value for name, value in found.items() if value is not MISSING})
        except Undecided as undecided:
            raise Undecided(f"{', '.join(missing)} has no value") if missing else undecided from None

    def _hints(self, mentioned: Sequence[str]) -> str:
        hints: list[str] = []
        for name in mentioned:
            known = next((each for each in _prefixes([name]) if each in self.readable or each in self.unreadable), "")
            if known in self.unreadable:
                hints.append(f"{known} {self.unreadable[known]}")
            elif not known:
                hints.append(f"{name}: declare it in spec.variables{suggestion(name, self.readable)}")
        return "".join(f"; {hint}" for hint in hints[:3])


def readable_names(
    schema: Mapping[str, Declaration], choice_values: Mapping[str, ChoiceValue], texts: Iterable[str]
) -> Names:
    """The names of a Template with the variables `schema` and what comes with their choices.

    `texts`: all expressions that are going to be compiled.
    """
    mentioned = {name for text in texts for name in _prefixes(_mentions(text))}
    readable = {cel_name(name): Readable("string", name) for name in OPERATOR_VARIABLES - {BRACE, NULL}}
    unreadable: dict[str, str] = {}
    if not mentioned:  # nothing is read, and there may be thousands of names
        return Names(readable, unreadable, Compiler({}))
    for key, declaration in schema.items():
        if fault := _fault(declaration):
            unreadable[cel_name(declaration.name)] = fault
        else:
            kind = _TYPES[declaration.type]
            readable[cel_name(declaration.name)] = Readable(kind, key, is_quantity=declaration.type == "quantity")
    for value in choice_values.values():
        variable = schema[value.variable].name
        name = cel_name(f"{variable}.{next(iter(value.branches.values())).name}")
        fault = unreadable.get(cel_name(variable), "")
        # One that is not read is known only to be suggested.
        kind = _type_of([_given(branch.value) for branch in value.branches.values()]) if name in mentioned else "dyn"
        if fault or kind is None:
            unreadable[name] = fault or "is a list or a map, holds placeholders, or is too long"
        else:
            readable[name] = Readable(kind, value.variable, choice_value=value)
    types: dict[str, CelType] = {name: readable[name].type for name in mentioned & readable.keys()}
    return Names(readable, unreadable, Compiler(types))


def _fault(declaration: Declaration) -> str:
    """Why expressions cannot read the variable; `""` if they can."""
    if declaration.sensitive:
        return "is sensitive, so operators never read its value"
    if declaration.type not in _TYPES:
        return "can be of any length"
    bounds = declaration.bounds
    if declaration.type in _TEXTS and not bounds.allowed and bounds.max_length > DEFAULT_MAX_LENGTH:
        return f"may be too long: set its maxLength to at most {DEFAULT_MAX_LENGTH}"
    if declaration.default is MISSING and not is_hub_name(declaration.name):
        if not declaration.required:
            return "may be without a value: give it a default, or make it required"
        if declaration.when:
            return "is without a value when its 'when' is false: give it a default"
    return ""


def _given(value: object) -> object:
    return None if value == _NULL_TEXT else value


def _type_of(values: Iterable[object]) -> CelType | None:
    """The type of what comes with choices; None if expressions cannot read it."""
    kinds: set[type] = set()
    for value in values:
        kinds.add(type(value))
        if isinstance(value, dict | list) or has_braces(value):
            return None
        if isinstance(value, str) and len(value) > DEFAULT_MAX_LENGTH:
            return None
    if type(None) in kinds:
        return "dyn"
    if kinds == {str}:
        return "string"
    if kinds == {bool}:
        return "bool"
    if kinds == {int}:
        return "int"
    return "double" if kinds <= {int, float} else None


def _converted(value: object, kind: CelType) -> object:
    return float(value) if kind == "double" and isinstance(value, int | float) else value


def _mentions(text: str) -> Iterator[str]:
    """What looks like a name of ours, its parts without the blanks that may stand between them."""
    for match in _MENTION.finditer(text):
        yield "vars" + "".join(match[1].split())


def _prefixes(names: Iterable[str]) -> Iterator[str]:
    """Of `vars.a.b` also `vars.a`: what follows may be a member of it."""
    for name in names:
        parts = name.split(".")
        for length in range(len(parts), 1, -1):
            yield ".".join(parts[:length])
