"""What do all drawings say of a verdict, and what do its words mean?

The texts hold names of others as they are; each output makes them harmless.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from jupyternetes.graph.causes.signs import Nature
from jupyternetes.graph.causes.verdict import Cause, Confidence, Fact, Verdict

#: Causes that are shown, and pieces of evidence of each; of the rest only the number is said.
CAUSES: Final = 20
EVIDENCE: Final = 10

_PLANNED_TITLE: Final = "What is being changed, and is no trouble yet"
_UNSEEN_TITLE: Final = "What could not be seen, and may hide causes"
NATURE_MEANINGS: Final[Mapping[Nature, str]] = {
    Nature.OWN: "by its nature the fault is in the part itself",
    Nature.SEEN: "the hub asked it and got no answer",
    Nature.TRIED: "it was tried from where this is looked at",
    Nature.ABOUT: "several servers that have it in common fail alike, and hardly any without it does",
    Nature.EFFECT: "it says only that something is wrong",
}
CONFIDENCE_MEANINGS: Final[Mapping[Confidence, str]] = {
    Confidence.CERTAIN: "there is a sign of its own",
    Confidence.LIKELY: "others say so",
    Confidence.POSSIBLE: "there are only effects",
}


def shown_causes(verdict: Verdict) -> tuple[Cause, ...]:
    """The causes that drawings show, the first one first."""
    return verdict.causes[:CAUSES]


def further_causes(verdict: Verdict) -> str:
    """How many more there are; empty if there are none."""
    more = len(verdict.causes) - CAUSES
    return f"and {more} more" if more > 0 else ""


def silence(verdict: Verdict) -> str:
    """How old the rest is while the Kubernetes API does not answer; empty if it does."""
    if not verdict.as_of:
        return ""
    return f"The Kubernetes API does not answer: what it told of all else is as of {verdict.as_of}."


def cause_sentences(cause: Cause) -> Iterator[str]:
    """Who is affected, the evidence, what follows from it, and what of it is not known."""
    if cause.impact:
        yield cause.impact
    yield from map(_fact, cause.evidence[:EVIDENCE])
    if len(cause.evidence) > EVIDENCE:
        yield f"and {len(cause.evidence) - EVIDENCE} more pieces of evidence"
    yield from (f"changed before: {change}" for change in cause.changes)
    if cause.explains:
        yield f"It explains {cause.explains} other sign{'s' if cause.explains > 1 else ''} of trouble."
    if cause.unseen:
        yield f"Nothing is known of {', '.join(cause.unseen)}, which would explain it."


def further_lists(verdict: Verdict) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is said beside the causes: titles, each with its sentences, of which there is at least one."""
    for title, sentences in ((_PLANNED_TITLE, verdict.planned), (_UNSEEN_TITLE, verdict.unseen)):
        if sentences:
            yield title, tuple(sentences)


def meanings() -> Iterator[tuple[str, str]]:
    """The words that stand before evidence and behind a cause, each with what it means."""
    yield from NATURE_MEANINGS.items()
    yield from CONFIDENCE_MEANINGS.items()


def _fact(fact: Fact) -> str:
    since = f", since {fact.since}" if fact.since else ""
    return f"{fact.nature}: {fact.text} ({fact.reason}{since})"
