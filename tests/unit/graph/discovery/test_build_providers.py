"""How the database, the OAuth provider and the proxy of a hub are found, and what is said where they are not."""

import msgspec
import pytest

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.model.graph import Graph
from jupyternetes.runtime.objects import ObjectKey
from tests.unit.graph.discovery.recordings import (
    JUPYTERNETES,
    OPEN_DATA_HUB,
    Z2JH,
    arrows,
    evidence,
    graph_of,
    named,
    names,
    node,
    observe,
    recorded,
    without,
)

HUB = ObjectKey("lab", "hub-58d9c7bb6f-n7n7n")
Z2JH_HUB = ObjectKey("jhub", "hub-6d5b8f7c9d-k2x4p")


def told(*dependencies: HubDependency, hub: ObjectKey = HUB) -> dict[str, object]:
    return {"told": {hub: dependencies}}


def gaps(graph: Graph) -> set[str]:
    return {gap.what for gap in graph.gaps}


def without_variables() -> Observed:
    objects = recorded(JUPYTERNETES)
    named(objects, "hub-")["spec"]["containers"][0]["env"] = []
    return observe(objects)


def test_host_in_a_variable_leads_to_service_pods_and_volume() -> None:
    graph = graph_of(JUPYTERNETES)

    assert arrows(graph, "stores") == {("postgres", "hub")}
    assert node(graph, "database", "postgres").id == "database/data/postgres"
    assert ("data-postgres-0", "postgres") in arrows(graph, "mounts")


def test_word_of_the_hub_is_the_strongest_and_the_variable_confirms_it() -> None:
    graph = graph_of(
        JUPYTERNETES,
        **told(HubDependency(kind="database", host="postgres.data.svc", port=5432, dialect="postgresql")),
    )

    assert evidence(graph, "stores") == ["referenced", "told"]


def test_variable_does_not_count_against_the_word_of_the_hub() -> None:
    graph = graph_of(
        JUPYTERNETES,
        **told(HubDependency(kind="database", host="db.example.org", port=5432, dialect="postgresql", up=True)),
    )

    assert arrows(graph, "stores") == {("db.example.org", "hub")}
    assert node(graph, "database", "db.example.org").state == "ok"


def test_database_that_does_not_answer_the_hub_fails_though_its_pod_is_ready() -> None:
    dependency = HubDependency(
        kind="database", host="postgres.data", port=5432, dialect="postgresql", up=False, message="timed out"
    )
    found = node(graph_of(JUPYTERNETES, **told(dependency)), "database", "postgres")

    assert (found.state, found.reason) == ("failing", "NoAnswer")
    assert found.message == "The hub says: timed out"


def test_database_that_was_scaled_to_nothing_keeps_its_node() -> None:
    graph = build(observe(without(recorded(JUPYTERNETES), "postgres")))

    found = node(graph, "database", "postgres")
    assert (found.id, found.state, found.reason) == ("database/data/postgres", "failing", "NoPods")


def test_nothing_is_said_of_pods_that_must_not_be_read() -> None:
    objects = without(recorded(JUPYTERNETES), "postgres")
    graph = build(observe(objects, unread=frozenset({("pods", "data")})))

    assert node(graph, "database", "postgres").state == "unknown"


def test_database_in_a_namespace_that_was_not_read_is_a_gap() -> None:
    own = [each for each in recorded(JUPYTERNETES) if each["metadata"].get("namespace") != "data"]
    graph = build(observe(own))

    assert node(graph, "database", "postgres.data.svc.cluster.local").state == "unknown"
    [gap] = [gap for gap in graph.gaps if gap.what.startswith("the pods of postgres")]
    assert "namespace data" in gap.remedy


def test_only_pod_with_a_port_of_a_database_is_a_guess() -> None:
    objects = recorded(JUPYTERNETES)
    named(objects, "hub-")["spec"]["containers"][0]["env"] = []
    named(objects, "postgres-0")["metadata"]["namespace"] = "lab"
    guess = build(observe(objects))
    second = named([*recorded(OPEN_DATA_HUB)], "jupyterhub-db-7")
    second["metadata"] |= {"namespace": "lab", "labels": {}}

    assert evidence(guess, "stores") == ["guessed"]
    several = build(observe([*objects, second]))
    assert arrows(several, "stores") == set()
    [gap] = [gap for gap in several.gaps if gap.what == "the hub's database"]
    assert "jupyterhub-db-7, postgres" in gap.why


def test_unknown_database_is_a_gap_with_a_way_out() -> None:
    [gap] = [gap for gap in build(without_variables()).gaps if gap.what == "the hub's database"]

    assert "module" in gap.remedy


def test_service_that_stands_for_a_host_outside_leads_there() -> None:
    objects = recorded(JUPYTERNETES)
    named(objects, "postgres", "Service")["spec"] = {"type": "ExternalName", "externalName": "db.example.org"}

    assert arrows(build(observe(objects)), "stores") == {("db.example.org", "hub")}


@pytest.mark.parametrize(("up", "state"), [(True, "ok"), (False, "failing"), (None, "ok")])
def test_sqlite_fares_as_the_hub_says_else_as_its_claim(up: bool | None, state: str) -> None:
    graph = graph_of(Z2JH, **told(HubDependency(kind="database", host="", dialect="sqlite", up=up), hub=Z2JH_HUB))

    assert node(graph, "database", "SQLite").state == state
    assert evidence(graph, "stores") == ["referenced", "told"]


def test_other_volumes_of_the_hub_lead_to_the_hub() -> None:
    graph = graph_of(Z2JH, **told(HubDependency(kind="database", host="db", dialect="mysql"), hub=Z2JH_HUB))

    assert ("hub-db-dir", "hub") in arrows(graph, "mounts")


def test_host_of_a_variable_is_a_node_outside_of_the_cluster() -> None:
    graph = graph_of(JUPYTERNETES)

    assert arrows(graph, "authenticates") == {("login.example.org", "hub")}
    assert node(graph, "oauth", "login.example.org").state == "unknown"


def test_several_hosts_that_the_hub_tells_are_several_nodes() -> None:
    hosts = [
        HubDependency(kind="oauth", host=host, port=443, up=True) for host in ("id.example.org", "api.example.org")
    ]

    assert names(graph_of(JUPYTERNETES, **told(*hosts)), "oauth") == {"id.example.org", "api.example.org"}


def test_route_of_openshift_leads_to_its_pods() -> None:
    hub = ObjectKey("opf-jupyterhub", "jupyterhub-124-9xkzq")
    route = HubDependency(kind="oauth", host="oauth-openshift.apps.example.org", port=443)
    graph = graph_of(OPEN_DATA_HUB, **told(route, hub=hub))

    assert arrows(graph, "authenticates") == {("oauth-openshift", "jupyterhub")}
    assert evidence(graph, "authenticates") == ["labelled", "told"]


@pytest.mark.parametrize(("kind", "name"), [("oauth", "OAuth"), ("ldap", "LDAP")])
def test_provider_without_an_address_is_called_as_its_kind(kind: str, name: str) -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind=kind, up=False, since="2026-11-28T11:00:00Z")))

    found = node(graph, "oauth", name)
    assert (found.state, found.since) == ("failing", "2026-11-28T11:00:00Z")


def test_hub_that_tells_of_no_provider_has_none() -> None:
    database = HubDependency(kind="database", host="db", dialect="postgresql")

    graph = graph_of(Z2JH, **told(database, hub=Z2JH_HUB))

    assert names(graph, "oauth") == set()
    assert "the OAuth provider" not in gaps(graph)


def test_hub_that_has_not_told_of_its_logins_yet_has_what_its_variables_name() -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind="database", host="db", dialect="postgresql")))

    assert names(graph, "oauth") == {"login.example.org"}


def test_proxy_that_the_hub_tells_is_that_of_the_labels() -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind="proxy", host="proxy-api", port=8001, up=True)))

    assert evidence(graph, "routes") == ["labelled", "told"]
    assert node(graph, "proxy", "proxy").id == "proxy/lab/lab"


def test_proxy_that_the_hub_tells_is_found_without_services() -> None:
    objects = [each for each in recorded(JUPYTERNETES) if each["kind"] != "Service"]
    graph = build(observe(objects, **told(HubDependency(kind="proxy", host="proxy-api", port=8001, up=False))))

    assert (node(graph, "proxy", "proxy").id, node(graph, "proxy", "proxy").reason) == ("proxy/lab/lab", "NoAnswer")


def test_proxy_within_the_hub_makes_the_hub_lead_people_to_servers() -> None:
    graph = build(
        observe(
            without(recorded(JUPYTERNETES), "proxy"),
            **told(HubDependency(kind="proxy", host="127.0.0.1", port=8001)),
        )
    )

    assert ("hub", "ada") in arrows(graph, "serves")
    assert "the proxy" not in gaps(graph)


def test_no_proxy_is_a_gap() -> None:
    objects = without(without(recorded(JUPYTERNETES), "proxy"), "proxy", "Service")

    assert "the proxy" in gaps(build(observe(objects)))


def test_hub_that_was_scaled_to_nothing_keeps_its_node() -> None:
    graph = build(observe(without(recorded(Z2JH), "hub-")))

    hub = node(graph, "hub", "hub")
    assert (hub.id, hub.state, hub.reason) == ("hub/jhub/demo", "failing", "NoPods")
    unread = build(observe(without(recorded(Z2JH), "hub-"), unread=frozenset({("pods", "jhub")})))
    assert node(unread, "hub", "hub").state == "unknown"


def test_nothing_at_all_gives_the_api_and_a_gap() -> None:
    graph = build(Observed())

    assert [each.kind for each in graph.nodes] == ["api-server"]
    assert "the hub" in gaps(graph)


def test_servers_of_two_releases_depend_on_their_own_hub() -> None:
    objects, other = recorded(Z2JH), recorded(Z2JH)
    for each in other:
        each["metadata"]["name"] = f"other-{each['metadata']['name']}"
        labels = each["metadata"].get("labels", {})
        labels |= {key: "other" for key in ("release", "app.kubernetes.io/instance") if key in labels}
        each.get("spec", {}).get("selector", {}).pop("release", None)
    pods = [each for each in other if each["kind"] == "Pod" and each["metadata"]["namespace"] == "jhub"]

    graph = build(observe([*objects, *pods]))

    spawns = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "spawns"}
    assert {source for source, target in spawns if target == "server/jhub/jupyter-ada"} == {"hub/jhub/demo"}
    assert {source for source, target in spawns if target == "server/jhub/other-jupyter-ada"} == {"hub/jhub/other"}
    assert evidence(graph, "spawns") == ["labelled"]


def test_of_several_hubs_it_is_a_guess_which_made_an_instance() -> None:
    second = named([*recorded(JUPYTERNETES)], "hub-")
    second["metadata"] |= {"name": "hub-2", "uid": "2", "labels": {"app": "jupyterhub", "component": "hub"}}

    graph = build(observe([*recorded(JUPYTERNETES), second]))

    assert evidence(graph, "spawns") == ["guessed"]


def two_hubs(*answers: HubDependency) -> Graph:
    """The hub of the recording, and one like it in another namespace; each tells one dependency."""
    objects = recorded(JUPYTERNETES)
    second = [msgspec.json.decode(msgspec.json.encode(each)) for each in objects]
    second = [each for each in second if each["kind"] == "Pod" and each["metadata"]["name"] == HUB.name]
    for each in second:
        each["metadata"] |= {"namespace": "staging", "uid": "another"}
    hubs = (HUB, ObjectKey("staging", HUB.name))
    return build(observe([*objects, *second], told={hub: (answer,) for hub, answer in zip(hubs, answers, strict=True)}))


@pytest.mark.parametrize("order", [1, -1])
def test_hub_that_fares_worst_with_a_shared_provider_is_heard(order: int) -> None:
    up = HubDependency(kind="oauth", host="login.example.com", port=443, up=True)
    down = HubDependency(kind="oauth", host="login.example.com", port=443, up=False, message="It refuses.")

    graph = two_hubs(*(up, down)[::order])

    assert node(graph, "oauth", "login.example.com").state == "failing"


def test_database_in_the_hubs_own_pod_is_shared_with_no_other_hub() -> None:
    sidecar = HubDependency(kind="database", dialect="postgresql", host="127.0.0.1", port=5432, up=True)

    graph = two_hubs(sidecar, sidecar)

    databases = {each.namespace for each in graph.nodes if each.kind == "database" and "127.0.0.1" in each.name}
    assert databases == {"lab", "staging"}
