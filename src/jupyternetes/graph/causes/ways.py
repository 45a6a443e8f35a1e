"""A hub gets no answer over a way: does that accuse the other end, the way itself, the DNS or a volume?"""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Final

from jupyternetes.api import dependency_reasons as reasons
from jupyternetes.graph.causes.parts import asked, asker, edge_id, is_well, name_of, volume_of, way_name
from jupyternetes.graph.causes.signs import NOT_REACHED_FROM_HERE, REACHED_FROM_HERE, Nature, Sign
from jupyternetes.graph.causes.times import PROGRESS_DEADLINE, is_being_replaced
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Edge, Graph, Node
from jupyternetes.graph.model.kinds import EvidenceKind, State


class _Where(Enum):
    """``OTHER_END``: it took the connection, or answered, so the network works. ``WAY``: what is wrong lies between the
    two, such as a password or a name that only one of them has. ``NAMES``: DNS. ``FILES``: the volume of the other end.
    """

    OTHER_END = auto()
    WAY = auto()
    NAMES = auto()
    FILES = auto()


#: Where a reason tells of no place, or is not known, it depends on how the other end fares, and who else reaches it.
_PLACES: Final = {
    reasons.NAME_LOOKUP_FAILED.name: _Where.NAMES,
    reasons.NO_NAME.name: _Where.NAMES,
    reasons.NO_ANSWER_IN_TIME.name: _Where.OTHER_END,
    reasons.CERTIFICATE_EXPIRED.name: _Where.OTHER_END,
    reasons.CERTIFICATE_NOT_YET_VALID.name: _Where.OTHER_END,
    reasons.HTTP_ERROR.name: _Where.OTHER_END,
    reasons.ROUTES_MISSING.name: _Where.OTHER_END,
    reasons.TOO_MANY_CONNECTIONS.name: _Where.OTHER_END,
    reasons.STARTING_UP.name: _Where.OTHER_END,
    reasons.SHUTTING_DOWN.name: _Where.OTHER_END,
    reasons.READ_ONLY.name: _Where.OTHER_END,
    reasons.FILE_LOCKED.name: _Where.OTHER_END,
    reasons.FILE_DAMAGED.name: _Where.OTHER_END,
    reasons.NO_TLS.name: _Where.WAY,
    reasons.NO_HTTP.name: _Where.WAY,
    reasons.CERTIFICATE_NOT_TRUSTED.name: _Where.WAY,
    reasons.CERTIFICATE_SELF_SIGNED.name: _Where.WAY,
    reasons.CERTIFICATE_OF_ANOTHER_HOST.name: _Where.WAY,
    reasons.LOGIN_REFUSED.name: _Where.WAY,
    reasons.TOKEN_REFUSED.name: _Where.WAY,
    reasons.UNKNOWN_DATABASE.name: _Where.WAY,
    reasons.DISK_FULL.name: _Where.FILES,
    reasons.DISK_ERROR.name: _Where.FILES,
    reasons.FILE_NOT_OPENED.name: _Where.FILES,
}


class Ways:
    """The ways over which hubs get no answer at one moment; ``now``, RFC 3339, is that moment."""

    def __init__(self, graph: Graph, failing: Iterable[Edge], now: str) -> None:
        self._graph = graph
        self._failing = [edge for edge in failing if not self._is_planned(edge, now)]
        unnamed = (each for each in self._failing if _PLACES.get(each.reason) is _Where.NAMES)
        self._unnamed = Counter(map(asker, unnamed))

    def told_of(self) -> set[tuple[str, str]]:
        """Nodes that fail by a hub's word alone, each with the reason: the signs of the ways say that already."""
        return {(asked(edge), edge.reason) for edge in self._failing}

    def signs(self) -> Iterator[Sign]:
        """What the hubs say, and what was tried from where the graph is looked at."""
        for edge in self._failing:
            accused = self._accused(edge)
            nature, further = self._confirmed(edge)
            yield self._sign(edge, accused, nature, edge.reason, _text(self._graph, edge) + further)
            if edge.reached_from_here is not None and edge.reason not in _PLACES:
                reason, text = _tried(self._graph, edge, reached=edge.reached_from_here)
                yield self._sign(edge, accused, Nature.TRIED, reason, text)

    def _confirmed(self, edge: Edge) -> tuple[Nature, str]:
        """A proxy has its routes in memory: if its container was started again, its own state says the same."""
        series = self._graph.by_id[asked(edge)].series
        if edge.reason != reasons.ROUTES_MISSING.name or series is None or not series.terminated_reasons:
            return Nature.SEEN, ""
        ends = ", ".join(series.terminated_reasons)
        return Nature.OWN, f" Its container has ended before and was started again: {ends}."

    def _sign(self, edge: Edge, accused: Edge | str, nature: Nature, reason: str, text: str) -> Sign:
        is_way = isinstance(accused, Edge)
        return Sign(
            subject=edge_id(edge),
            accused=edge_id(accused) if is_way else accused,
            nature=nature,
            reason=reason,
            text=text,
            since=edge.since,
            called=way_name(self._graph, accused) if is_way else name_of(self._graph, accused),
            lasted=edge.lasted,
            part=edge,
        )

    def _accused(self, edge: Edge) -> Edge | str:
        """The id of a node, or an edge."""
        other = self._graph.by_id[asked(edge)]
        match _PLACES.get(edge.reason):
            case _Where.NAMES:
                return self._names(edge)
            case _Where.WAY:
                return edge
            case _Where.OTHER_END:
                return other.id
            case _Where.FILES:
                return volume_of(self._graph, other)
            case None:
                return edge if self._is_reached(edge, other) else other.id

    def _names(self, edge: Edge) -> Edge | str:
        """DNS that gives no answer at all, or several names of one hub that nobody knows, accuse DNS.

        If DNS is well by itself, the way from it to the hub; if it knows all names but one, the way with that name.
        """
        for each in self._graph.into_trouble.get(asker(edge), ()):
            if each.kind == kinds.RESOLVES.name:
                well = is_well(self._graph, self._graph.by_id[each.source])
                if edge.reason == reasons.NAME_LOOKUP_FAILED.name:
                    return each if well else each.source
                if not well and self._unnamed[asker(edge)] > 1:
                    return each.source
        return edge

    def _is_reached(self, edge: Edge, other: Node) -> bool:
        """Whether others get through to the other end, so that only this way is cut."""
        if edge.reached_from_here is not None:
            return edge.reached_from_here
        beside = self._graph.into_trouble if edge.kind == kinds.ROUTES.name else self._graph.out_of
        return is_well(self._graph, other) or any(
            each.kind == edge.kind and each.state is State.OK for each in beside.get(other.id, ())
        )

    def _is_planned(self, edge: Edge, now: str) -> bool:
        """Whether no answer comes because the other end is being replaced, and no Event says what stands in the way."""
        other = self._graph.by_id[asked(edge)]
        if edge.lasted > PROGRESS_DEADLINE or not is_being_replaced(other, now):
            return False
        events = (each for each in self._graph.into_trouble.get(other.id, ()) if each.kind in _HINDRANCES)
        return not any(evidence.kind is EvidenceKind.SEEN for each in events for evidence in each.evidence)


_HINDRANCES: Final = (kinds.PROVISIONS.name, kinds.SCHEDULES.name, kinds.PULLS.name)


def _text(graph: Graph, edge: Edge) -> str:
    """What the hub says, and what to look at."""
    said = edge.message or f"No answer comes from {graph.by_id[asked(edge)].name}."
    known = reasons.DEPENDENCY_REASONS.get(edge.reason)
    return f"{said} {known.advice}" if known is not None and known.advice else said


def _tried(graph: Graph, edge: Edge, *, reached: bool) -> tuple[str, str]:
    other, hub = (graph.by_id[each].name for each in (asked(edge), asker(edge)))
    if reached:
        return REACHED_FROM_HERE, f"{other} can be reached from here, and not from {hub}."
    return NOT_REACHED_FROM_HERE, f"{other} could be reached from here, and can no longer."
