"""What is read of the drawings of ``jupyternetes graph``, and what it is drawn of."""

import msgspec
import pytest

from benchmarks.graph_deployment import instance
from benchmarks.graph_process import Drawing, drawings
from jupyternetes.graph.discovery.objects.instances import Instance
from jupyternetes.graph.discovery.states.instances import of_instance
from jupyternetes.graph.drawing.tree import render_tree
from jupyternetes.graph.model.fold import fold
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import Capability, State
from tests.unit.graph.model.deployments import deployment, server


def drawn(graph: Graph, before: str = "") -> list[str]:
    return (before + render_tree(graph, width=2000, colour=False)).splitlines(keepends=True)


def read(*texts: list[str]) -> list[Drawing]:
    return list(drawings((float(at), line) for at, line in enumerate(line for text in texts for line in text)))


def test_drawings_are_told_apart_and_come_with_their_last_line() -> None:
    first, second = drawn(deployment(server("ana"))), drawn(deployment(server("ana"), server("ben")))

    found = read(first, second)

    assert [(each.at, each.servers) for each in found] == [(len(first) - 1, 1), (len(first) + len(second) - 1, 2)]


def test_a_drawing_that_is_not_there_as_a_whole_is_none() -> None:
    assert read(drawn(deployment(server("ana")))[:-1]) == []


def test_shapes_are_the_nodes_and_the_capabilities() -> None:
    states = (State.OK, State.FAILING, State.UNKNOWN, State.STARTING)
    graph = fold(deployment(*(server(f"user-{place}", state=states[place % 4]) for place in range(200))))

    [drawing] = read(drawn(graph))

    assert drawing.shapes == len(graph.nodes) + len(Capability)
    assert drawing.servers == 200


@pytest.mark.parametrize(("before", "complete"), [("", True), ("still loading: pods\n", False)])
def test_a_drawing_of_what_is_there_so_far_says_so(before: str, complete: bool) -> None:
    [drawing] = read(drawn(deployment(server("ana")), before))

    assert (drawing.complete, drawing.servers) == (complete, 1)


def test_a_written_instance_is_a_running_server_of_its_own() -> None:
    (one, status), (other, _) = instance(1), instance(2)
    one["metadata"] |= {"generation": 1}

    health = of_instance(msgspec.convert(one | {"status": status}, Instance))

    assert health.state is State.OK
    assert one["metadata"]["name"] != other["metadata"]["name"]
