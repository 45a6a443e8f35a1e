"""How does a verdict look in a terminal? The answer, then each cause with its evidence, then what was not seen."""

from collections.abc import Iterator

from rich.text import Text

from jupyternetes.graph.causes.verdict import Cause, Verdict
from jupyternetes.graph.drawing.text import for_terminal

_EVIDENCE = 10
_CAUSES = 20


def render_verdict(verdict: Verdict) -> Text:
    """All of it, a line for each thing said; beyond twenty causes only their number."""
    return Text("\n").join(_lines(verdict))


def _lines(verdict: Verdict) -> Iterator[Text]:
    yield for_terminal(verdict.headline, style="bold")
    if verdict.as_of:
        silent = "The Kubernetes API does not answer: what it told of all else is as of"
        yield for_terminal(f"{silent} {verdict.as_of}.")
    for number, cause in enumerate(verdict.causes[:_CAUSES], start=1):
        yield from _cause(number, cause)
    if len(verdict.causes) > _CAUSES:
        yield Text(f"and {len(verdict.causes) - _CAUSES} more")
    if verdict.planned:
        yield Text("What is being changed, and is no trouble yet:")
        yield from (Text("  ") + for_terminal(each) for each in verdict.planned)
    if verdict.unseen:
        yield Text("What could not be seen, and may hide causes:")
        yield from (Text("  ") + for_terminal(each) for each in verdict.unseen)


def _cause(number: int, cause: Cause) -> Iterator[Text]:
    yield Text(f"{number}. ") + for_terminal(cause.name, style="bold") + Text(f" ({cause.confidence})")
    if cause.impact:
        yield Text("   ") + for_terminal(cause.impact)
    for fact in cause.evidence[:_EVIDENCE]:
        since = f", since {fact.since}" if fact.since else ""
        yield Text(f"   {fact.nature}: ") + for_terminal(f"{fact.text} ({fact.reason}{since})")
    if len(cause.evidence) > _EVIDENCE:
        yield Text(f"   and {len(cause.evidence) - _EVIDENCE} more pieces of evidence")
    for change in cause.changes:
        yield Text("   changed before: ") + for_terminal(change)
    if cause.explains:
        yield Text(f"   It explains {cause.explains} other sign{'s' if cause.explains > 1 else ''} of trouble.")
    if cause.unseen:
        yield (
            Text("   Nothing is known of ") + for_terminal(", ".join(cause.unseen)) + Text(", which would explain it.")
        )
