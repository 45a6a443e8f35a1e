"""How does a verdict stand in a picture? As text above it: the answer, each cause with its evidence, what is unseen."""

import textwrap
from collections.abc import Iterator
from typing import Final

from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.drawing.markup import Markup
from jupyternetes.graph.drawing.parts import text
from jupyternetes.graph.drawing.text import visible
from jupyternetes.graph.drawing.verdict_words import (
    cause_sentences,
    further_causes,
    further_lists,
    meanings,
    shown_causes,
    silence,
)

#: Of one line, so that it fits even where each is as wide as it is high.
_CHARACTERS: Final = 72
_LINE: Final = 17.0
_INDENT: Final = 16.0


def verdict_text(verdict: Verdict, summary: str, x: float, y: float) -> tuple[list[Markup], float]:
    """The text of a verdict and, below its headline, the ``summary`` of the graph; and where the picture may begin.

    ``y``: the first baseline; all in pixels.
    """
    drawn: list[Markup] = []
    for depth, bold, sentence in _sentences(verdict, summary):
        for line in textwrap.wrap(visible(sentence), _CHARACTERS):
            size = 15 if bold and not depth else None
            drawn.append(text(line, x + depth * _INDENT, y, bold=bold, font_size=size))
            y += _LINE
    return drawn, y


def _sentences(verdict: Verdict, summary: str) -> Iterator[tuple[int, bool, str]]:
    """Each sentence with its depth, and whether it is bold."""
    yield 0, True, verdict.headline
    yield 0, False, silence(verdict)
    yield 0, False, summary
    for number, cause in enumerate(shown_causes(verdict), start=1):
        yield 1, True, f"cause {number}: {cause.name} ({cause.confidence})"
        yield from ((2, False, sentence) for sentence in cause_sentences(cause))
    yield 1, False, further_causes(verdict)
    if verdict.causes:
        yield 1, False, "; ".join(f"{word}: {meaning}" for word, meaning in meanings())
    for title, sentences in further_lists(verdict):
        yield 1, True, title
        yield from ((2, False, each) for each in sentences)
