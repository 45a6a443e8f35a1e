"""Kinds that many clusters do not have, for the time of one module."""

from collections.abc import Iterator
from typing import Any

import pytest

from jupyternetes.graph.discovery.objects.gateway import HTTP_ROUTES
from jupyternetes.graph.discovery.objects.openshift import CLUSTER_OPERATORS, ROUTES
from jupyternetes.runtime.resource import Resource
from tests.support.kinds import definition
from tests.support.kube import Kube, Refused
from tests.support.waiting import eventually

ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
APPROVAL = {"api-approved.kubernetes.io": "unapproved, a kind of tests"}


@pytest.fixture(scope="module")
def optional_kinds(kube: Kube) -> Iterator[None]:
    """OpenShift's kinds and the Gateway API's, of which any field is kept."""
    kinds: tuple[Resource[Any], ...] = (ROUTES, HTTP_ROUTES, CLUSTER_OPERATORS)
    for kind in kinds:
        body = definition(kind, ANYTHING)
        body["metadata"]["annotations"] = APPROVAL
        body["spec"]["scope"] = "Cluster" if kind is CLUSTER_OPERATORS else "Namespaced"
        kube.create("customresourcedefinitions", "", body)
    for kind in kinds:
        eventually(lambda kind=kind: is_served(kube, kind))
    yield
    for kind in kinds:
        kube.delete("customresourcedefinitions", "", kind.full_name)
    for kind in kinds:
        eventually(lambda kind=kind: not is_served(kube, kind))


def is_served(kube: Kube, kind: Resource[Any]) -> bool:
    """Whether the API server knows the kind."""
    try:
        served = kube.request("GET", f"/apis/{kind.api_version}")["resources"]
    except Refused:
        return False
    return kind.plural in {each["name"] for each in served}
