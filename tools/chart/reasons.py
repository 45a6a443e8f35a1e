"""The table of reasons as a page."""

from jupyternetes.api.reasons import REASONS
from tools.chart.markdown import code, head, table


def page() -> str:
    """The reference page."""
    lines = head(
        "Reasons",
        "jupyternetes.api.reasons",
        "Why a server is as it is: the `reason` of a condition on an Instance or a Template, of an Event, and of the "
        "progress that the hub shows. Those that begin on the node keep Kubernetes' own names.",
        "*Ends the start*: waiting cannot cure it, so the hub gives up at once and tells the user, instead of at its "
        "time limit.",
    )
    rows = ((code(r.name), r.sentence, r.advice, "yes" if r.final else "") for r in REASONS.values())
    lines += table(("Reason", "Meaning", "What to do", "Ends the start"), rows)
    return "\n".join(lines) + "\n"
