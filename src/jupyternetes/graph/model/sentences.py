"""What may be said of a reason and of an edge without any text of others: the words of the tables only."""

import msgspec

from jupyternetes.api.dependency_reasons import DEPENDENCY_REASONS
from jupyternetes.api.reasons import REASONS, Reason
from jupyternetes.graph.model.graph import Edge, Evidence
from jupyternetes.graph.model.graph_reasons import GRAPH_REASONS


def known_reason(reason: str) -> str:
    """The reason if it is in a table; else empty, because a recording may hold any text as a reason."""
    return reason if _lookup(reason) is not None else ""


def sentence_of(reason: str) -> str:
    """The sentence of a reason; empty if it is in no table."""
    known = _lookup(reason)
    return known.sentence if known is not None else ""


def without_texts(edge: Edge, source: str, target: str) -> Edge:
    """The edge between other ids; of its evidence only the kinds are left, and the table's sentence as message."""
    return msgspec.structs.replace(
        edge,
        source=source,
        target=target,
        evidence=tuple(dict.fromkeys(Evidence(kind=each.kind) for each in edge.evidence)),
        reason=known_reason(edge.reason),
        message=sentence_of(edge.reason),
    )


def _lookup(reason: str) -> Reason | None:
    return REASONS.get(reason) or GRAPH_REASONS.get(reason) or DEPENDENCY_REASONS.get(reason)
