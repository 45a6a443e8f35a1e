"""What is known of the way over an edge when several say it, and how a node is found."""

from itertools import chain

import msgspec
import pytest

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.find import find
from jupyternetes.graph.model.graph import Edge, assemble, edge
from jupyternetes.graph.model.kinds import State
from tests.support.graph_site import site
from tests.unit.graph.model.deployments import TOLD, node


def way(state: State, **fields: object) -> Edge:
    return msgspec.structs.replace(edge(kinds.STORES, "database", "hub", TOLD), state=state, **fields)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (State.UNKNOWN, State.OK, State.OK),
        (State.UNKNOWN, State.FAILING, State.FAILING),
        (State.OK, State.FAILING, State.FAILING),
        (State.DEGRADED, State.OK, State.DEGRADED),
        (State.UNKNOWN, State.UNKNOWN, State.UNKNOWN),
    ],
)
def test_what_was_told_counts_and_of_several_the_worst(one: State, other: State, both: State, order: int) -> None:
    told = [way(one, message=one), way(other, message=other)][::order]

    [found] = assemble((node(kinds.DATABASE), node(kinds.HUB)), told).edges

    assert (found.state, found.message) == (both, both)


@pytest.mark.parametrize("wanted", ["ldap", "login (LDAP)", "id.example.org", "EXAMPLE"])
def test_a_node_is_found_by_its_name_its_kind_and_the_word_for_its_kind(wanted: str) -> None:
    login = node(kinds.LDAP, "id.example.org")

    assert find(assemble((login, node(kinds.HUB)), ()), wanted) == login


@pytest.mark.parametrize("order", [1, -1])
def test_edges_are_found_by_their_ends_in_whatever_order_a_file_has_them(order: int) -> None:
    known = site(users=3).graph
    graph = msgspec.structs.replace(known, edges=known.edges[::order])

    for found, end in ((graph.out_of, "source"), (graph.into, "target")):
        assert sorted(map(str, chain.from_iterable(found.values()))) == sorted(map(str, known.edges))
        assert all(getattr(each, end) == node_id for node_id, edges in found.items() for each in edges)


def test_what_leads_to_servers_that_are_well_is_not_looked_through_for_causes() -> None:
    graph = site(users=3).ill("server/user-1", "OOMKilled").graph

    left_out = graph.into.keys() - graph.into_trouble.keys()
    assert left_out == {"server/user-0", "server/user-2"}
    assert all(graph.into_trouble[node_id] == graph.into[node_id] for node_id in graph.into_trouble)
    assert graph.into_those(left_out) == {node_id: graph.into[node_id] for node_id in left_out}
