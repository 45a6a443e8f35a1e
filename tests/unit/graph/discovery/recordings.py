"""Recorded objects of deployments, as plain data and as what discovery reads of them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from jupyternetes.api import resources
from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.objects import cluster, gateway, instances, openshift, pod, services
from jupyternetes.graph.discovery.observed import ApiServer, Observed
from jupyternetes.graph.model.graph import Graph, Node
from jupyternetes.runtime.objects import ObjectKey

Json = dict[str, Any]

NOW = "2026-11-28T12:00:00Z"
OPEN_DATA_HUB = "open-data-hub"
OPENSHIFT = "openshift"
"""The same deployment, with the objects of OpenShift beside it."""
Z2JH = "z2jh"
JUPYTERNETES = "jupyternetes"
HUB = ObjectKey("lab", "hub-58d9c7bb6f-n7n7n")
Z2JH_HUB = ObjectKey("jhub", "hub-6d5b8f7c9d-k2x4p")
NAMESPACES = {
    OPEN_DATA_HUB: ("opf-jupyterhub", "openshift-authentication"),
    OPENSHIFT: ("opf-jupyterhub", "openshift-authentication"),
    Z2JH: ("jhub", "kube-system"),
    JUPYTERNETES: ("lab", "data", "jupyternetes-system"),
}

FIELDS = {
    "instances": instances.INSTANCES,
    "templates": resources.TEMPLATES,
    "pods": pod.PODS,
    "claims": cluster.CLAIMS,
    "services": services.SERVICES,
    "endpoint_slices": services.ENDPOINT_SLICES,
    "ingresses": services.INGRESSES,
    "routes": openshift.ROUTES,
    "http_routes": gateway.HTTP_ROUTES,
    "quotas": cluster.QUOTAS,
    "leases": cluster.LEASES,
    "events": cluster.EVENTS,
    "cluster_nodes": cluster.CLUSTER_NODES,
    "cluster_operators": openshift.CLUSTER_OPERATORS,
}
"""The fields of what was observed, by the resource whose objects they hold."""


@cache
def _loaded(name: str) -> bytes:
    files = (OPEN_DATA_HUB, OPENSHIFT) if name == OPENSHIFT else (name,)
    texts = ((Path(__file__).parent / "recorded" / f"{each}.yaml").read_text() for each in files)
    return msgspec.json.encode([each for text in texts for each in yaml.safe_load_all(text)])


def recorded(name: str) -> list[Json]:
    """The objects of a recording, to be changed at will."""
    return msgspec.json.decode(_loaded(name))


def observe(objects: Iterable[Json], **fields: Any) -> Observed:
    """What a collector gives that may read everything; ``fields`` are Observed's own."""
    found: dict[str, Any] = {field: [] for field in FIELDS}
    for each in objects:
        field, resource = next(item for item in FIELDS.items() if item[1].kind == each["kind"])
        found[field].append(msgspec.convert(each, resource.type))
    found["pods"] = [each for each in found["pods"] if not each.of_instance]
    found["cluster_nodes"] = found["cluster_nodes"] or None
    known = {"taken": NOW, "namespaces": sorted({each["metadata"].get("namespace", "") for each in objects} - {""})}
    return Observed(**{"api": ApiServer(reachable=True), **known, **found, **fields})


def graph_of(name: str, **fields: Any) -> Graph:
    """The graph of a recording."""
    return build(observe(recorded(name), **fields))


def arrows(graph: Graph, kind: str = "") -> set[tuple[str, str]]:
    """Causes and affected by name; of one kind of edges only, if it is said."""
    names = {node.id: node.name for node in graph.nodes}
    return {(names[each.source], names[each.target]) for each in graph.edges if kind in ("", each.kind)}


def names(graph: Graph, kind: str) -> set[str]:
    """The names of the nodes of a kind."""
    return {node.name for node in graph.nodes if node.kind == kind}


def node(graph: Graph, kind: str, name: str) -> Node:
    """The one node of this kind and name."""
    [found] = [each for each in graph.nodes if (each.kind, each.name) == (kind, name)]
    return found


def evidence(graph: Graph, kind: str) -> list[str]:
    """From what edges of a kind are known."""
    return sorted({each.kind for edge in graph.edges if edge.kind == kind for each in edge.evidence})


def named(objects: list[Json], prefix: str, kind: str = "Pod") -> Any:
    """The one object of a kind whose name begins so."""
    [found] = [each for each in objects if each["kind"] == kind and each["metadata"]["name"].startswith(prefix)]
    return found


def without(objects: list[Json], prefix: str, kind: str = "Pod") -> list[Json]:
    """The objects but those of a kind whose names begin so."""
    return [each for each in objects if each["kind"] != kind or not each["metadata"]["name"].startswith(prefix)]


def told(*dependencies: HubDependency, hub: ObjectKey = HUB) -> Json:
    """The field of what was observed that holds what a hub tells."""
    return {"told": {hub: dependencies}}


def gaps(graph: Graph) -> set[str]:
    """What could not be seen."""
    return {gap.what for gap in graph.gaps}
