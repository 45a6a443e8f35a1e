"""What administrators add."""

import pytest

from jupyternetes.graph.model.additions import AdditionsError, Found, PodSelector, add, parse
from jupyternetes.graph.model.graph import Graph, ObjectId
from jupyternetes.graph.model.kinds import Capability, EvidenceKind, Layer, State
from tests.unit.graph.model.deployments import deployment, server

SPARK = """
nodes:
  - name: Spark
    pods: {namespace: spark, labels: {app: spark}}
edges:
  - {from: Spark, to: server, harms: [use], delay: 30, why: notebooks compute there}
  - {from: dns, to: Spark, kind: resolves}
"""


def nothing(_: PodSelector) -> Found:
    return Found()


def added(text: str, graph: Graph | None = None) -> Graph:
    return add(graph or deployment(server("ana")), parse(text), nothing)


def test_a_declared_node_fares_as_its_pods_do() -> None:
    found = Found(state=State.FAILING, reason="OOMKilled", objects=(ObjectId(kind="Pod", name="spark-0"),))

    graph = add(deployment(), parse(SPARK), lambda pods: found if pods.labels == {"app": "spark"} else Found())

    spark = graph.by_id["declared/Spark"]
    assert (spark.state, spark.reason, spark.layer) == (State.FAILING, "OOMKilled", Layer.PROVIDERS)


def test_a_declared_edge_reaches_all_nodes_of_a_kind() -> None:
    graph = added(SPARK, deployment(server("ana"), server("ben")))

    edges = graph.out_of["declared/Spark"]
    assert [edge.target for edge in edges] == ["server/ana", "server/ben"]
    assert {(edge.harms, edge.delay) for edge in edges} == {((Capability.USE,), 30)}
    assert [each.kind for each in edges[0].evidence] == [EvidenceKind.DECLARED]
    assert [edge.source for edge in graph.into["declared/Spark"]] == ["dns"]


def test_a_declared_edge_confirms_one_that_was_guessed_or_found() -> None:
    graph = added("edges: [{from: database, to: hub, kind: stores}]")

    [edge] = [each for each in graph.into["hub"] if each.kind == "stores"]
    assert [each.kind for each in edge.evidence] == [EvidenceKind.DECLARED, EvidenceKind.TOLD]


@pytest.mark.parametrize("text", ["", "{}", "nodes: []\n"])
def test_an_empty_file_adds_nothing(text: str) -> None:
    graph = deployment()

    assert added(text, graph) is graph


def test_a_kind_of_which_there_is_no_node_yet_is_no_mistake() -> None:
    graph = added("nodes: [{name: NFS}]\nedges: [{from: NFS, to: server}]", deployment())

    assert "declared/NFS" in graph.by_id


def test_a_node_that_is_away_at_the_moment_is_a_gap() -> None:
    graph = added("edges: [{from: dns, to: database/hub/db}]")

    assert [gap.what for gap in graph.gaps] == ["the node database/hub/db"]
    assert len(graph.edges) == len(deployment(server("ana")).edges)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nodes: [", "Invalid|expected|while parsing"),
        ("nodes: [{}]", r"missing required field `name` - at `\$.nodes\[0\]`"),
        ("nodes: [{name: a, layr: control}]", "unknown field `layr`"),
        ("nodes: [{name: a, layer: cellar}]", r"at `\$.nodes\[0\].layer`"),
        ("nodes: [{name: a}, {name: a}]", r"two nodes have the name 'a' - at `\$.nodes\[1\].name`"),
        ("edges: [{from: hub, to: hubb}]", r"'hubb' is neither a node nor a kind .* at `\$.edges\[0\].to`"),
        ("edges: [{from: hub, to: proxy, kind: feeds}]", r"'feeds' is no kind of edge.* at `\$.edges\[0\].kind`"),
        ("edges: [{from: hub, to: proxy, harms: [sleep]}]", r"at `\$.edges\[0\].harms\[0\]`"),
        ("[1, 2]", "Expected `object"),
    ],
)
def test_a_mistake_is_named_with_its_path(text: str, why: str) -> None:
    with pytest.raises(AdditionsError, match=why):
        added(text)
