"""HTTPRoutes of the Gateway API as ways in."""

import pytest

from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import State
from tests.unit.graph.discovery.recordings import Z2JH, Json, arrows, node, observe, recorded

ACCEPTED = {"type": "Accepted", "status": "True"}
NOT_PERMITTED = {"type": "ResolvedRefs", "status": "False", "reason": "RefNotPermitted"}
REFUSED = {"type": "Accepted", "status": "False", "reason": "NotAllowedByListeners"}
YES, IN_PART, NO = ({"conditions": each} for each in ([ACCEPTED], [ACCEPTED, NOT_PERMITTED], [REFUSED]))
PROXY = {"name": "proxy-public", "port": 80}
OTHER = {"name": "pages", "port": 80}


def with_route(*conditions: Json, in_namespace: str = "jhub", **backend: object) -> Graph:
    parents = [{"conditions": list(conditions)}] if conditions else []
    return with_parents(parents, PROXY | backend, namespace=in_namespace)


def with_parents(parents: list[Json], *backends: Json, namespace: str = "jhub") -> Graph:
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "people", "namespace": namespace},
        "spec": {"hostnames": ["hub.example.org"], "rules": [{"backendRefs": list(backends)}, {}]},
        "status": {"parents": parents},
    }
    return build(observe([*recorded(Z2JH), route]))


def test_an_http_route_leads_people_to_the_proxy() -> None:
    graph = with_route(ACCEPTED)

    assert ("people", "proxy") in arrows(graph, "serves")
    [edge] = [edge for edge in graph.edges if edge.source == node(graph, "ingress", "people").id]
    assert edge.evidence[0].text == "HTTPRoute people leads hub.example.org to pods of proxy"


def test_it_may_lead_to_another_namespace() -> None:
    graph = with_route(ACCEPTED, in_namespace="gateways", namespace="jhub")

    assert ("people", "proxy") in arrows(graph, "serves")


@pytest.mark.parametrize("backend", [{"weight": 0}, {"kind": "Other"}, {"group": "x", "kind": "Service"}])
def test_what_gets_no_requests_is_not_led_to(backend: Json) -> None:
    assert "people" not in {each.name for each in with_route(ACCEPTED, **backend).nodes}


@pytest.mark.parametrize(
    ("conditions", "state", "reason"),
    [
        ([], State.STARTING, "Pending"),
        ([ACCEPTED], State.OK, ""),
        (
            [ACCEPTED, {"type": "ResolvedRefs", "status": "False", "reason": "RefNotPermitted"}],
            State.FAILING,
            "RefNotPermitted",
        ),
        ([{"type": "Accepted", "status": "False"}], State.FAILING, "NotAccepted"),
    ],
)
def test_it_fares_as_its_gateways_say(conditions: list[Json], state: State, reason: str) -> None:
    route = node(with_route(*conditions), "ingress", "people")

    assert (route.state, route.reason) == (state, reason)


@pytest.mark.parametrize(
    ("parents", "backends", "state", "reason"),
    [
        ([IN_PART], [PROXY, OTHER], State.DEGRADED, "RefNotPermitted"),
        ([IN_PART], [PROXY, PROXY], State.FAILING, "RefNotPermitted"),
        ([IN_PART], [PROXY, OTHER | {"weight": 0}], State.FAILING, "RefNotPermitted"),
        ([{"conditions": [NOT_PERMITTED]}], [PROXY, OTHER], State.FAILING, "RefNotPermitted"),
        ([YES, NO], [PROXY], State.DEGRADED, "NotAllowedByListeners"),
        ([NO, YES], [PROXY], State.DEGRADED, "NotAllowedByListeners"),
        ([NO, NO], [PROXY], State.FAILING, "NotAllowedByListeners"),
        ([YES, {}], [PROXY], State.OK, ""),
    ],
)
def test_it_works_in_part_while_a_gateway_leads_people_somewhere(
    parents: list[Json], backends: list[Json], state: State, reason: str
) -> None:
    route = node(with_parents(parents, *backends), "ingress", "people")

    assert (route.state, route.reason) == (state, reason)
