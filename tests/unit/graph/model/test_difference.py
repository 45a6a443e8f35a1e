"""What two graphs of a deployment differ in."""

import msgspec
from hypothesis import given

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.difference import NAMED, differences
from jupyternetes.graph.model.graph import Evidence, Graph, Node, assemble, edge
from jupyternetes.graph.model.kinds import EvidenceKind, State
from tests.unit.graph.model.deployments import deployment, graphs, node, server


def lines(before: Graph, after: Graph) -> list[str]:
    return [str(each) for each in differences(before, after)]


def changed(graph: Graph, node_id: str, **fields: object) -> Graph:
    nodes: list[Node] = [
        msgspec.structs.replace(each, **fields) if each.id == node_id else each for each in graph.nodes
    ]
    return assemble(nodes, graph.edges)


def test_a_part_that_fails_is_told_with_its_reason() -> None:
    graph = deployment(server("ana"))

    after = changed(graph, "hub", state=State.FAILING, reason="OOMKilled")

    assert lines(graph, after) == ["~ hub hub: ok -> failing (OOMKilled)"]


def test_parts_and_arrows_come_and_go() -> None:
    graph = deployment()
    guess = edge(kinds.SERVES, "ingress", "proxy", Evidence(kind=EvidenceKind.GUESSED))
    with_ingress = assemble((*graph.nodes, node(kinds.INGRESS)), (*graph.edges, guess))
    told = edge(kinds.SERVES, "ingress", "proxy", Evidence(kind=EvidenceKind.TOLD))
    told_of = assemble(with_ingress.nodes, (*graph.edges, told))

    assert lines(graph, with_ingress) == ["+ ingress ingress: ok"]
    assert lines(with_ingress, graph) == ["- ingress ingress: was ok"]
    assert lines(with_ingress, told_of) == ["~ ingress ingress leads people to proxy proxy: no longer only guessed"]
    without_arrow = assemble(with_ingress.nodes, graph.edges)
    assert lines(with_ingress, without_arrow) == ["- ingress ingress leads people to proxy proxy"]


def test_a_way_that_fails_between_parts_that_are_well_is_told() -> None:
    graph = deployment()
    edges = [
        msgspec.structs.replace(each, state=State.FAILING, reason="NoAnswer") if each.source == "database" else each
        for each in graph.edges
    ]

    assert lines(graph, assemble(graph.nodes, edges)) == [
        "~ database database keeps the state of hub hub: unknown -> failing (NoAnswer)"
    ]


def test_a_few_servers_are_named() -> None:
    before, after = deployment(server("ana")), deployment(server("ana", cluster_node="two"), server("ben"))

    assert lines(before, after) == [
        "~ server ana: on two, was on one",
        "+ server ben: ok",
        "~ servers: 1 ok -> 2 ok",
        "+ claim home-ben: ok",
        "~ claims: 1 ok -> 2 ok",
    ]


def test_many_servers_are_counted() -> None:
    many = deployment(*(server(f"user-{place}") for place in range(100)))

    told = lines(deployment(), many)

    assert f"~ further servers: {100 - NAMED} came" in told
    assert "~ servers: none -> 100 ok" in told


@given(graphs())
def test_a_graph_does_not_differ_from_itself(graph: Graph) -> None:
    assert differences(graph, graph) == []
