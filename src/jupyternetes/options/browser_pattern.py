"""Patterns that browsers may check too: only those that mean the same in their language as in RE2.

They read a ``pattern`` as a JavaScript expression with the flag ``v``, and what it refuses cannot be sent at all.
https://html.spec.whatwg.org/multipage/input.html#attr-input-pattern
"""

import re
from typing import Final

_ESCAPED = r"\\[.\\/()\[\]{}|^$*+?]"
_IN_CLASS = rf"(?:[A-Za-z0-9_]-[A-Za-z0-9_]|[A-Za-z0-9_]|[.:@=,+](?![.:@=,+])|\\-|{_ESCAPED})"
_CLASS = rf"\[\^?{_IN_CLASS}+\]"
_COUNT = r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})"
_PIECE = re.compile(rf"(?:[A-Za-z0-9_ :@=,~%;!'\"<>#&-]|{_ESCAPED}|{_CLASS}|[).])(?:{_COUNT})?|\(\?:|\((?!\?)|\|")
_LAST_DASH: Final = re.compile(r"(?<!\\)-\]")


def browser_pattern(text: str) -> str:
    """The pattern for browsers; "" if they might read it otherwise."""
    pattern, place = _LAST_DASH.sub(r"\\-]", text), 0
    while place < len(pattern):
        piece = _PIECE.match(pattern, place)
        if piece is None:
            return ""
        place = piece.end()
    return pattern
