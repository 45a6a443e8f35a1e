"""Which braces of a text are placeholders, and which are just braces.

Commands, JSON and regular expressions in a Template are full of braces, so only what looks like a name is taken for a
placeholder. Braces directly round a name count in pairs, as in Python's format strings, so that everything can be
written: `{x}` is the value, `{{x}}` the text `{x}`, `{{{x}}}` the value between braces. Braces that have no partner on
the other side are text (`{"port":{port}}`), and so are braces directly behind a `$` (`${HOME}`, `${{ matrix.os }}`).
"""

import re
from dataclasses import dataclass

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


def split(text: str) -> tuple[Part, ...]:
    """The text as literal pieces and placeholders in order; no two literal pieces stand side by side."""
    if "{" not in text:
        return (text,) if text else ()
    parts: list[Part] = []
    literal = ""
    position = 0
    for match in _GROUP.finditer(text):
        literal += text[position : match.start()]
        position = match.end()
        if match["dollar"]:
            literal += match[0]
            continue
        opening, closing = len(match["open"]), len(match["close"])
        paired = min(opening, closing)
        literal += "{" * (opening - paired + paired // 2)
        if paired % 2:
            if literal:
                parts.append(literal)
            parts.append(Placeholder(match["name"].lower(), match["filter"] or ""))
            literal = ""
        else:
            literal += match["inside"]
        literal += "}" * (paired // 2 + closing - paired)
    literal += text[position:]
    if literal:
        parts.append(literal)
    return tuple(parts)
