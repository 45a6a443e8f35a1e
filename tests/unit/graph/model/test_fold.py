"""Few shapes, and nobody is lost."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.drawing.words import impact_sentence
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.fold import SHAPES, fold
from jupyternetes.graph.model.graph import Graph, Node, Observability, Observation, assemble, edge
from jupyternetes.graph.model.kinds import Answer, Capability, State
from tests.unit.graph.model.deployments import TOLD, deployment, graphs, node, server


def crowd(number: int, **fields: object) -> list[Node]:
    return [server(f"user-{fields.get('state', 'ok')}-{place}", **fields) for place in range(number)]


def servers_by_state(graph: Graph) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in graph.nodes:
        counts[each.state] += each.count if each.kind == "server" else 0
    return counts


def test_each_server_is_a_shape_of_its_own_while_all_fit() -> None:
    graph = deployment(*crowd(20))

    assert fold(graph) is graph


def test_claims_are_folded_before_servers() -> None:
    folded = fold(deployment(*crowd(40)))

    assert [node.count for node in folded.nodes if node.kind == "claim"] == [40]
    assert sum(node.kind == "server" for node in folded.nodes) == 40


def test_servers_that_fail_stay_single_while_they_fit() -> None:
    failing = crowd(3, state=State.FAILING, reason="OOMKilled")

    folded = fold(deployment(*crowd(400), *crowd(50, state=State.STARTING), *failing))

    servers = [(node.name, node.count) for node in folded.nodes if node.kind == "server"]
    groups = [("servers of small on one", 50), ("servers of small on one", 400)]
    assert sorted(servers) == [*groups, *((node.name, 1) for node in failing)]


def test_what_is_looked_for_stays_single() -> None:
    folded = fold(deployment(*crowd(400)), single=["server/user-ok-7"])

    assert folded.by_id["server/user-ok-7"].count == 1
    assert folded.servers == 400


def test_a_shape_keeps_its_id_while_servers_come_and_go() -> None:
    few, many = fold(deployment(*crowd(100))), fold(deployment(*crowd(200)))

    assert [node.id for node in few.nodes] == [node.id for node in many.nodes]


def test_the_worst_of_many_ways_stands_for_all() -> None:
    graph = deployment(*(server(f"user-{place}") for place in range(100)))
    failing = {"state": State.FAILING, "message": "told"}
    edges = (
        msgspec.structs.replace(each, **(failing if each.target == "server/user-7" else {"state": State.OK}))
        for each in graph.edges
    )

    shown = [each for each in fold(graph.replaced(edges=edges)).edges if each.kind == "spawns"]

    assert [(each.state, each.message) for each in shown] == [(State.FAILING, "told")]


def test_many_nodes_and_templates_fold_too() -> None:
    servers = [
        server(f"user-{place}", cluster_node=f"node-{place % 90}", template=f"template-{place % 50}")
        for place in range(5000)
    ]

    folded = fold(deployment(*servers))

    assert len(folded.nodes) + len(Capability) <= SHAPES
    assert folded.servers == 5000


def test_what_was_asked_of_some_stands_for_all_and_says_of_how_many() -> None:
    asked = Observability(metrics=Observation(answer=Answer.YES))
    servers = [*crowd(2, state=State.OK, observability=asked), *crowd(98, template="small", since="x")]
    servers = [server(f"u{place}", observability=each.observability) for place, each in enumerate(servers)]

    [group] = [node for node in fold(deployment(*servers)).nodes if node.kind == "server"]

    assert group.observability.metrics == Observation(answer=Answer.YES, detail="2 of 100 asked")
    assert group.observability.logs == Observation()


@given(graphs(), st.integers(min_value=23, max_value=60))
def test_folding_loses_no_server_and_no_edge_between_shapes(graph: Graph, shapes: int) -> None:
    folded = fold(graph, shapes=shapes)

    assert len(folded.nodes) + len(Capability) <= max(shapes, 23)
    assert folded.servers == graph.servers
    assert sum(node.count for node in folded.nodes) == sum(node.count for node in graph.nodes)
    assert len(folded.by_id) == len(folded.nodes)
    assert (
        bool(folded.edges)
        or len(folded.nodes) < 2
        or not graph.edges
        or all(graph.by_id[edge.source].kind == graph.by_id[edge.target].kind for edge in graph.edges)
    )


@pytest.mark.parametrize("number", [100, 1000])
def test_the_states_of_folded_servers_add_up(number: int) -> None:
    graph = deployment(*crowd(number), *crowd(number, state=State.FAILING, reason="OOMKilled"))

    assert servers_by_state(fold(graph)) == servers_by_state(graph)


def test_who_would_notice_is_said_of_the_servers_and_not_of_the_shapes() -> None:
    servers = [server(f"user-{place}", cluster_node=f"node-{place % 10}") for place in range(300)]
    nodes = [
        node(kinds.CLUSTER_NODE, f"node-{place}", state=State.FAILING if place == 0 else State.OK)
        for place in range(10)
    ]
    graph = assemble(
        [*servers, *nodes], [edge(kinds.RUNS, f"node/{each.cluster_node}", each.id, TOLD) for each in servers]
    )

    folded = fold(graph, shapes=20)

    said = {each.name: impact_sentence(graph, each) for each in folded.nodes if each.kind == "node"}
    assert "use fails for 30 servers" in said["node-0"]
    assert "270 running servers go on" in said["node-0"]
