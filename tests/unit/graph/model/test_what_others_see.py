"""What a graph says to people who are no administrators, and to strangers."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.dependency_reasons import DEPENDENCY_REASONS, NO_ANSWER, SLOW_ANSWER
from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.api.reasons import REASONS, Reason
from jupyternetes.graph.discovery.hub.told import TOLD, told_edge
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.anonymise import anonymise
from jupyternetes.graph.model.graph import Evidence, Gap, Graph, Node, ObjectId, assemble, edge
from jupyternetes.graph.model.graph_reasons import GRAPH_REASONS
from jupyternetes.graph.model.kinds import RUNS, SPAWNS, STORES, EvidenceKind, State
from jupyternetes.graph.model.redact import redact
from tests.unit.graph.model.deployments import deployment, server

#: Names that nothing else holds by chance.
NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4E40), min_size=3, max_size=6)


def gossip(graph: Graph, about: str) -> Graph:
    """``graph`` with ``about`` in every free text of every node and edge."""
    nodes = [
        Node(
            id=node.id,
            kind=node.kind,
            name=node.name if node.kind == "server" else f"{node.name} {about}",
            layer=node.layer,
            state=State.FAILING,
            reason="NodeLost",
            message=f"{about} did it",
            namespace=about,
            user=node.user,
            template=about,
            cluster_node=about,
            objects=(ObjectId(kind="Pod", name=about),),
        )
        for node in graph.nodes
    ]
    told = Evidence(kind=EvidenceKind.SEEN, text=about)
    hub_to_servers = [edge(SPAWNS, "hub", node.id, told) for node in nodes if node.kind == "server"]
    across = [edge(RUNS, node.id, "hub", told) for node in nodes if node.kind == "server"]
    gaps = [Gap(what=about, why=about, remedy=about)]
    edges = (
        msgspec.structs.replace(each, state=State.FAILING, reason=about, message=about)
        for each in (*graph.edges, *hub_to_servers, *across)
    )
    return assemble(nodes, edges, deployment=about, gaps=gaps)


@given(NAMES, NAMES)
def test_no_name_of_another_person_is_in_what_a_user_sees(mine: str, other: str) -> None:
    if mine in other or other in mine:
        return
    graph = gossip(deployment(server(mine), server(other)), about=other)

    seen = recording.write(redact(graph, mine)).decode()

    assert mine in seen
    assert other not in seen


def test_a_user_sees_how_shared_parts_fare_in_the_words_of_the_table() -> None:
    graph = gossip(deployment(server("ana"), server("ben")), about="secret")

    seen = redact(graph, "ana")

    hub = next(node for node in seen.nodes if node.kind == "hub")
    assert (hub.name, hub.state, hub.message) == ("the hub", State.FAILING, REASONS["NodeLost"].sentence)
    assert seen.servers == 1
    assert {(edge.state, edge.reason, edge.message) for edge in seen.edges} == {(State.FAILING, "", "")}
    assert not [edge for edge in seen.edges if edge.guessed]


@pytest.mark.parametrize(("seconds", "reason"), [(None, NO_ANSWER), (4.2, SLOW_ANSWER)])
def test_a_way_over_which_the_hub_gets_no_answer_keeps_its_reason_for_users_and_strangers(
    seconds: float | None, reason: Reason
) -> None:
    told = HubDependency(kind="database", host="secret", up=False, seconds=seconds, message="secret refuses")
    graph = deployment(server("ana"))
    graph = graph.replaced(edges=[*graph.edges, told_edge(STORES, "database", "hub", TOLD, told)])

    for seen in (redact(graph, "ana"), anonymise(graph, "key")):
        [found] = [edge for edge in seen.edges if edge.kind == STORES.name]
        assert (found.reason, found.message) == (reason.name, reason.sentence)


def test_no_two_tables_have_the_same_reason() -> None:
    assert not DEPENDENCY_REASONS.keys() & {*REASONS, *GRAPH_REASONS}
    assert not GRAPH_REASONS.keys() & REASONS.keys()


@pytest.mark.parametrize("reason", [*GRAPH_REASONS.values(), *DEPENDENCY_REASONS.values()], ids=str)
def test_a_node_keeps_a_reason_of_the_graphs_own(reason: Reason) -> None:
    graph = deployment(server("ana"))
    nodes = (msgspec.structs.replace(each, reason=reason.name, message="secret") for each in graph.nodes)

    seen = redact(graph.replaced(nodes=nodes), "ana")

    assert {(each.reason, each.message) for each in seen.nodes} == {(reason.name, reason.sentence)}


def test_somebody_without_a_server_sees_nothing() -> None:
    graph = deployment(server("ana"), server(""))

    assert redact(graph, "nobody").nodes == redact(graph, "").nodes == ()


@given(NAMES, st.text(min_size=1))
def test_an_anonymous_graph_holds_no_name_and_has_the_same_shape(name: str, key: str) -> None:
    graph = gossip(deployment(server(name), server(f"{name}2")), about=name)

    anonymous = anonymise(graph, key)

    assert name not in recording.write(anonymous).decode()
    assert [node.kind for node in anonymous.nodes] == [node.kind for node in graph.nodes]
    assert [edge.state for edge in anonymous.edges] == [State.FAILING] * len(graph.edges)


def test_the_same_key_gives_the_same_words_and_another_gives_others() -> None:
    graph = deployment(server("ana"))

    assert anonymise(graph, "one") == anonymise(graph, "one")
    assert anonymise(graph, "one") != anonymise(graph, "two")


def test_tens_of_thousands_of_names_get_words_of_their_own() -> None:
    graph = assemble([server(f"user-{place}") for place in range(30_000)], ())

    assert len({node.id for node in anonymise(graph, "k").nodes}) == 30_000
