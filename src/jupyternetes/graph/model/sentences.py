"""What the table of reasons says, for texts that may be no reason of the table at all."""

from jupyternetes.api.reasons import REASONS


def sentence_of(reason: str) -> str:
    """The sentence of a reason; empty if it is not in the table."""
    known = REASONS.get(reason)
    return known.sentence if known is not None else ""
