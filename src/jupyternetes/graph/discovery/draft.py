"""A graph in the making: where discovery puts nodes, edges and gaps until all are found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jupyternetes.graph.discovery.objects.instances import PodEntry
from jupyternetes.graph.discovery.objects.pod import PODS, Pod
from jupyternetes.graph.discovery.states.health import Health
from jupyternetes.graph.discovery.states.pods import changing_since, revision_of, series_of
from jupyternetes.graph.discovery.workloads import Workload
from jupyternetes.graph.model.graph import Edge, Evidence, Gap, Node, ObjectId, Series, edge, id_of
from jupyternetes.graph.model.kinds import STRENGTH, EdgeKind, EvidenceKind, NodeKind
from jupyternetes.runtime.objects import KubernetesObject
from jupyternetes.runtime.resource import Resource


@dataclass(slots=True)
class Draft:
    """Nodes by id; the first that is added under an id stays. ``placed``: cluster nodes, with ids of what they run."""

    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    edges: list[Edge] = field(default_factory=list[Edge])
    gaps: list[Gap] = field(default_factory=list[Gap])
    placed: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def add(self, node: Node) -> str:
        """Add a node; the answer is its id."""
        self.nodes.setdefault(node.id, node)
        return node.id

    def add_workload(
        self, kind: NodeKind, workload: Workload, health: Health | None = None, *, key: str = "", name: str = ""
    ) -> str:
        """Add the node of a workload, which fares as its pods do unless ``health`` says more; the answer is its id.

        ``key`` and ``name`` are the workload's own unless others are given.
        """
        pods = workload.pods
        node = node_of(
            kind,
            key or workload.key,
            name or workload.name,
            health or workload.health,
            namespace=workload.namespace,
            objects=tuple(object_id(PODS, pod) for pod in pods),
            series=series_of(pods),
            changing=changing_since(pods),
            revision=revision_of(pods),
        )
        self.place(node.id, pods)
        return self.add(node)

    def place(self, node_id: str, pods: Iterable[Pod]) -> None:
        """Note on which cluster nodes the pods of a part run."""
        self.placed.update((pod.spec.node_name, node_id) for pod in pods if pod.spec.node_name)

    def connect(self, kind: EdgeKind, source: str, target: str, *evidence: Evidence) -> None:
        """Add an edge from cause to affected."""
        self.edges.append(edge(kind, source, target, *evidence))

    def miss(self, what: str, why: str, remedy: str = "") -> None:
        """Say that something could not be seen."""
        self.gaps.append(Gap(what=what, why=why, remedy=remedy))


class Arrow:
    """Makes edges that differ only in their ends, so that tens of thousands of them share their evidence."""

    __slots__ = ("_edge",)

    def __init__(self, kind: EdgeKind, *evidence: Evidence) -> None:
        self._edge = edge(kind, "", "", *evidence)

    def __call__(self, source: str, target: str) -> Edge:
        """The edge from cause to affected."""
        same = self._edge
        return Edge(
            source=source,
            target=target,
            kind=same.kind,
            evidence=same.evidence,
            delay=same.delay,
            harms=same.harms,
        )


def object_id(resource: Resource[Any], obj: KubernetesObject) -> ObjectId:
    """An object that a node stands for."""
    meta = obj.metadata
    return ObjectId(kind=resource.kind, name=meta.name, namespace=meta.namespace, uid=meta.uid)


def pod_of(entry: PodEntry, namespace: str) -> ObjectId:
    """The pod that an Instance in a namespace names in its status."""
    return ObjectId(kind=PODS.kind, name=entry.resource_name, namespace=namespace, uid=entry.uid)


def node_of(
    kind: NodeKind,
    key: str,
    name: str,
    health: Health,
    *,
    namespace: str = "",
    objects: tuple[ObjectId, ...] = (),
    series: Series | None = None,
    changing: str = "",
    revision: str = "",
) -> Node:
    """A node of ``kind`` that fares as ``health`` says."""
    return Node(
        id=id_of(kind, key, namespace),
        kind=kind.name,
        name=name,
        layer=kind.layer,
        namespace=namespace,
        state=health.state,
        reason=health.reason,
        message=health.message,
        since=health.since,
        objects=objects,
        series=series,
        changing=changing,
        revision=revision,
    )


def labelled(*workloads: Workload) -> Evidence:
    """That these are what they are by their labels; a guess if one of them is known only by its ports."""
    roles = [(each.name, each.role) for each in workloads if each.role is not None]
    weakest = min((role.evidence for _, role in roles), key=STRENGTH.__getitem__, default=EvidenceKind.GUESSED)
    return Evidence(kind=weakest, text="; ".join(f"{name}: {role.why}" for name, role in roles))


def referenced(text: str) -> Evidence:
    """That one object names the other."""
    return Evidence(kind=EvidenceKind.REFERENCED, text=text)


def guessed(text: str) -> Evidence:
    """That nothing else fits."""
    return Evidence(kind=EvidenceKind.GUESSED, text=text)
