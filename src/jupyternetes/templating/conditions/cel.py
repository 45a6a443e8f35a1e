"""CEL, as far as a Template may use it: expressions that are true or false, over names with types.

An expression is true, or is false, or raises: no error and no missing package ever counts as an answer. Steps and
nesting are limited by the evaluator, and what would let a short expression build a huge value is limited here.
https://github.com/google/cel-spec/blob/master/doc/langdef.md
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from jupyternetes.api.template import MAX_EXPRESSION_LENGTH
from jupyternetes.templating.jsontree import texts_of
from jupyternetes.templating.variables.amounts import amount, is_quantity

if TYPE_CHECKING:
    from cel_expr_python import cel

CelType = Literal["string", "int", "double", "bool", "dyn"]

#: A loop within a loop multiplies: these keep the largest value that an expression can build below a few megabytes.
MOST_LOOPS: Final = 2
MOST_PLUSES: Final = 16
_LOOP = re.compile(r"\b(?:all|exists|exists_one|existsOne)(?:\s|//[^\n]*+)*+\(")

#: A pattern that is a value takes long to compile, each time.
_MATCHES_OTHER = re.compile(r"""\bmatches\s*+\((?!\s*+[rR]?["'])""")

# Without "has", which gives the value of a declared name in place of whether there is one, and without what builds
# new lists and texts. Of "matches" only the method is left, whose pattern can be seen in the text.
_LANGUAGE: Final = """
name: jupyternetes
stdlib:
  exclude_macros: [has, map, filter]
  exclude_functions:
    - name: "_+_"
      overloads: [{id: add_string}, {id: add_list}, {id: add_bytes}]
    - name: matches
      overloads: [{id: matches}]
"""
_FAULT = re.compile(r"ERROR: <input>:-?[0-9]+:(?P<column>-?[0-9]+): (?P<text>.*?)(?: expecting .*)?$", re.MULTILINE)
_MOST_FAULTS: Final = 3

#: Of what CEL says when it evaluates, only these kinds are passed on: its own words may hold values.
_KINDS_OF_ERROR: Final = (
    ("budget exceeded", "it takes too many steps"),
    ("No value with name", "a name in it has no value"),
    ("matching overload", "a value in it has the wrong type"),
    ("Key not found", "it reads a key that is not there"),
    ("Index error", "it reads an item that is not there"),
    ("divide by zero", "it divides by zero"),
    ("overflow", "a number becomes too large"),
    ("regular expression", "a pattern in it is none of RE2"),
)


class ExpressionError(ValueError):
    """The text cannot be used as an expression; says why."""


class Undecided(Exception):  # noqa: N818 - it is about an expression, which is neither true nor false
    """The expression is neither true nor false for these values; says why, and never repeats one of them."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. `names`: what it reads."""

    text: str
    names: frozenset[str]
    _compiled: "cel.Expression"

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether it is true. `values` has those of `names` that have one, in their types. Raises `Undecided`."""
        if any("\0" in text for value in values.values() for text in texts_of(value)):
            raise Undecided("a value that it reads holds a NUL character")  # CEL would read the text only so far
        try:
            result = self._compiled.eval(data=values)
            answer, kind = result.value(), result.type().name()
        except Exception as error:  # whatever C++ throws: no memory, steps used up, half of a surrogate pair
            raise Undecided(_reason(str(error))) from None
        if kind != "BOOL" or not isinstance(answer, bool):
            raise Undecided(_reason(str(answer)))
        return answer


class Compiler:
    """Compiles expressions that read names of certain types; to make one takes longer than to compile."""

    __slots__ = ("_environment", "_types")

    def __init__(self, types: Mapping[str, CelType]) -> None:
        self._types = types
        self._environment: cel.Env | None = None

    def compile(self, text: str, names: Iterable[str]) -> Expression:
        """The expression, checked: it is true or false. Raises `ExpressionError`.

        `names`: those that it reads; should there be others, it cannot be decided.
        """
        _check_size(text)
        if self._environment is None:
            self._environment = _environment(self._types)
        try:
            compiled = self._environment.compile(text)
            kind = compiled.return_type().name()
        except Exception as error:  # whatever C++ throws
            raise ExpressionError(_faults(str(error))) from None
        if kind != "BOOL":
            raise ExpressionError(f"must be true or false, and is of type {kind.lower()}: compare it with something")
        return Expression(text, frozenset(names), compiled)


def _environment(types: Mapping[str, CelType]) -> "cel.Env":
    try:
        from cel_expr_python import cel
    except ImportError:
        message = "CEL cannot be evaluated here: install the package cel-expr-python (pip install 'jupyternetes[cel]')"
        raise ExpressionError(message) from None
    kinds = {
        "string": cel.Type.STRING,
        "int": cel.Type.INT,
        "double": cel.Type.DOUBLE,
        "bool": cel.Type.BOOL,
        "dyn": cel.Type.DYN,
    }
    overload = cel.Overload(
        id="quantity_string",
        return_type=cel.Type.DOUBLE,
        parameters=[cel.Type.STRING],
        is_member=False,
        impl=quantity,
    )
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_LANGUAGE),
        functions=[cel.FunctionDecl("quantity", [overload])],
        variables={name: kinds[kind] for name, kind in types.items()},
    )


def quantity(text: str) -> float:
    """What a quantity amounts to, in its base unit. Raises ValueError."""
    if not is_quantity(text):
        raise ValueError("not a quantity")
    exact = amount(text)
    try:
        return float(exact)
    except OverflowError:
        return float("inf") if exact > 0 else float("-inf")


def _check_size(text: str) -> None:
    if len(text) > MAX_EXPRESSION_LENGTH:
        raise ExpressionError(f"must have at most {MAX_EXPRESSION_LENGTH} characters")
    if not text.isprintable() and any(ord(sign) < 32 and sign not in "\t\n\r" for sign in text):
        raise ExpressionError("must not hold control characters")
    if len(_LOOP.findall(text)) > MOST_LOOPS:
        raise ExpressionError(f"must have at most {MOST_LOOPS} of all(), exists() and exists_one()")
    if text.count("+") > MOST_PLUSES:
        raise ExpressionError(f"must have at most {MOST_PLUSES} signs '+'")
    if _MATCHES_OTHER.search(text):
        raise ExpressionError("matches() must be given its pattern as a text in quotes")


def _faults(said: str) -> str:
    """What CEL says of a text that it cannot compile, on one line."""
    found: dict[str, None] = {}
    for match in _FAULT.finditer(said):
        text = match["text"].removesuffix(" [INVALID_ARGUMENT]").removesuffix(" (in container '')")
        place = f" (character {match['column']})" if int(match["column"]) > 0 else ""
        found[text + place] = None
    faults = [*found] or [" ".join(said.split())]
    hint = ""
    if "(double, int)" in said or "(int, double)" in said:
        hint = "; numbers and quantities are doubles, which are compared with 2.0, not with 2"
    if "undeclared reference to 'has'" in said:
        hint = "; there is no has(): declared variables always have a value, and 'a' in vars.x looks for a key"
    return "CEL says: " + "; ".join(faults[:_MOST_FAULTS]) + hint


def _reason(said: str) -> str:
    return next((words for kind, words in _KINDS_OF_ERROR if kind in said), "CEL cannot evaluate it")
