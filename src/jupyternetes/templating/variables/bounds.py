"""What a value must be beside its type: how long, one of which, matching what, how much.

Every value of an Instance goes through `Bounds.value_of`, once. The length is checked first, so that nothing else works
on a text that is too long.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.output import MAX_PATTERN_LENGTH
from jupyternetes.api.template import Variable
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.problems import Problem, child_path, note
from jupyternetes.templating.variables.amounts import AMOUNTS, amount
from jupyternetes.templating.variables.coercion import ARGUMENTS, Unfit, coerce, coerce_written, identity
from jupyternetes.templating.variables.patterns import Pattern, PatternBudget, PatternError

DEFAULT_MAX_LENGTH: Final = 1024
_HAVE_LENGTH: Final = frozenset({"string", "json", ARGUMENTS})
_HAVE_PATTERN: Final = frozenset({"string"})


@dataclass(frozen=True, slots=True)
class Limit:
    """The least or the greatest amount, and how the Template writes it."""

    amount: Fraction
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What values of a variable of type `kind` must be.

    `allowed`: the only ones there are, by their identity, each with the one that is used for it; empty: any that fits
    the rest. `shown`: how a message lists them.
    """

    kind: str = "string"
    max_length: int = DEFAULT_MAX_LENGTH
    pattern: Pattern | None = None
    minimum: Limit | None = None
    maximum: Limit | None = None
    allowed: Mapping[Hashable, object] = field(default_factory=dict[Hashable, object])
    shown: str = ""

    def value_of(self, text: str) -> object:
        """The value that an Instance's `text` stands for. Raises `Unfit`."""
        if len(text) > self.max_length:
            raise Unfit(f"must have at most {self.max_length} characters")
        value = coerce(self.kind, text)
        if not self.allowed:
            self.check(value)
            return value
        return self.choice(value)

    def choice(self, value: object) -> object:
        """The allowed value that is used for `value`. Raises `Unfit`."""
        key = identity(self.kind, value)
        if key not in self.allowed:
            raise Unfit(f"must be one of {self.shown}")
        return self.allowed[key]

    def check(self, value: object) -> None:
        """Check `value`, of the right type, against all but `allowed`. Raises `Unfit`."""
        if self.kind in _HAVE_LENGTH and len(as_text(value)) > self.max_length:
            raise Unfit(f"must have at most {self.max_length} characters")
        if self.pattern is not None and not self.pattern.matches(as_text(value)):
            raise Unfit(f"must match {self.pattern.text}")
        if self.minimum is None and self.maximum is None:
            return
        found = amount(value)
        if self.minimum is not None and found < self.minimum.amount:
            raise Unfit(f"must be at least {self.minimum.text}")
        if self.maximum is not None and found > self.maximum.amount:
            raise Unfit(f"must be at most {self.maximum.text}")


def read_bounds(
    variable: Variable, kind: str, path: str, problems: list[Problem], *, max_length: int, patterns: PatternBudget
) -> Bounds:
    """What the declaration `variable`, which stands at `path`, says of values of type `kind`, but for `allowed`.

    `max_length`: the default. What is wrong is appended to `problems`.
    """
    reader = _Reader(kind, path, problems)
    if variable.max_length is not None and reader.applies(name_of(Variable.max_length), _HAVE_LENGTH):
        max_length = variable.max_length
    minimum = reader.limit(name_of(Variable.minimum), variable.minimum)
    maximum = reader.limit(name_of(Variable.maximum), variable.maximum)
    if minimum is not None and maximum is not None and minimum.amount > maximum.amount:
        reader.refuse(name_of(Variable.minimum), f"is more than the maximum, {maximum.text}")
    pattern = reader.pattern(variable.pattern, max_length, patterns)
    return Bounds(kind=kind, max_length=max_length, pattern=pattern, minimum=minimum, maximum=maximum)


@dataclass(frozen=True, slots=True)
class _Reader:
    kind: str
    path: str
    problems: list[Problem]

    def refuse(self, name: str, message: str) -> None:
        note(self.problems, child_path(self.path, name), message)

    def applies(self, name: str, kinds: Collection[str]) -> bool:
        """Whether a variable of this type can have the bound `name`; it is a problem if not."""
        if self.kind not in kinds:
            self.refuse(name, f"a variable of type {self.kind} has none; remove it")
        return self.kind in kinds

    def limit(self, name: str, written: object) -> Limit | None:
        if written is None or not self.applies(name, AMOUNTS):
            return None
        try:
            value = coerce_written(self.kind, written)
        except Unfit as unfit:
            self.refuse(name, str(unfit))
            return None
        return Limit(amount(value), as_text(value))

    def pattern(self, text: str | None, max_length: int, patterns: PatternBudget) -> Pattern | None:
        name = name_of(Variable.pattern)
        if text is None or not self.applies(name, _HAVE_PATTERN):
            return None
        if len(text) > MAX_PATTERN_LENGTH:
            self.refuse(name, f"must have at most {MAX_PATTERN_LENGTH} characters")
            return None
        try:
            return patterns.compile(text, max_length=max_length)
        except PatternError as error:
            self.refuse(name, str(error))
            return None
