"""Routes and ClusterOperators of OpenShift, and HTTPRoutes, on a real API server with and without these kinds.

The objects are made up in their documented shape: no OpenShift runs here.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.collect import collect
from jupyternetes.graph.discovery.objects.gateway import HTTP_ROUTES
from jupyternetes.graph.discovery.objects.openshift import CLUSTER_OPERATORS, ROUTES
from jupyternetes.graph.model.graph import Graph
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.resource import Resource
from tests.support.installation import grant, make_namespace
from tests.support.kube import Kube, Refused
from tests.support.waiting import eventually
from tests.unit.graph.discovery.recordings import arrows, named, node, recorded

Json = dict[str, Any]
OPTIONAL = (ROUTES, HTTP_ROUTES, CLUSTER_OPERATORS)
Calls = Counter[tuple[str, str, int]]


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    """One with a proxy, and the Service that leads to it."""
    name, labels = make_namespace(kube, f"graph-{uuid.uuid4().hex[:8]}"), {"app": "jupyterhub", "component": "proxy"}
    pod = {"metadata": {"name": "proxy", "labels": labels}, "spec": {"containers": [{"name": "main", "image": "none"}]}}
    kube.create("pods", name, pod)
    ports = [{"port": 80, "targetPort": 8000}]
    kube.create("services", name, {"metadata": {"name": "proxy-public"}, "spec": {"selector": labels, "ports": ports}})
    yield name
    kube.delete("namespaces", "", name)


def look(kubeconfig: Path, namespace: str) -> tuple[Graph, Calls]:
    async def looked() -> tuple[Graph, Calls]:
        async with await Client.connect(kubeconfig, user_agent="jupyternetes-graph/test") as client:
            graph = build(await collect(client, [namespace], cluster=True))
            return graph, client.calls

    return asyncio.run(looked())


def make(kube: Kube, kind: Resource[Any], namespace: str | None, body: Json) -> None:
    """Create an object with its status, of a kind that the API server may have learned of just now."""

    def made() -> bool:
        try:
            kube.request("POST", kind.path(namespace), body)
        except Refused as refused:
            return refused.status == 409
        return True

    eventually(made)
    if "status" in body:
        path = kind.path(namespace, body["metadata"]["name"], "status")
        kube.request("PATCH", path, {"status": body["status"]}, content_type="application/merge-patch+json")


def told(name: str, **statuses: str) -> Json:
    conditions = [{"type": kind, "status": status, "message": "as told"} for kind, status in statuses.items()]
    return {
        "apiVersion": CLUSTER_OPERATORS.api_version,
        "kind": "ClusterOperator",
        "metadata": {"name": name},
        "status": {"conditions": conditions},
    }


def test_a_cluster_without_them_is_asked_once_for_each_group_and_nothing_is_missing(
    accounts: dict[str, Path], namespace: str
) -> None:
    graph, calls = look(accounts["graph"], namespace)

    assert calls["get", "apis", 404] == 3
    assert not [
        resource for _, resource, _ in calls if resource.endswith((".openshift.io", "gateway.networking.k8s.io"))
    ]
    assert not [gap for gap in graph.gaps if "right" in gap.why or "know" in gap.why]


@pytest.mark.usefixtures("optional_kinds")
def test_ways_in_and_operators_are_read_with_the_rights_of_the_account(
    accounts: dict[str, Path], kube: Kube, namespace: str
) -> None:
    route = named(recorded("openshift"), "jupyterhub", "Route")
    route["metadata"] = {"name": "by-route", "namespace": namespace}
    route["spec"]["to"]["name"] = "proxy-public"
    http_route = {
        "apiVersion": HTTP_ROUTES.api_version,
        "kind": "HTTPRoute",
        "metadata": {"name": "by-gateway", "namespace": namespace},
        "spec": {"rules": [{"backendRefs": [{"name": "proxy-public", "port": 80}]}]},
    }
    make(kube, ROUTES, namespace, route)
    make(kube, HTTP_ROUTES, namespace, http_route)
    make(kube, CLUSTER_OPERATORS, None, told("ingress", Available="False"))

    graph, calls = look(accounts["graph"], namespace)

    assert {("by-route", "proxy"), ("by-gateway", "proxy"), ("router", "by-route")} <= arrows(graph, "serves")
    assert node(graph, "ingress", "by-route").state == "ok"
    assert node(graph, "ingress", "router").message == "ClusterOperator ingress is not available: as told"
    assert {verb for verb, resource, _ in calls if resource == CLUSTER_OPERATORS.full_name} == {"get"}
    assert not [gap for gap in graph.gaps if "right" in gap.why]


@pytest.mark.usefixtures("optional_kinds")
def test_operators_without_the_right_are_one_gap_that_names_it(
    accounts: dict[str, Path], kube: Kube, namespace: str
) -> None:
    def gaps() -> list[str]:
        graph, _ = look(accounts["graph"], namespace)
        return [gap.remedy for gap in graph.gaps if CLUSTER_OPERATORS.full_name in gap.remedy]

    rights = RIGHTS["graph"]
    grant(kube, "graph", tuple(right for right in rights if right.group != CLUSTER_OPERATORS.group))
    try:
        # The API server learns of a role a moment later.
        [remedy] = eventually(gaps)
    finally:
        grant(kube, "graph", rights)

    assert remedy.startswith(f"Grant get on {CLUSTER_OPERATORS.full_name} authentication, dns, etcd")
