"""What Routes and ClusterOperators of OpenShift tell, beside what the objects of Kubernetes tell."""

from typing import Any

import pytest

from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.drawing.svg import render_svg
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import State
from tests.unit.graph.discovery.recordings import (
    JUPYTERNETES,
    OPEN_DATA_HUB,
    OPENSHIFT,
    Json,
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

NO_LONGER = {"type": "Available", "status": "False", "reason": "NoPods", "message": "0 of 6 pods are ready"}
IN_PART = {"type": "Degraded", "status": "True", "reason": "SomePods", "message": "2 of 6 pods are ready"}
AVAILABLE = {"type": "Available", "status": "True"}


def operator(name: str, *conditions: Json) -> Json:
    return {
        "apiVersion": "config.openshift.io/v1",
        "kind": "ClusterOperator",
        "metadata": {"name": name},
        "status": {"conditions": list(conditions)},
    }


def normal_account() -> list[Json]:
    """What an account sees that may not look at OpenShift's own namespaces."""
    objects = recorded(OPENSHIFT)
    return [each for each in objects if each["metadata"].get("namespace") != "openshift-authentication"]


def told(name: str, *conditions: Json, objects: list[Json] | None = None) -> Graph:
    """The graph where one ClusterOperator says this."""
    others = without(normal_account() if objects is None else objects, name, "ClusterOperator")
    return build(observe([*others, operator(name, *conditions)]))


def waits(objects: list[Json], reason: str, image: str = "") -> None:
    """Let the pod of user3 wait for this reason."""
    pod = named(objects, "jupyterhub-nb-user3")
    pod["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": reason}}
    if image:
        pod["spec"]["containers"][0]["image"] = image


def test_a_route_leads_people_to_the_hub() -> None:
    graph = graph_of(OPENSHIFT)

    route = node(graph, "ingress", "jupyterhub")
    assert (route.state, route.namespace) == (State.OK, "opf-jupyterhub")
    [edge] = [edge for edge in graph.edges if edge.source == route.id]
    assert edge.target == node(graph, "hub", "jupyterhub").id
    assert edge.evidence[0].text == (
        "Route jupyterhub leads jupyterhub-opf-jupyterhub.apps.example.com to pods of jupyterhub"
    )


@pytest.mark.parametrize(
    ("ingress", "state", "reason"),
    [
        ([], State.STARTING, "Pending"),
        (
            [{"conditions": [{"type": "Admitted", "status": "False", "reason": "HostAlreadyClaimed", "message": "x"}]}],
            State.FAILING,
            "HostAlreadyClaimed",
        ),
        (
            [
                {"conditions": [{"type": "Admitted", "status": "False", "reason": "RouteNotAdmitted"}]},
                {"conditions": [{"type": "Admitted", "status": "True"}]},
            ],
            State.DEGRADED,
            "RouteNotAdmitted",
        ),
        (
            [
                {"conditions": [{"type": "Admitted", "status": "True"}]},
                {"conditions": None},
            ],
            State.OK,
            "",
        ),
        ([{"conditions": None}], State.STARTING, "Pending"),
    ],
)
def test_a_route_fares_as_the_routers_say(ingress: list[Json], state: State, reason: str) -> None:
    objects = recorded(OPENSHIFT)
    named(objects, "jupyterhub", "Route")["status"] = {"ingress": ingress}

    route = node(build(observe(objects)), "ingress", "jupyterhub")

    assert (route.state, route.reason) == (state, reason)


@pytest.mark.parametrize("field", ["to", "alternateBackends"])
def test_a_service_without_weight_gets_no_requests(field: str) -> None:
    objects = recorded(OPENSHIFT)
    spec: Any = named(objects, "jupyterhub", "Route")["spec"]
    nothing, hub = {"kind": "Service", "name": "jupyterhub", "weight": 0}, {"kind": "Service", "name": "jupyterhub"}
    spec |= (
        {"to": hub, "alternateBackends": [nothing]} if field == "to" else {"to": nothing, "alternateBackends": [hub]}
    )

    assert names(build(observe(objects)), "ingress") == {"jupyterhub"}
    spec |= {"to": nothing, "alternateBackends": None}
    assert names(build(observe(objects)), "ingress") == set()


def test_operators_of_a_cluster_that_is_well_add_no_node_to_what_the_objects_show() -> None:
    with_operators = graph_of(OPENSHIFT)

    added = {each.id for each in with_operators.nodes} - {each.id for each in graph_of(OPEN_DATA_HUB).nodes}

    assert added == {"ingress/opf-jupyterhub/route/jupyterhub"}


def test_dns_whose_pods_cannot_be_seen_fares_as_its_operator_says() -> None:
    graph = build(observe(normal_account()))

    dns = node(graph, "dns", "DNS")
    assert (dns.state, dns.since) == (State.OK, "2021-07-20T08:00:00Z")
    assert [(each.kind, each.name) for each in dns.objects] == [("ClusterOperator", "dns")]
    assert not any("DNS" in gap.what for gap in graph.gaps)


def test_oauth_server_whose_pods_cannot_be_seen_is_known_by_its_operator() -> None:
    graph = build(observe(normal_account()))

    assert node(graph, "oauth", "oauth-openshift").state is State.OK
    assert ("oauth-openshift", "jupyterhub") in arrows(graph, "authenticates")
    assert "the login provider" not in {gap.what for gap in graph.gaps}


@pytest.mark.parametrize(
    ("conditions", "state", "reason", "message"),
    [
        ([NO_LONGER, IN_PART], State.FAILING, "NoPods", "ClusterOperator dns is not available: 0 of 6 pods are ready"),
        ([AVAILABLE, IN_PART], State.DEGRADED, "SomePods", "ClusterOperator dns is degraded: 2 of 6 pods are ready"),
        (
            [AVAILABLE, {"type": "Progressing", "status": "True", "message": "1 of 6 updated"}],
            State.OK,
            "Progressing",
            "ClusterOperator dns makes changes: 1 of 6 updated",
        ),
        ([{"type": "Available", "status": "Unknown"}], State.UNKNOWN, "", ""),
        ([], State.UNKNOWN, "", ""),
    ],
)
def test_a_part_of_the_platform_fares_as_its_operator_says(
    conditions: list[Json], state: State, reason: str, message: str
) -> None:
    dns = node(told("dns", *conditions), "dns", "DNS")

    assert (dns.state, dns.reason, dns.message) == (state, reason, message)


@pytest.mark.parametrize("name", ["kube-apiserver", "etcd"])
def test_trouble_of_the_api_is_told_though_it_answers(name: str) -> None:
    api = node(told(name, AVAILABLE, IN_PART), "api-server", "Kubernetes API")

    assert (api.state, api.reason) == (State.DEGRADED, "SomePods")
    assert name in api.message


def test_what_is_seen_counts_more_than_an_operator_that_is_content() -> None:
    objects = recorded(OPENSHIFT)
    for each in objects:
        if each["kind"] == "Pod" and each["metadata"]["namespace"] == "openshift-authentication":
            each["status"] = {"phase": "Failed", "reason": "Evicted"}

    oauth = node(build(observe(objects)), "oauth", "oauth-openshift")

    assert (oauth.state, oauth.reason) == (State.FAILING, "Evicted")


def test_routes_are_behind_a_router_that_is_in_trouble() -> None:
    graph = told("ingress", NO_LONGER)

    assert node(graph, "ingress", "router").state is State.FAILING
    assert ("router", "jupyterhub") in arrows(graph, "serves")


def test_a_claim_that_waits_may_do_so_since_storage_is_in_trouble() -> None:
    objects = normal_account()
    named(objects, "jupyterhub-nb-user3", "PersistentVolumeClaim")["status"] = {"phase": "Pending"}

    graph = told("storage", AVAILABLE, IN_PART, objects=objects)

    assert node(graph, "storage", "storage").state is State.DEGRADED
    assert arrows(graph, "provisions") == {("storage", "jupyterhub-nb-user3-pvc")}
    assert evidence(graph, "provisions") == ["guessed"]


@pytest.mark.parametrize("name", ["kube-scheduler", "image-registry", "storage", "network"])
def test_trouble_that_harms_nothing_yet_is_shown_and_accuses_nobody(name: str) -> None:
    def is_bystander(each: Json) -> bool:
        return each["kind"] == "Pod" and each["metadata"]["name"].startswith("jupyterhub-nb-user")

    objects = [each for each in normal_account() if not is_bystander(each)]

    graph = told(name, NO_LONGER, objects=objects)

    [shown] = [each for each in graph.nodes if each.reason == "NoPods"]
    assert shown.state is State.FAILING
    assert not [edge for edge in graph.edges if edge.source == shown.id]
    assert shown.name in render_svg(graph)


@pytest.mark.parametrize(
    ("reason", "cut_off"),
    [
        ("ContainerCreating", True),
        ("CrashLoopBackOff", False),
        ("ImagePullBackOff", False),
        ("CreateContainerConfigError", False),
    ],
)
def test_a_network_in_trouble_may_cut_off_what_waits_for_a_reason_that_it_can_cause(reason: str, cut_off: bool) -> None:
    objects = normal_account()
    waits(objects, reason)

    graph = told("network", NO_LONGER, objects=objects)

    assert arrows(graph, "supports") == ({("network", "user3")} if cut_off else set())


def test_a_network_in_trouble_did_not_let_a_server_run_out_of_memory() -> None:
    graph = told("network", NO_LONGER)

    assert node(graph, "server", "user2@example.com").state is State.FAILING
    assert arrows(graph, "supports") == {("network", "user3")}


def test_a_scheduler_in_trouble_is_accused_only_by_pods_that_were_not_scheduled() -> None:
    objects = normal_account()
    assert arrows(told("kube-scheduler", NO_LONGER, objects=objects), "schedules") == set()

    named(objects, "jupyterhub-nb-user3")["status"] = {"phase": "Pending"}

    assert arrows(told("kube-scheduler", NO_LONGER, objects=objects), "schedules") == {("scheduler", "user3")}


@pytest.mark.parametrize(
    ("image", "accused"),
    [
        ("image-registry.openshift-image-registry.svc:5000/lab/notebook:1", True),
        ("image-registry.openshift-image-registry.svc.cluster.local:5000/lab/notebook:1", True),
        ("quay.io/lab/typo:1", False),
    ],
)
def test_a_registry_in_trouble_is_accused_by_pods_whose_images_it_holds(image: str, accused: bool) -> None:
    objects = normal_account()
    waits(objects, "ImagePullBackOff", image)

    graph = told("image-registry", AVAILABLE, IN_PART, objects=objects)

    assert ("user3" in {affected for _, affected in arrows(graph, "pulls")}) == accused


def test_a_registry_in_trouble_may_hold_the_image_of_an_init_container() -> None:
    objects = normal_account()
    pod = named(objects, "jupyterhub-nb-user3")
    pod["status"]["initContainerStatuses"] = [{"name": "i", "state": {"waiting": {"reason": "ErrImagePull"}}}]

    [(_, affected)] = arrows(told("image-registry", NO_LONGER, objects=objects), "pulls")

    assert affected == "user3"


def test_what_an_event_explains_accuses_no_other_part_of_that_kind() -> None:
    graph = build(observe([*recorded(JUPYTERNETES), operator("image-registry", AVAILABLE, IN_PART)]))

    assert arrows(graph, "pulls") == {("registry.example.org", "Grace <grace@example.org>/gpu")}


def test_the_evidence_of_a_guess_is_shared_and_names_nobody() -> None:
    objects = normal_account()
    for name in ("user2", "user3"):
        named(objects, f"jupyterhub-nb-{name}")["status"] = {"phase": "Unknown"}

    edges = [edge for edge in told("network", NO_LONGER, objects=objects).edges if edge.kind == "supports"]

    assert len(edges) == 2
    assert len({id(edge.evidence) for edge in edges}) == 1
    assert "user" not in edges[0].evidence[0].text


def test_a_password_at_the_end_of_what_is_shown_of_a_message_is_masked() -> None:
    message = f"{'x' * 280} https://hub:hunter2@registry.example.com/v2"

    dns = node(told("dns", NO_LONGER | {"message": message}), "dns", "DNS")

    assert "hunter2" not in dns.message
    assert len(dns.message) < 350


def test_dns_of_which_its_operator_says_nothing_is_a_gap() -> None:
    assert "how the cluster's DNS fares" in {gap.what for gap in told("dns").gaps}
    assert "how the cluster's DNS fares" not in {gap.what for gap in told("dns", NO_LONGER).gaps}


def test_operators_in_trouble_that_the_graph_does_not_know_are_passed_over() -> None:
    graph = told("console", NO_LONGER)

    assert "NoPods" not in {each.reason for each in graph.nodes}
