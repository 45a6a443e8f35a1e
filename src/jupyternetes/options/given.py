"""Canonical options: what every way to choose comes to, and what JupyterHub stores.

``{"template": "<namespace>/<name>", "variables": {"<name>": "<text>"}}``; both may be left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.templating.jsontree import as_mapping, as_text

TEMPLATE: Final = "template"
VARIABLES: Final = "variables"
_MOST_VARIABLES: Final = 256  # that a Template can declare
_LONGEST_NAME: Final = 253


class Malformed(ValueError):  # noqa: N818 - it is about what was given
    """What was given are no options; says what they must be."""


@dataclass(frozen=True, slots=True)
class Options:
    """The key of a Template, ``""`` for none in particular, and texts by variable."""

    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    def canonical(self) -> dict[str, object]:
        """As JSON."""
        return {TEMPLATE: self.template, VARIABLES: dict(self.variables)}


def read_options(value: object) -> Options:
    """The options that JSON gives; a value that is no text counts as its JSON, a null as not given.

    Raises `Malformed`.
    """
    options = as_mapping(value)
    if options is None:
        raise Malformed(f"Options must be an object with {TEMPLATE} and {VARIABLES}.")
    if options.keys() - {TEMPLATE, VARIABLES}:
        raise Malformed(f"Options hold nothing but {TEMPLATE} and {VARIABLES}.")
    template = options.get(TEMPLATE)
    if not isinstance(template, str | None):
        raise Malformed(f"The {TEMPLATE} must be a text: <namespace>/<name>.")
    variables = options.get(VARIABLES)
    given = as_mapping({} if variables is None else variables)
    if given is None:
        raise Malformed(f"The {VARIABLES} must be an object.")
    if len(given) > _MOST_VARIABLES:
        raise Malformed(f"There are more {VARIABLES} than any Template has.")
    return Options(template or "", {name: _text(name, each) for name, each in given.items() if each is not None})


def recalled_options(stored: object) -> Options:
    """What can be made of options that were stored, by whatever version or form; nothing, if need be."""
    options = as_mapping(stored)
    known = {} if options is None else {key: options[key] for key in (TEMPLATE, VARIABLES) if key in options}
    try:
        return read_options(known)
    except Malformed:
        return Options()


def _text(name: str, value: object) -> str:
    try:
        text = as_text(value)
        (name + text).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise Malformed("A value holds what no text can hold.") from error
    if len(name) > _LONGEST_NAME:
        raise Malformed("A variable's name is longer than any Template has.")
    return text
