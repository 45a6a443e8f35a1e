"""Which names the placeholders of one Template may use."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from jupyternetes.templating.lexer import Placeholder
from jupyternetes.templating.positions import PathKind
from jupyternetes.templating.variables.choices import ChoiceValue


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`names`: of all variables, in lower case. `choice_values`: those of them that come with a choice.

    `part_check`: for a placeholder in a path, what says why a value may not stand in it; None if any may.
    """

    names: Collection[str]
    choice_values: Mapping[str, ChoiceValue] = field(default_factory=dict[str, ChoiceValue])
    part_check: Callable[[Placeholder, PathKind], Callable[[str], str] | None] = lambda _, __: None
