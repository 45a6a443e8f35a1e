"""A deployment as many sites have it, and what can go wrong in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as _replace
from typing import Any, Self

import msgspec

from jupyternetes.graph.causes.verdict import Verdict, judge_once
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Edge, Evidence, Gap, Graph, Node, assemble, edge
from jupyternetes.graph.model.kinds import EvidenceKind, NodeKind, State

TOLD = Evidence(kind=EvidenceKind.TOLD, text="the hub says so")
OPERATORS = ("pvcs", "pods", "pod-status")
TAKEN = "2026-11-28T12:00:00Z"

_PARTS = (
    (kinds.API_SERVER, "Kubernetes API"),
    (kinds.DNS, "DNS"),
    (kinds.OAUTH, "keycloak"),
    (kinds.DATABASE, "postgres"),
    (kinds.VOLUME, "postgres-data"),
    (kinds.HUB, "hub"),
    (kinds.PROXY, "proxy"),
    (kinds.QUOTA, "students"),
)
_EDGES = (
    (kinds.ANSWERS, "api-server", "hub"),
    (kinds.RESOLVES, "dns", "hub"),
    (kinds.RESOLVES, "dns", "proxy"),
    (kinds.AUTHENTICATES, "oauth", "hub"),
    (kinds.MOUNTS, "volume", "database"),
    (kinds.STORES, "database", "hub"),
    (kinds.ROUTES, "hub", "proxy"),
    (kinds.SERVES, "proxy", "hub"),
    *((kinds.ANSWERS, "api-server", f"operator/{name}") for name in OPERATORS),
)


def _node(kind: NodeKind, node_id: str, name: str, **fields: Any) -> Node:
    return Node(id=node_id, kind=kind.name, name=name, layer=kind.layer, state=State.OK, **fields)


@dataclass(frozen=True)
class Site:
    """The deployment at one moment; each method gives another one, with more wrong in it."""

    graph: Graph

    def ill(self, node_id: str, reason: str = "", state: State = State.FAILING, **fields: Any) -> Self:
        """A node in another state."""
        return self.all_ill((node_id,), reason, state, **fields)

    def all_ill(self, node_ids: Iterable[str], reason: str = "", state: State = State.FAILING, **fields: Any) -> Self:
        """Several nodes in another state."""
        ill = {
            each: msgspec.structs.replace(self.graph.by_id[each], state=state, reason=reason, **fields)
            for each in node_ids
        }
        return _replace(self, graph=self.graph.replaced(nodes=(ill.get(node.id, node) for node in self.graph.nodes)))

    def unanswered(self, source: str, target: str, reason: str = "NoAnswer", message: str = "", **fields: Any) -> Self:
        """The hub says that it gets no answer over the way between the two."""
        return self.way(source, target, state=State.FAILING, reason=reason, message=message, **fields)

    def way(self, source: str, target: str, **fields: Any) -> Self:
        """The way between two nodes with other fields."""

        def told(each: Edge) -> Edge:
            same = (each.source, each.target) == (source, target)
            return msgspec.structs.replace(each, **fields) if same else each

        return _replace(self, graph=self.graph.replaced(edges=map(told, self.graph.edges)))

    def replacing(self, node_id: str, since: str = TAKEN, state: State = State.STARTING, reason: str = "") -> Self:
        """A node whose pods are new, or are to go."""
        return self.ill(node_id, reason, state, changing=since)

    def taken(self, time: str) -> Self:
        """The same at another moment."""
        return _replace(self, graph=msgspec.structs.replace(self.graph, taken=time))

    def silent_api(self, as_of: str = TAKEN) -> Self:
        """The API server does not answer; all that it told is as old."""
        silent = self.ill("api-server", "ApiUnavailable")
        return _replace(silent, graph=msgspec.structs.replace(silent.graph, as_of=as_of))

    def without(self, node_id: str, right: str = "nodes") -> Self:
        """A node that could not be seen for want of a right."""
        gap = Gap(what=node_id, why=f"the account may not list {right}")
        nodes = (node for node in self.graph.nodes if node.id != node_id)
        return _replace(self, graph=self.graph.replaced(nodes=nodes, gaps=(*self.graph.gaps, gap)))

    @property
    def verdict(self) -> Verdict:
        return judge_once(self.graph)

    @property
    def causes(self) -> list[str]:
        """The ids of the causes, the first one first."""
        return [cause.id for cause in self.verdict.causes]


def site(users: int = 6, to_a_node: int = 3) -> Site:
    """All is well. Users 0, 2, 4, … have Template ``small``, the others ``large``."""
    nodes = [_node(kind, kind.name, name) for kind, name in _PARTS]
    nodes += [_node(kinds.OPERATOR, f"operator/{name}", name) for name in OPERATORS]
    nodes += [_node(kinds.TEMPLATE, f"template/{name}", name) for name in ("small", "large")]
    edges = [edge(kind, source, target, TOLD) for kind, source, target in _EDGES]
    places: dict[str, Node] = {}
    for place, parts in (("worker-0", ("hub", "proxy")), ("worker-1", ("database", "oauth"))):
        places[place] = _node(kinds.CLUSTER_NODE, f"node/{place}", place)
        edges += [edge(kinds.RUNS, f"node/{place}", part, TOLD) for part in parts]
    for number in range(users):
        template, place = ("small", "large")[number % 2], f"worker-{number // to_a_node}"
        places.setdefault(place, _node(kinds.CLUSTER_NODE, f"node/{place}", place))
        name = f"user-{number}"
        fields = {"user": name, "namespace": "hub", "template": template, "cluster_node": place}
        server, claim = f"server/{name}", f"claim/{name}"
        nodes += [_node(kinds.SERVER, server, name, **fields), _node(kinds.CLAIM, claim, name)]
        edges += [
            edge(kinds.SPAWNS, "hub", server, TOLD),
            edge(kinds.SERVES, "proxy", server, TOLD),
            edge(kinds.SHAPES, f"template/{template}", server, TOLD),
            edge(kinds.RUNS, f"node/{place}", server, TOLD),
            edge(kinds.ADMITS, "quota", server, TOLD),
            edge(kinds.MOUNTS, claim, server, TOLD),
            *(edge(kinds.OPERATES, f"operator/{each}", server, TOLD) for each in OPERATORS),
        ]
    return Site(assemble((*nodes, *places.values()), edges, deployment="hub/hub", taken=TAKEN))
