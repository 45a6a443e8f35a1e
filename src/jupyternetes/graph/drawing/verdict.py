"""How does a verdict look in a terminal? The answer, then each cause with its evidence, then what was not seen."""

from collections.abc import Iterator

from rich.text import Text

from jupyternetes.graph.causes.verdict import Cause, Verdict
from jupyternetes.graph.drawing.text import for_terminal
from jupyternetes.graph.drawing.verdict_words import (
    cause_sentences,
    further_causes,
    further_lists,
    shown_causes,
    silence,
)


def render_verdict(verdict: Verdict) -> Text:
    """All of it, a line for each thing said; beyond twenty causes only their number."""
    return Text("\n").join(_lines(verdict))


def _lines(verdict: Verdict) -> Iterator[Text]:
    yield for_terminal(verdict.headline, style="bold")
    if silent := silence(verdict):
        yield for_terminal(silent)
    for number, cause in enumerate(shown_causes(verdict), start=1):
        yield from _cause(number, cause)
    if more := further_causes(verdict):
        yield Text(more)
    for title, sentences in further_lists(verdict):
        yield Text(f"{title}:")
        yield from (Text("  ") + for_terminal(each) for each in sentences)


def _cause(number: int, cause: Cause) -> Iterator[Text]:
    yield Text(f"{number}. ") + for_terminal(cause.name, style="bold") + Text(f" ({cause.confidence})")
    yield from (Text("   ") + for_terminal(sentence) for sentence in cause_sentences(cause))
