"""How the database and the proxy of a hub are found, and what is said where they are not."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.observed import Observed, Place
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.graph import Edge, Graph
from jupyternetes.runtime.objects import ObjectKey
from tests.unit.graph.discovery.recordings import (
    HUB,
    JUPYTERNETES,
    OPEN_DATA_HUB,
    Z2JH,
    Z2JH_HUB,
    Json,
    arrows,
    evidence,
    gaps,
    graph_of,
    named,
    node,
    observe,
    recorded,
    told,
    without,
)


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


def database(**fields: Any) -> HubDependency:
    """What the hub of the recording tells of its database."""
    return HubDependency(kind="database", host="postgres.data", port=5432, dialect="postgresql", **fields)


def way(graph: Graph, kind: str) -> Edge:
    """The one edge of this kind."""
    [found] = [each for each in graph.edges if each.kind == kind]
    return found


def test_the_way_fails_where_no_answer_comes_from_a_database_whose_pod_is_well() -> None:
    graph = graph_of(JUPYTERNETES, **told(database(up=False, message="timed out", since="2026-11-28T11:00:00Z")))

    assert [node(graph, "database", "postgres").state, node(graph, "hub", "hub").state] == ["ok", "ok"]
    found = way(graph, "stores")
    assert (found.state, found.reason, found.message) == ("failing", "NoAnswer", "The hub says: timed out")
    assert found.since == "2026-11-28T11:00:00Z"


@pytest.mark.parametrize(
    ("told_reason", "reason"),
    [
        ("NoConnection", "NoConnection"),
        ("OfALaterHub", "OfALaterHub"),
        ("", "NoAnswer"),
        ("any text; of\na hub", "NoAnswer"),
    ],
)
def test_the_way_has_the_reason_that_the_hub_tells(told_reason: str, reason: str) -> None:
    graph = graph_of(JUPYTERNETES, **told(database(up=False, reason=told_reason, lasted=7.5)))

    assert (way(graph, "stores").reason, way(graph, "stores").lasted) == (reason, 7.5)


@pytest.mark.parametrize("reached", [True, False])
def test_the_way_says_whether_its_other_end_can_be_reached_from_here(reached: bool) -> None:
    place = Place(HUB.namespace, "postgres.data", 5432)

    graph = graph_of(JUPYTERNETES, **told(database(up=False)), reached={place: reached})

    assert way(graph, "stores").reached_from_here is reached
    assert way(graph_of(JUPYTERNETES, **told(database(up=False))), "stores").reached_from_here is None


def test_parts_say_what_somebody_would_change() -> None:
    graph = graph_of(JUPYTERNETES)

    revisions = {each.kind: each.revision for each in graph.nodes if each.revision}
    assert revisions["hub"] == "58d9c7bb6f"
    assert "template" in revisions


def test_the_way_says_how_long_the_last_answer_took() -> None:
    found = way(graph_of(JUPYTERNETES, **told(database(up=True, seconds=0.004))), "stores")

    assert (found.state, found.seconds) == ("ok", 0.004)


def test_an_answer_that_came_too_late_makes_the_way_degraded() -> None:
    found = way(graph_of(JUPYTERNETES, **told(database(up=False, seconds=4.2, message="It came late."))), "stores")

    assert (found.state, found.reason, found.seconds) == ("degraded", "SlowAnswer", 4.2)


def test_nothing_is_known_of_a_way_of_which_nothing_was_told() -> None:
    assert way(graph_of(JUPYTERNETES), "stores").state == "unknown"
    unasked = way(graph_of(JUPYTERNETES, **told(database(message="It is in the hub's memory."))), "stores")
    assert (unasked.state, unasked.message) == ("unknown", "The hub says: It is in the hub's memory.")


@pytest.mark.parametrize(("up", "state"), [(True, "ok"), (False, "failing"), (None, "unknown")])
def test_nothing_but_the_word_of_the_hub_tells_of_what_has_no_pods(up: bool | None, state: str) -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind="oauth", host="login.example.com", port=443, up=up)))

    assert node(graph, "oauth", "login.example.com").state == state
    assert way(graph, "authenticates").state == state


def two_replicas(*, crashing: int) -> list[Json]:
    """The recording with two pods of the database, some of which crash."""
    objects = recorded(JUPYTERNETES)
    second = named(recorded(JUPYTERNETES), "postgres-0")
    second["metadata"] |= {"name": "postgres-1", "uid": "another"}
    for pod in (second, named(objects, "postgres-0"))[:crashing]:
        back_off = {"waiting": {"reason": "CrashLoopBackOff"}}
        pod["status"] |= {
            "conditions": [{"type": "Ready", "status": "False"}],
            "containerStatuses": [{"name": "postgres", "ready": False, "state": back_off}],
        }
    return [*objects, second]


@pytest.mark.parametrize("answers", [True, False, None])
def test_database_one_of_whose_pods_crashes_is_degraded_and_names_it(answers: bool | None) -> None:
    graph = build(observe(two_replicas(crashing=1), **told(database(up=answers))))

    found = node(graph, "database", "postgres")
    assert (found.state, found.reason) == ("degraded", "CrashLoopBackOff")
    assert found.message.startswith("Failing: 1 of 2 pods (postgres-1). Container postgres:")


@pytest.mark.parametrize(("answers", "state"), [(True, "degraded"), (False, "failing"), (None, "failing")])
def test_database_all_of_whose_pods_crash_works_in_part_while_it_answers(answers: bool | None, state: str) -> None:
    graph = build(observe(two_replicas(crashing=2), **told(database(up=answers))))

    found = node(graph, "database", "postgres")
    assert (found.state, found.reason) == (state, "CrashLoopBackOff")


def test_credentials_in_what_a_hub_says_are_masked() -> None:
    graph = graph_of(JUPYTERNETES, **told(database(up=False, message="postgresql://hub:hunter2@db refuses")))

    assert "hunter2" not in recording.write(graph).decode()


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


def test_address_of_a_service_is_the_same_provider_as_its_name() -> None:
    objects = recorded(JUPYTERNETES)
    named(objects, "postgres", "Service")["spec"]["clusterIP"] = "10.96.7.8"
    by_address = [HubDependency(kind="database", host=host, port=5432) for host in ("10.96.7.8", "postgres.data.svc")]

    assert arrows(build(observe(objects, **told(*by_address))), "stores") == {("postgres", "hub")}


@pytest.mark.parametrize(("up", "state"), [(True, "ok"), (False, "failing"), (None, "ok")])
def test_sqlite_fares_as_the_hub_says_else_as_its_claim(up: bool | None, state: str) -> None:
    graph = graph_of(Z2JH, **told(HubDependency(kind="database", host="", dialect="sqlite", up=up), hub=Z2JH_HUB))

    assert node(graph, "database", "SQLite").state == state
    assert evidence(graph, "stores") == ["referenced", "told"]


def test_other_volumes_of_the_hub_lead_to_the_hub() -> None:
    graph = graph_of(Z2JH, **told(HubDependency(kind="database", host="db", dialect="mysql"), hub=Z2JH_HUB))

    assert ("hub-db-dir", "hub") in arrows(graph, "mounts")


def test_proxy_that_the_hub_tells_is_that_of_the_labels() -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind="proxy", host="proxy-api", port=8001, up=True)))

    assert evidence(graph, "routes") == ["labelled", "told"]
    assert node(graph, "proxy", "proxy").id == "proxy/lab/lab"


def test_proxy_that_the_hub_tells_is_found_without_services() -> None:
    objects = [each for each in recorded(JUPYTERNETES) if each["kind"] != "Service"]
    graph = build(observe(objects, **told(HubDependency(kind="proxy", host="proxy-api", port=8001, up=False))))

    assert node(graph, "proxy", "proxy").id == "proxy/lab/lab"


def test_proxy_that_takes_no_routes_from_the_hub_may_still_lead_people_in() -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind="proxy", host="proxy-api", port=8001, up=False)))

    assert node(graph, "proxy", "proxy").state == "ok"
    assert way(graph, "routes").state == "failing"
    assert {each.state for each in graph.edges if each.kind == "serves"} == {"unknown"}


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
def test_provider_that_answers_one_hub_and_not_the_other_works_in_part(order: int) -> None:
    up = HubDependency(kind="oauth", host="login.example.com", port=443, up=True)
    down = HubDependency(kind="oauth", host="login.example.com", port=443, up=False, message="It refuses.")

    graph = two_hubs(*(up, down)[::order])

    found = node(graph, "oauth", "login.example.com")
    assert (found.state, found.message) == ("degraded", "The hub says: It refuses.")
    assert {each.state for each in graph.edges if each.kind == "authenticates"} == {"ok", "failing"}


def test_database_in_the_hubs_own_pod_is_shared_with_no_other_hub() -> None:
    sidecar = HubDependency(kind="database", dialect="postgresql", host="127.0.0.1", port=5432, up=True)

    graph = two_hubs(sidecar, sidecar)

    databases = {each.namespace for each in graph.nodes if each.kind == "database" and "127.0.0.1" in each.name}
    assert databases == {"lab", "staging"}
