"""The graph of what a real API server holds, with the rights of the graph's account and with each of them missing."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS, Right
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.collect import collect
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.observability.ask import ask
from jupyternetes.runtime.client import Client
from tests.support.installation import grant, make_namespace
from tests.support.kube import Kube
from tests.support.waiting import eventually
from tests.unit.graph.discovery.recordings import arrows, names

Json = dict[str, Any]
CORE = {"containers": [{"name": "main", "image": "none"}]}
LABELS = {"app": "jupyterhub", "release": "jhub"}
#: What is removed by itself; the rest of the account's rights is for options and for Leases that operators name.
NEEDED = [
    (right.group, resource)
    for right in RIGHTS["graph"]
    if "list" in right.verbs and not right.option
    for resource in right.resources
    if right.group != "metrics.k8s.io"  # which this API server does not have
]


def objects(user: str) -> list[tuple[str, Json]]:
    """A hub, its proxy, a quota, a Template, and the Instance of a server with its claim."""

    def body(api: str, kind: str, name: str, **fields: Any) -> Json:
        metadata = {"name": name, "labels": fields.pop("labels", {}), "annotations": fields.pop("annotations", {})}
        return {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}

    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    volumes = [{"name": "db", "persistentVolumeClaim": {"claimName": "hub-db-dir"}}]
    return [
        ("persistentvolumeclaims", body("v1", "PersistentVolumeClaim", "hub-db-dir", spec=claim)),
        ("pods", body("v1", "Pod", "hub-1", spec=CORE | {"volumes": volumes}, labels=LABELS | {"component": "hub"})),
        ("pods", body("v1", "Pod", "proxy-1", spec=CORE, labels=LABELS | {"component": "proxy"})),
        ("resourcequotas", body("v1", "ResourceQuota", "small", spec={"hard": {"pods": "10"}})),
        (
            "jupyternotebooktemplates",
            body("kadense.io/v1", "JupyterNotebookTemplate", "t", spec={"pods": [{"name": "notebook", "spec": CORE}]}),
        ),
        (
            "jupyternotebookinstances",
            body(
                "kadense.io/v1",
                "JupyterNotebookInstance",
                "i",
                spec={"template": {"name": "t"}, "suspend": True},
                annotations={"hub.jupyter.org/username": user},
            ),
        ),
    ]


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    name = make_namespace(kube, f"graph-{uuid.uuid4().hex[:8]}")
    for resource, body in objects("ana@example.org"):
        kube.create(resource, name, body)
    yield name
    kube.delete("namespaces", "", name)


def look(kubeconfig: Path, namespace: str) -> Graph:
    async def looked() -> Graph:
        async with await Client.connect(kubeconfig, user_agent="jupyternetes-graph/test") as client:
            return await ask(client, build(await collect(client, [namespace])))

    return asyncio.run(looked())


def test_what_the_api_server_holds_becomes_a_graph(accounts: dict[str, Path], namespace: str) -> None:
    graph = look(accounts["graph"], namespace)

    assert names(graph, "hub") == {"hub-1"}
    assert names(graph, "server") == {"ana@example.org"}
    assert names(graph, "template") == {"t"}
    assert {("hub-1", "proxy-1"), ("hub-1", "ana@example.org"), ("t", "ana@example.org")} <= arrows(graph)
    assert ("Kubernetes API", "ana@example.org") not in arrows(graph)
    hub = next(node for node in graph.nodes if node.kind == "hub")
    answers = {name: each.answer for name, each in hub.observability}
    # No kubelet runs that could give a log, and no metrics-server.
    assert answers == {"metrics": "no", "logs": "no data", "events": "yes"}


@pytest.mark.usefixtures("optional_kinds")
@pytest.mark.parametrize(("group", "resource"), NEEDED)
def test_a_right_that_is_missing_is_named_and_the_rest_is_shown(
    accounts: dict[str, Path], kube: Kube, namespace: str, group: str, resource: str
) -> None:
    rights = RIGHTS["graph"]
    grant(kube, "graph", tuple(_but(right, group, resource) for right in rights))
    try:
        # The API server learns of a role a moment later.
        graph = eventually(lambda: look(accounts["graph"], namespace), until=lambda seen: _names(seen, resource))
    finally:
        grant(kube, "graph", rights)

    assert graph.nodes
    assert graph.servers == (0 if resource == "jupyternotebookinstances" else 1)


def _but(right: Right, group: str, resource: str) -> Right:
    if right.group != group:
        return right
    left = tuple(each for each in right.resources if each != resource)
    return Right(right.group, left or ("nothing",), right.verbs, right.scope, right.why, right.names, right.option)


def _names(graph: Graph, resource: str) -> bool:
    """Whether the graph says that the right to list ``resource`` is missing."""
    texts = (f"{gap.what} {gap.why} {gap.remedy}" for gap in graph.gaps)
    gaps = any(resource in text and "list" in text for text in texts)
    answers = (each for node in graph.nodes for _, each in node.observability)
    return gaps or any(each.answer == "no right" and resource in each.detail for each in answers)
