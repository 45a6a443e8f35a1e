"""How is text that others chose made legible and harmless in each output?

Names, reasons and messages are any text: control characters, escape sequences of terminals, markup, characters that
turn the direction of writing. First one step makes all of it visible, then each output adds what its own syntax asks.
"""

import html
import unicodedata
from typing import Final

from rich.text import Text

from jupyternetes.api.bounds import cut

_CONTROL_PICTURES: Final = 0x2400
_DELETE: Final = 0x7F
#: Letters and signs that show nothing, so that two names could look alike: Hangul fillers, the empty Braille pattern.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def visible(text: str, limit: int | None = None) -> str:
    """``text`` with every character shown, in at most ``limit`` characters, an ellipsis in place of the rest.

    Control characters become their pictures (``␛``, ``␊``). Other characters that have no form of their own become
    escapes as in Python (``\\u202e``): those of bidirectional text, zero width, line separators, lone surrogates,
    characters without meaning. What comes out is legal in XML 1.0 and in UTF-8, is one line, and stays as it is when
    it is made visible again. https://www.w3.org/TR/xml/#charsets
    """
    beginning = text if limit is None else text[: limit + 1]
    if not beginning.isprintable() or not _FILLERS.isdisjoint(beginning):
        beginning = "".join(map(_shown, beginning))
    return cut(beginning, limit)


def for_xml(text: str, limit: int | None = None) -> str:
    """Content of an element, or of an attribute in quotes, in XML and in HTML."""
    return html.escape(visible(text, limit))


def for_dot(text: str, limit: int | None = None) -> str:
    """A quoted string of Graphviz, which reads backslashes and entities in labels.

    https://graphviz.org/doc/info/lang.html
    """
    escaped = visible(text, limit).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{escaped}"'


def for_terminal(text: str, limit: int | None = None, style: str = "") -> Text:
    """Rich's own kind of text, in which it does not look for ``[tags]`` or ``:emoji:``.

    https://rich.readthedocs.io/en/stable/text.html
    """
    return Text(visible(text, limit), style=style)


def _shown(character: str) -> str:
    if (character.isprintable() and character not in _FILLERS) or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "␡"
    return character.encode("unicode_escape").decode()
