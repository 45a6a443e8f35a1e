"""What would fail with what."""

import networkx
import pytest
from hypothesis import given

from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.impact import impact
from jupyternetes.graph.model.kinds import SERVER, Capability, State
from tests.unit.graph.model.deployments import deployment, graphs, server

SERVERS = (
    server("ana"),
    server("ben"),
    server("eva", state=State.STOPPED),
)


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        ("api-server", "new starts fail; 2 running servers go on"),
        ("dns", "log in fails for all; new starts fail; 2 running servers go on"),
        ("oauth", "log in fails for all; 2 running servers go on"),
        ("database", "log in fails for all; new starts fail; 2 running servers go on"),
        ("hub", "log in fails for all; new starts fail; 2 running servers go on"),
        ("operator", "new starts fail; 2 running servers go on"),
        ("proxy", "log in fails for all; new starts fail; use fails for all"),
        ("template", "new starts fail for 3 servers; 2 running servers go on"),
        ("node", "new starts fail for 3 servers; use fails for 2 servers; save fails for 2 servers"),
        ("claim/home-ana", "new starts fail for 1 server; save fails for 1 server; 1 running server goes on"),
        ("server/eva", "new starts fail for 1 server; 2 running servers go on"),
    ],
)
def test_an_impact_is_told_in_the_words_of_people(failing: str, sentence: str) -> None:
    assert str(impact(deployment(*SERVERS), failing)) == sentence


def test_a_running_server_is_either_harmed_or_goes_on() -> None:
    graph = deployment(*SERVERS)

    for node in graph.nodes:
        found = impact(graph, node.id)
        use = found.harms.get(Capability.USE)
        harmed = 2 if use is not None and use.everybody else use.servers if use is not None else 0
        assert found.running + harmed <= 2


def test_a_server_that_fails_already_is_none_that_goes_on() -> None:
    graph = deployment(server("ana"), server("ben", state=State.FAILING))

    assert str(impact(graph, "oauth")) == "log in fails for all; 1 running server goes on"


def test_nobody_notices_what_nothing_needs() -> None:
    assert str(impact(deployment(), "template")) == "nobody would notice at once"


@given(graphs())
def test_impact_is_what_networkx_reaches_over_the_edges_of_each_capability(graph: Graph) -> None:
    for capability in (Capability.START, Capability.SAVE):
        paths = networkx.DiGraph()
        paths.add_nodes_from(graph.by_id)
        paths.add_edges_from((edge.source, edge.target) for edge in graph.edges if capability in edge.harms)
        for node in graph.nodes[:5]:
            reached = {node.id} | networkx.descendants(paths, node.id)
            servers = [each for each in graph.nodes if each.id in reached and each.kind == SERVER.name]
            counted = [each for each in servers if each.running or capability is Capability.START]

            harm = impact(graph, node.id).harms.get(capability)

            assert (harm.servers if harm is not None else 0) == len(counted)
