"""A graph with other nodes in the same places is the one that would be assembled of them."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.model.graph import Gap, Graph, assemble
from jupyternetes.graph.model.kinds import State
from tests.unit.graph.model.deployments import graphs

GAP = Gap(what="pods", why="no right")


@given(graphs(), st.booleans(), st.sampled_from([None, (GAP, GAP)]))
def test_nodes_that_change_in_their_places(graph: Graph, backwards: bool, gaps: tuple[Gap, ...] | None) -> None:
    nodes = [msgspec.structs.replace(node, state=State.FAILING) for node in graph.nodes]
    nodes = nodes[::-1] if backwards else nodes

    assert graph.replaced(nodes=nodes, gaps=gaps) == assemble(
        nodes, graph.edges, deployment=graph.deployment, taken=graph.taken, gaps=gaps or graph.gaps
    )


@given(graphs())
def test_edges_of_nodes_that_went_go_with_them(graph: Graph) -> None:
    left = graph.nodes[1:]

    assert graph.replaced(nodes=left) == assemble(
        left, graph.edges, deployment=graph.deployment, taken=graph.taken, gaps=graph.gaps
    )


@given(graphs())
def test_the_order_of_edges_does_not_matter(graph: Graph) -> None:
    assert graph.replaced(edges=graph.edges[::-1]) == graph
