"""Which shapes and arrows of a drawing stand for which cause?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.graph.causes.parts import Alike, Part, edge_id
from jupyternetes.graph.causes.read import read
from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.drawing.verdict_words import shown_causes
from jupyternetes.graph.model.fold import fold
from jupyternetes.graph.model.graph import Edge, Graph

_Ends = tuple[str, str, str]
#: Numbers that stand in one mark; an ellipsis stands for the rest.
_NUMBERS: Final = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and where its causes stand in the drawing of a graph.

    ``nodes``: the numbers of the causes, from 1, by the ids of the drawn nodes. ``edges``: the same by source, target
    and kind of the drawn edges. A cause that could not be looked at stands nowhere.
    """

    verdict: Verdict
    nodes: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    edges: Mapping[_Ends, Sequence[int]] = field(default_factory=dict[_Ends, Sequence[int]])

    def mark_of_node(self, node_id: str) -> str:
        """Such as "cause 1"; empty if the node is none."""
        return _words(self.nodes.get(node_id, ()))

    def mark_of_edge(self, edge: Edge) -> str:
        """The same for an edge."""
        return _words(self.edges.get((edge.source, edge.target, edge.kind), ()))

    def drawn(self, number: int) -> str:
        """The id of a node at which the cause with this number can be found; empty if it is not drawn."""
        node = next((name for name, numbers in self.nodes.items() if number in numbers), "")
        return node or next((target for (_, target, _), numbers in self.edges.items() if number in numbers), "")


def locate_causes(verdict: Verdict, whole: Graph) -> tuple[Graph, Judged]:
    """The graph as it is drawn, folded around the causes of the verdict on it, and where these stand there."""
    drawn = fold(whole, single=[cause.id for cause in shown_causes(verdict)])
    numbers = {cause.id: number for number, cause in enumerate(shown_causes(verdict), start=1)}
    parts = _parts(whole) if numbers.keys() - whole.by_id.keys() else {}
    shown_as = {member: node.id for node in drawn.nodes for member in node.members or (node.id,)}
    nodes: dict[str, list[int]] = {}
    edges: dict[_Ends, list[int]] = {}
    for name, number in numbers.items():
        match parts.get(name):
            case Edge() as edge:
                edges.setdefault((shown_as[edge.source], shown_as[edge.target], edge.kind), []).append(number)
                continue
            case Alike() as group:
                members = [node.id for node in group.members]
            case None:
                members = [name]
        for shape in dict.fromkeys(shown_as[each] for each in members if each in shown_as):
            nodes.setdefault(shape, []).append(number)
    return drawn, Judged(verdict, nodes, edges)


def _parts(graph: Graph) -> dict[str, Part]:
    """What stands for the ids of causes that are no nodes."""
    parts = (sign.part for sign in read(graph).signs if sign.part is not None)
    return {edge_id(part) if isinstance(part, Edge) else part.id: part for part in parts}


def _words(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    listed = ", ".join(map(str, numbers[:_NUMBERS])) + (" …" if len(numbers) > _NUMBERS else "")
    return f"cause{'s' if len(numbers) > 1 else ''} {listed}"
