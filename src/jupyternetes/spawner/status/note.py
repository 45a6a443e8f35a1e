"""One thing to tell people of a start."""

from typing import NamedTuple


class Note(NamedTuple):
    """``percent`` is how far the start has come, None if that did not change."""

    percent: int | None
    message: str
    advice: str = ""
