"""Patterns of declarations: regular expressions of RE2, which takes no longer for a text that was made to be slow.

The time to match is the size of the program times the length of the text, so both are capped, and the programs of one
Template together as well. https://github.com/google/re2/wiki/Syntax
"""

from typing import Final

import re2

#: Size of the program times characters of the text. Measured: at most 9 ms on a busy core.
WORK_LIMIT: Final = 500_000
#: Of the programs of one Template; 256 patterns of the usual kind have a quarter of it.
TOTAL_SIZE_LIMIT: Final = 65_536
_SIZE_OF_REFUSED: Final = 16_384  # to find that a pattern is too large takes long
_MEMORY: Final = 65_536  # bytes, for the program and for what RE2 remembers while it matches


class PatternError(ValueError):
    """The text is no pattern that can be used; says why."""


class Pattern:
    """A compiled pattern. `size` is the number of steps of its program."""

    __slots__ = ("_regexp", "size", "text")

    def __init__(self, text: str) -> None:
        """Raises PatternError."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        options.never_capture = True
        try:
            self._regexp = re2.compile(text, options)
        except re2.error as error:
            raise PatternError(_reason(error)) from error
        except UnicodeEncodeError as error:
            raise PatternError("not valid Unicode") from error
        self.text = text
        self.size: int = self._regexp.programsize

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` fits."""
        try:
            return self._regexp.fullmatch(text) is not None
        except UnicodeEncodeError:  # half of a surrogate pair: no text that could ever be sent
            return False

    @property
    def longest_text(self) -> int:
        """How many characters can be matched within the limit of work."""
        return WORK_LIMIT // self.size


class PatternBudget:
    """What is left of the sizes that the patterns of one Template may have together."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = TOTAL_SIZE_LIMIT

    def compile(self, text: str, *, max_length: int) -> Pattern:
        """The pattern for texts of at most `max_length` characters. Raises PatternError."""
        if self._left <= 0:
            raise PatternError("the patterns of this Template are too large together; shorten them")
        try:
            pattern = Pattern(text)
        except PatternError:
            self._left -= _SIZE_OF_REFUSED
            raise
        self._left -= pattern.size
        if max_length > pattern.longest_text:
            raise PatternError(
                f"too large for texts of {max_length} characters: set maxLength to at most {pattern.longest_text}, or "
                "repeat less in the pattern, for maxLength limits the length as well"
            )
        return pattern


def _reason(error: re2.error) -> str:
    cause = error.args[0]
    text = cause.decode(errors="replace") if isinstance(cause, bytes) else cause
    return "too large; repeat less in it" if "too large" in text else f"not a pattern of RE2: {text}"
