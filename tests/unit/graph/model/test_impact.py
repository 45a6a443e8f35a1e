"""What would fail with what."""

import networkx
import pytest
from hypothesis import given

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, assemble, edge
from jupyternetes.graph.model.impact import Harm, impact
from jupyternetes.graph.model.kinds import SERVER, Capability, State
from tests.unit.graph.model.deployments import TOLD, deployment, graphs, node, server

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

    for each in graph.nodes:
        [found] = impact(graph, each.id).shares
        use = found.harms.get(Capability.USE)
        harmed = 2 if use is not None and use.everybody else use.servers if use is not None else 0
        assert found.running + harmed <= 2


def test_a_server_that_fails_already_is_none_that_goes_on() -> None:
    graph = deployment(server("ana"), server("ben", state=State.FAILING))

    assert str(impact(graph, "oauth")) == "log in fails for all; 1 running server goes on"


def test_nobody_notices_what_nothing_needs() -> None:
    assert str(impact(deployment(), "template")) == "nobody would notice at once"


def test_where_no_hub_was_found_nobody_can_say_who_would_notice() -> None:
    alone = assemble([each for each in deployment().nodes if each.id == "template"], [])

    assert str(impact(alone, "template")) == "who would notice is not known: no hub was found"


def two_hubs() -> Graph:
    """Two hubs with a database, a proxy and servers of their own, and an API, an operator and a node for both."""
    nodes = [node(kind) for kind in (kinds.API_SERVER, kinds.OPERATOR, kinds.CLUSTER_NODE)]
    edges = [edge(kinds.ANSWERS, "api-server", "operator", TOLD)]
    for release, users in (("lab/prod", ("ana", "ben")), ("lab/staging", ("eva",))):
        hub, proxy, database = (node(kind, release) for kind in (kinds.HUB, kinds.PROXY, kinds.DATABASE))
        servers = [server(user) for user in users]
        nodes += [hub, proxy, database, *servers]
        edges += [
            edge(kinds.ANSWERS, "api-server", hub.id, TOLD),
            edge(kinds.STORES, database.id, hub.id, TOLD),
            edge(kinds.SERVES, proxy.id, hub.id, TOLD),
            edge(kinds.ROUTES, hub.id, proxy.id, TOLD),
            *(edge(kinds.SPAWNS, hub.id, each.id, TOLD) for each in servers),
            *(edge(kinds.SERVES, proxy.id, each.id, TOLD) for each in servers),
            *(edge(kinds.OPERATES, "operator", each.id, TOLD) for each in servers),
            *(edge(kinds.RUNS, "node", each.id, TOLD) for each in servers),
        ]
    return assemble(nodes, edges)


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        (
            "database/lab/prod",
            "for users of lab/prod: log in fails for all; new starts fail; 2 running servers go on",
        ),
        ("proxy/lab/staging", "for users of lab/staging: log in fails for all; new starts fail; use fails for all"),
        ("api-server", "for users of lab/prod and users of lab/staging: new starts fail; 3 running servers go on"),
        ("operator", "for users of lab/prod and users of lab/staging: new starts fail; 3 running servers go on"),
        (
            "server/eva",
            "for users of lab/staging: new starts fail for 1 server; use fails for 1 server; save fails for 1 server",
        ),
        (
            "node",
            "for users of lab/prod and users of lab/staging: new starts fail for 3 servers; use fails for 3 servers; "
            "save fails for 3 servers",
        ),
    ],
)
def test_of_several_hubs_it_is_said_whose_users_would_notice(failing: str, sentence: str) -> None:
    assert str(impact(two_hubs(), failing)) == sentence


def test_hubs_whose_users_lose_different_things_have_a_sentence_each() -> None:
    graph = two_hubs()
    with_hub = graph.replaced(edges=(*graph.edges, edge(kinds.RUNS, "node", "hub/lab/prod", TOLD)))

    assert str(impact(with_hub, "node")) == (
        "for users of lab/prod: log in fails for all; new starts fail; use fails for 2 servers; save fails for "
        "2 servers. for users of lab/staging: new starts fail for 1 server; use fails for 1 server; save fails for "
        "1 server"
    )


def test_servers_that_either_hub_may_have_started_are_of_none() -> None:
    graph = two_hubs()
    guess = edge(kinds.SPAWNS, "hub/lab/prod", "server/eva", TOLD)

    assert str(impact(graph.replaced(edges=(*graph.edges, guess)), "server/eva")).startswith(
        "for servers whose hub is not known: new starts fail for 1 server"
    )


@given(graphs())
def test_impact_is_what_networkx_reaches_over_the_edges_of_each_capability(graph: Graph) -> None:
    for capability in (Capability.START, Capability.SAVE):
        paths = networkx.DiGraph()
        paths.add_nodes_from(graph.by_id)
        paths.add_edges_from((edge.source, edge.target) for edge in graph.edges if capability in edge.harms)
        for origin in graph.nodes[:5]:
            reached = {origin.id} | networkx.descendants(paths, origin.id)
            servers = [each for each in graph.nodes if each.id in reached and each.kind == SERVER.name]
            counted = [each for each in servers if each.running or capability is Capability.START]

            harms = [share.harms.get(capability, Harm()) for share in impact(graph, origin.id).shares]

            assert sum(harm.servers for harm in harms) == len(counted)
