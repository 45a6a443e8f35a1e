"""Which braces of a text are placeholders, and which are just braces.

Commands, JSON and regular expressions in a Template are full of braces, so only what looks like a name is taken for a
placeholder. Braces directly round a name count in pairs, as in Python's format strings, so that everything can be
written: `{x}` is the value, `{{x}}` the text `{x}`, `{{{x}}}` the value between braces. Braces that have no partner on
the other side are text (`{"port":{port}}`), and so are braces directly behind a `$` (`${HOME}`, `${{ matrix.os }}`).

An even number of braces is the escape only round the name of a variable. Round any other word it belongs to another
template language (`{{ end }}`), whose text is not ours to change.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

_GROUP = re.compile(
    r"(?P<dollar>\$?)(?P<open>\{++)"
    r"(?P<inside>[ \t]*+"
    r"(?P<name>[A-Za-z_][A-Za-z0-9_-]*+(?:\.[A-Za-z0-9_-]++)*+)(?::(?P<filter>[A-Za-z0-9_-]++))?"
    r"[ \t]*+)"
    r"(?P<close>\}++)"
)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A variable to insert: its name in lower case, as names are compared, and the filter as written (`""`: none)."""

    name: str
    filter: str = ""


Part = str | Placeholder

#: The variable whose value is one opening brace.
BRACE: Final = "jupyternetes.brace"
#: The variable whose value is null. `kubectl apply` drops keys whose value is a plain null.
NULL: Final = "jupyternetes.null"


def split(text: str, known: Collection[str]) -> tuple[Part, ...]:
    """The text as literal pieces and placeholders in order; no two literal pieces stand side by side.

    `known`: the names of the variables, in lower case. Which placeholders there are does not depend on it.
    """
    if "{" not in text:
        return (text,) if text else ()
    parts: list[Part] = []
    literal = ""
    position = 0
    for match in _GROUP.finditer(text):
        literal += text[position : match.start()]
        position = match.end()
        name = match["name"].lower()
        opening, closing = len(match["open"]), len(match["close"])
        paired = min(opening, closing)
        if match["dollar"] or (paired % 2 == 0 and name not in known):
            literal += match[0]
            continue
        literal += "{" * (opening - paired + paired // 2)
        if paired % 2:
            if literal:
                parts.append(literal)
            parts.append(Placeholder(name, match["filter"] or ""))
            literal = ""
        else:
            literal += match["inside"]
        literal += "}" * (paired // 2 + closing - paired)
    literal += text[position:]
    if literal:
        parts.append(literal)
    return tuple(parts)


def escaped(inside: str) -> str:
    """How a Template writes the text `{inside}`, whether or not `inside` is a variable."""
    return f"{{{BRACE}}}{inside}}}"
