"""The published dependency graph of Open Data Hub's JupyterHub, found in recorded objects.

What is the same: a node for the Kubernetes API, for OAuth, the hub, its database, and for each user's pod; arrows from
API and OAuth to the hub, and from the hub to the users. What differs: the database's arrow, which by the published rule
("a problem with the former can give errors to the latter") leads from the database to the hub; and what the drawing
leaves out, which is drawn where an object shows it: the volumes, and the cluster's DNS.
"""

from pathlib import Path

import msgspec

from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.graph import Observability
from tests.unit.graph.discovery.recordings import OPEN_DATA_HUB, arrows, graph_of, observe, recorded

USERS = {"user1@example.com", "user2@example.com", "user3"}


def test_published_nodes_are_found() -> None:
    graph = graph_of(OPEN_DATA_HUB)

    shown = {(node.kind, node.name) for node in graph.nodes}

    assert shown - {("dns", "DNS")} - {each for each in shown if each[0] in ("volume", "claim")} == {
        ("api-server", "Kubernetes API"),
        ("oauth", "oauth-openshift"),
        ("hub", "jupyterhub"),
        ("database", "jupyterhub-db"),
        *(("server", user) for user in USERS),
    }


def test_arrows_lead_from_cause_to_affected() -> None:
    graph = graph_of(OPEN_DATA_HUB)

    shared = {("Kubernetes API", "jupyterhub"), ("oauth-openshift", "jupyterhub"), ("jupyterhub-db", "jupyterhub")}

    assert shared | {("jupyterhub", user) for user in USERS} <= arrows(graph)
    assert ("jupyterhub", "jupyterhub-db") not in arrows(graph), "the drawing of 2021 had it this way round"
    assert ("jupyterhub-db", "jupyterhub") in arrows(graph, "stores")
    assert not any("spark" in name for pair in arrows(graph) for name in pair)


def test_database_is_known_from_the_hubs_own_variable_and_from_labels() -> None:
    [edge] = [edge for edge in graph_of(OPEN_DATA_HUB).edges if edge.kind == "stores"]

    assert [each.kind for each in edge.evidence] == ["referenced", "labelled"]
    assert edge.evidence[0].text == "variable JUPYTERHUB_DATABASE_HOST of jupyterhub names jupyterhub-db"


def test_hub_leads_people_to_their_servers_since_its_proxy_runs_within_it() -> None:
    graph = graph_of(OPEN_DATA_HUB)

    assert arrows(graph, "serves") == {("jupyterhub", user) for user in USERS}
    assert "proxy" not in {node.kind for node in graph.nodes}


def test_states_are_those_of_the_pods() -> None:
    states = {node.name: (node.state, node.reason) for node in graph_of(OPEN_DATA_HUB).nodes}

    assert states["jupyterhub"] == ("ok", "")
    assert states["user2@example.com"] == ("failing", "OOMKilled")
    assert states["user3"] == ("starting", "ContainerCreating")


def test_normal_accounts_cannot_see_the_pods_of_oauth_which_is_a_gap() -> None:
    own = [each for each in recorded(OPEN_DATA_HUB) if each["metadata"].get("namespace") != "openshift-authentication"]
    graph = build(observe(own))

    assert "oauth" not in {node.kind for node in graph.nodes}
    assert "the login provider" in {gap.what for gap in graph.gaps}


def test_example_is_the_graph_of_the_recorded_objects() -> None:
    """But for what can be observed: that is as the published drawing has it, since nobody could be asked."""
    example = recording.read((Path(__file__).parents[4] / "examples/graph/open-data-hub.json").read_bytes())

    asked = [msgspec.structs.replace(node, observability=Observability()) for node in example.nodes]
    graph = graph_of(OPEN_DATA_HUB)
    assert (tuple(asked), example.edges, example.gaps) == (graph.nodes, graph.edges, graph.gaps)
    observable = {node.kind for node in example.nodes if node.observability.complete}
    assert observable == {"hub", "database", "server"}
