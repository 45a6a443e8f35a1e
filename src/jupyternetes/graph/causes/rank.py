"""Which of the parts in trouble are causes, and in which order? A sign is explained by trouble upstream of it.

The idea that a cause is what is abnormal although all that it depends on is well: CIRCA,
https://arxiv.org/abs/2206.05871.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from jupyternetes.graph.causes.changes import Change, Changes
from jupyternetes.graph.causes.parts import Alike, asked, asker, edge_id
from jupyternetes.graph.causes.read import SEVERAL
from jupyternetes.graph.causes.signs import Nature, Sign, explained_over
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Edge, Graph, id_of
from jupyternetes.graph.model.graph import edge as edge_of
from jupyternetes.graph.model.kinds import Capability, State

#: Seconds by which a consequence may be noticed before its cause.
TOLERANCE: Final = 15.0
#: Servers of a group that are asked what they have in common.
_SAMPLE: Final = 20
_Order = tuple[int, int, int, bool, float, str]
_PERSONAL: Final = (kinds.SERVER.name, kinds.CLAIM.name, kinds.OTHER_RESOURCE.name)
#: Over which kinds of edges a change of another part harms servers at once.
_CHANGED: Final = (kinds.SHAPES.name, kinds.ADMITS.name, kinds.OPERATES.name)
_FAILING: Final = State.FAILING


@dataclass(frozen=True, slots=True)
class Held:
    """A sign that lasts. ``began``: seconds by the clock of whoever looks; None if it was there at the first look."""

    sign: Sign
    began: float | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """A part that is a cause, the signs that accuse it, and all signs that it explains, those included."""

    id: str
    evidence: tuple[Held, ...]
    explains: tuple[Held, ...] = ()

    @property
    def called(self) -> str:
        """What to call it in a sentence."""
        return self.evidence[0].sign.called

    @property
    def nature(self) -> Nature:
        """Of the best evidence."""
        return min((held.sign.nature for held in self.evidence), key=_NATURES.index)

    @property
    def began(self) -> float | None:
        """When the first sign of it was seen; None if it was there before."""
        times = [held.began for held in self.evidence if held.began is not None]
        return min(times) if len(times) == len(self.evidence) else None


_NATURES: Final = tuple(Nature)


class Ranking:
    """Judges the signs of one moment."""

    def __init__(self, graph: Graph, held: Collection[Held], changes: Changes) -> None:
        self._graph = graph
        self._changes = changes
        parts = [(each.sign.subject, each.sign.part) for each in held]
        self._alike = {name: part for name, part in parts if isinstance(part, Alike)}
        self._edges = {name: part for name, part in parts if isinstance(part, Edge)}
        self._held = sorted(held, key=lambda each: (each.sign.accused, each.sign.subject, each.sign.reason))
        self._ancestors: dict[tuple[str, str], dict[str, int]] = {}
        self._upstream: dict[tuple[str, frozenset[Capability]], dict[str, int]] = {}

    @cached_property
    def _edges_by_target(self) -> dict[str, list[Edge]]:
        """The edges by their targets, of all that may be in trouble; a server may be well again whose sign lasts."""
        shown = {node.id for group in self._alike.values() for node in group.members[:_SAMPLE]}
        known = self._graph.into_trouble
        recovered = shown.difference(known)
        return known | self._graph.into_those(recovered) if recovered else known

    @cached_property
    def _accused(self) -> dict[str, Suspect]:
        """Each part that is in trouble, with the evidence against it."""
        found: dict[str, list[Held]] = {}
        for each in self._held:
            found.setdefault(each.sign.accused, []).append(each)
        return {name: Suspect(name, tuple(evidence)) for name, evidence in found.items()}

    def causes(self) -> list[Suspect]:
        """The causes that together explain all signs, the first one first.

        Each time the best of those that nothing explains is taken, and what it explains is struck out: two faults give
        two causes, and their consequences none.
        """
        explained: dict[str, list[Held]] = {}
        unexplained: set[str] = set()
        for each in self._held:
            sources = self._explainers(each)
            if not sources:
                unexplained.add(each.sign.accused)
            for source in (*sources, each.sign.accused):
                explained.setdefault(source, []).append(each)
        chosen: list[Suspect] = []
        left = set(self._held)

        def take(name: str) -> None:
            explains = tuple(each for each in explained[name] if each in left)
            chosen.append(replace(self._accused[name], explains=explains))
            left.difference_update(explains)

        parts = unexplained.difference(self._alike)
        while candidates := [name for name in parts if not left.isdisjoint(explained[name])]:
            take(min(candidates, key=self._order(explained, left)))
        # Servers explain nothing but themselves. A part is left over only where explanations do not add up along a
        # path; then it speaks for itself.
        rest = {each.sign.accused for each in left}
        for name in sorted(rest, key=self._order(explained, left)):
            if not left.isdisjoint(explained[name]):
                take(name)
        return chosen

    def upstream(self, suspect: Suspect) -> list[str]:
        """The ids of what could explain a suspect's own signs, nearest first."""
        found: dict[str, int] = {}
        for each in suspect.evidence:
            for name, distance in self._above(suspect.id, each.sign.reason).items():
                found[name] = min(distance, found.get(name, distance))
        return sorted(found, key=lambda name: (found[name], name))

    def changed(self, suspect: Suspect) -> tuple[Change, ...]:
        """What somebody changed shortly before it began: the part itself, or what shapes and limits these servers."""
        names = [suspect.id]
        if suspect.id in self._alike:
            names += [source for edge, source in self._into(suspect.id) if edge.kind in _CHANGED]
        found = (self._changes.before(name, suspect.began) for name in dict.fromkeys(names))
        return tuple(each for each in found if each is not None)

    def _order(self, explained: Mapping[str, list[Held]], left: set[Held]) -> Callable[[str], _Order]:
        """Who it concerns, then the best evidence, then how much it explains, then what was changed and came first."""

        def order(name: str) -> _Order:
            nature, began, _ = self.place(name)
            explains, unchanged = len(left.intersection(explained[name])), not self.changed(self._accused[name])
            return self.scope(name), nature, -explains, unchanged, began // TOLERANCE, name

        return order

    def scope(self, name: str) -> int:
        """0 for a part that all may need, 1 for servers that fail alike, 2 for what concerns nobody else."""
        group = self._alike.get(name)
        if group is not None:
            return 1 if group.servers >= SEVERAL and explained_over(group.reason) else 2
        node = self._graph.by_id.get(name)
        if node is None:
            return 0
        unused = node.kind == kinds.DECLARED.name and name not in self._graph.out_of
        return 2 if unused or node.kind in _PERSONAL else 0

    def place(self, name: str) -> tuple[int, float, str]:
        """Of two parts that could each explain the other, the one with the smaller place is heard."""
        suspect = self._accused[name]
        return _NATURES.index(suspect.nature), suspect.began or 0.0, name

    def _explainers(self, held: Held) -> list[str]:
        """The parts in trouble that explain a sign, that which it accuses apart."""
        sign = held.sign
        above = self._above(sign.accused, sign.reason)
        return [
            name
            for name, delay in above.items()
            if name != sign.accused and name in self._accused and self._may_explain(name, held, delay)
        ]

    def _may_explain(self, name: str, held: Held, delay: int) -> bool:
        began = self._accused[name].began
        if began is not None and (held.began is None or began > held.began + delay + TOLERANCE):
            return False
        mutual = held.sign.accused in self._above(name, "")
        return not mutual or self.place(name) < self.place(held.sign.accused)

    def _above(self, name: str, reason: str) -> dict[str, int]:
        """What can harm a part, upstream over edges that a reason admits as the last ones: ids, each with the seconds
        after which its trouble shows.
        """
        known = self._ancestors.get((name, reason))
        if known is None:
            over, known = explained_over(reason), dict[str, int]()
            for edge, source in self._into(name):
                if edge.kind in over:
                    known.setdefault(source, edge.delay)
                    for further, delay in self._upstream_of(source, frozenset(edge.harms)).items():
                        known.setdefault(further, edge.delay + delay)
            self._ancestors[name, reason] = known
        return known

    def _upstream_of(self, name: str, harms: frozenset[Capability]) -> dict[str, int]:
        """The same over all edges. Trouble flows as far as an edge harms what the edges after it can harm: who cannot
        log in stops no server.
        """
        found = self._upstream.get((name, harms))
        if found is not None:
            return found
        found = dict[str, int]()
        reached = {name: harms}
        waiting = deque([(name, 0)])
        while waiting:
            here, delay = waiting.popleft()
            for edge, source in self._into(here):
                before = reached.get(source, frozenset())
                passed = reached[here].intersection(edge.harms) | before
                if passed != before:
                    reached[source] = passed
                    found.setdefault(source, delay + edge.delay)
                    waiting.append((source, delay + edge.delay))
        return self._upstream.setdefault((name, harms), found)

    def _into(self, name: str) -> Iterator[tuple[Edge, str]]:
        """The edges that lead to a part, each with where it comes from; an edge in trouble is a part by itself."""
        if (edge := self._edges.get(name)) is not None:
            yield edge, asked(edge)
            known = self._edges_by_target.get(asker(edge), ())
            yield from ((each, each.source) for each in known if each.kind == kinds.RESOLVES.name)
            return
        group = self._alike.get(name)
        for edge in self._common(group) if group is not None else self._edges_by_target.get(name, ()):
            if edge.state is _FAILING or edge.kind == kinds.RESOLVES.name:
                yield edge, edge_id(edge)
            yield edge, edge.source
        server = self._graph.by_id.get(name) if group is None else group.members[0]
        place = id_of(kinds.CLUSTER_NODE, server.cluster_node) if server is not None and server.cluster_node else ""
        if place in self._accused and place not in self._graph.by_id:  # it could not be read
            yield edge_of(kinds.RUNS, place, name), place

    def _common(self, group: Alike) -> list[Edge]:
        """The edges to one server of a group, or to its other resources, whose sources lead to the others too."""
        first, *others = group.members[:_SAMPLE]
        edges = list(self._edges_of_server(first.id))
        for other in others:
            sources = {edge.source for edge in self._edges_of_server(other.id)}
            edges = [edge for edge in edges if edge.source in sources]
        return edges

    def _edges_of_server(self, server: str) -> Iterator[Edge]:
        for edge in self._edges_by_target.get(server, ()):
            yield edge
            if edge.kind == kinds.EQUIPS.name:
                yield from self._edges_by_target.get(edge.source, ())
