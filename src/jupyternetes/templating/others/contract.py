"""What an entry says of the object that somebody else acts on: when it is ready, and what others may read of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.instance import MAX_OUTPUT_LENGTH
from jupyternetes.api.output import Output
from jupyternetes.api.template import OtherEntry
from jupyternetes.templating.conditions.cel import Compiler, Expression, ExpressionError
from jupyternetes.templating.problems import Problem, child_path, note
from jupyternetes.templating.variables.patterns import Pattern, PatternBudget, PatternError

#: What `readyWhen` calls the object.
OBJECT: Final = "object"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
_STEP = re.compile(r"\.(?P<field>[A-Za-z_][A-Za-z0-9_-]*)|\[(?P<index>[0-9]{1,4})\]")


@dataclass(frozen=True, slots=True)
class CompiledOutput:
    """`path`: fields by name, items of lists by number. `pattern` None: any text."""

    name: str
    path: tuple[str | int, ...]
    pattern: Pattern | None

    @property
    def longest(self) -> int:
        """How many characters its text may have."""
        return MAX_OUTPUT_LENGTH if self.pattern is None else min(MAX_OUTPUT_LENGTH, self.pattern.longest_text)

    def takes(self, text: str) -> bool:
        """Whether others may insert this text."""
        return len(text) <= self.longest and (self.pattern is None or self.pattern.matches(text))


@dataclass(frozen=True, slots=True)
class Contract:
    """`ready_when` None: the usual conditions decide."""

    ready_when: Expression | None = None
    outputs: tuple[CompiledOutput, ...] = ()


NO_CONTRACT: Final = Contract()


def compile_contract(written: OtherEntry, path: str, budget: PatternBudget, problems: list[Problem]) -> Contract:
    """The contract of the entry at `path`. What is wrong with it is appended to `problems`."""
    here = child_path(path, name_of(OtherEntry.timeout_seconds))
    if not 1 <= written.timeout_seconds <= 3600:
        note(problems, here, "must be between 1 and 3600")
    outputs = child_path(path, name_of(OtherEntry.outputs))
    return Contract(
        _ready_when(written.ready_when, child_path(path, name_of(OtherEntry.ready_when)), problems),
        tuple(_outputs(written.outputs, outputs, budget, problems)),
    )


def _ready_when(text: str, path: str, problems: list[Problem]) -> Expression | None:
    if not text:
        return None
    try:
        return Compiler({OBJECT: "dyn"}).compile(text, [OBJECT])
    except ExpressionError as error:
        note(problems, path, f"{error}; it reads {OBJECT} alone, as in object.status.phase == 'Ready'")
        return None


def _outputs(
    written: Sequence[Output], path: str, budget: PatternBudget, problems: list[Problem]
) -> list[CompiledOutput]:
    found: dict[str, CompiledOutput] = {}
    for index, output in enumerate(written):
        here = child_path(path, index)
        named = child_path(here, name_of(Output.name))
        if not _NAME.fullmatch(output.name):
            note(problems, named, "letters, digits, '_' and '-' are allowed, with a letter or '_' at the beginning")
        elif output.name.lower() in found:
            note(problems, named, f"another output is named {output.name!r}; choose another name")
        else:
            steps = _steps(output.path, child_path(here, name_of(Output.path)), problems)
            pattern = _pattern(output.pattern, child_path(here, name_of(Output.pattern)), budget, problems)
            found[output.name.lower()] = CompiledOutput(output.name, steps, pattern)
    return [*found.values()]


def _steps(text: str, path: str, problems: list[Problem]) -> tuple[str | int, ...]:
    steps: list[str | int] = []
    position, dotted = 0, f".{text}"
    while (match := _STEP.match(dotted, position)) is not None:
        steps.append(match["field"] if match["field"] is not None else int(match["index"]))
        position = match.end()
    if not steps or position < len(dotted):
        note(problems, path, "must name fields, and items of lists by number, as in status.addresses[0].value")
    return tuple(steps)


def _pattern(text: str | None, path: str, budget: PatternBudget, problems: list[Problem]) -> Pattern | None:
    if text is None:
        return None
    try:
        return budget.compile(text, max_length=0)
    except PatternError as error:
        note(problems, path, str(error))
        return None
