"""Which names the placeholders of one Template may use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from jupyternetes.templating.variables.choices import ChoiceValue


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`names`: of all variables, in lower case. `choice_values`: those of them that come with a choice."""

    names: Collection[str]
    choice_values: Mapping[str, ChoiceValue] = field(default_factory=dict[str, ChoiceValue])
