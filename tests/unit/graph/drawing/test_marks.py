"""The words for states stand on their arrows, and neither on a shape nor on each other."""

import msgspec

from jupyternetes.graph.drawing.layout import layout
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, assemble, edge
from jupyternetes.graph.model.kinds import State
from tests.unit.graph.drawing.drawn_graphs import TOLD, node, shared_hub


def all_failing(graph: Graph) -> Graph:
    edges = (msgspec.structs.replace(each, state=State.FAILING) for each in graph.edges)
    return assemble(graph.nodes, edges)


def test_words_of_arrows_that_end_at_one_shape_stand_apart_and_beside_the_shapes() -> None:
    causes = [node(kinds.OAUTH, f"provider {number}") for number in range(5)]
    hub = node(kinds.HUB, "hub")
    edges = (edge(kinds.AUTHENTICATES, each.id, hub.id, TOLD) for each in causes)
    picture = layout(all_failing(assemble((*causes, hub), edges)))

    marks = [arrow.mark for arrow in picture.arrows if arrow.mark is not None]
    assert len(marks) == 5
    for place, one in enumerate(marks):
        assert all(abs(one.x - other.x) >= 66 or abs(one.y - other.y) >= 20 for other in marks[:place])
        assert not any(
            abs(one.x - each.x) < each.width / 2 and abs(one.y - each.y) < each.height / 2 for each in picture.shapes
        )


def test_only_arrows_in_trouble_have_one_and_nothing_else_moves() -> None:
    graph = shared_hub()
    plain, marked = layout(graph), layout(all_failing(graph))

    assert [arrow.mark for arrow in plain.arrows] == [None] * len(plain.arrows)
    assert all(arrow.mark for arrow in marked.arrows if arrow.edges)
    assert [arrow.path for arrow in plain.arrows] == [arrow.path for arrow in marked.arrows]
    assert plain.shapes == marked.shapes
