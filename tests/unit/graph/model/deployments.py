"""Graphs to test with: one small deployment by hand, and any others by hypothesis."""

from hypothesis import strategies as st

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Edge, Evidence, Graph, Node, assemble, edge
from jupyternetes.graph.model.kinds import EvidenceKind, NodeKind, State

TOLD = Evidence(kind=EvidenceKind.TOLD, text="the hub says so")


def node(kind: NodeKind, name: str = "", **fields: object) -> Node:
    """A node that is well, called as its kind if it has no name."""
    known = {"id": f"{kind.name}/{name}" if name else kind.name, "name": name or kind.name, "state": State.OK}
    return Node(**{"kind": kind.name, "layer": kind.layer, **known, **fields})  # type: ignore[arg-type]


def server(user: str, **fields: object) -> Node:
    return node(kinds.SERVER, user, **{"user": user, "template": "small", "cluster_node": "one", **fields})


def deployment(*servers: Node) -> Graph:
    """API, DNS, OAuth, database, hub, Pod operator, proxy, a Template, a cluster node; each server with its claim."""
    claims = {each.id: node(kinds.CLAIM, f"home-{each.name}") for each in servers}
    shared = (
        kinds.API_SERVER,
        kinds.DNS,
        kinds.OAUTH,
        kinds.DATABASE,
        kinds.HUB,
        kinds.OPERATOR,
        kinds.PROXY,
        kinds.TEMPLATE,
        kinds.CLUSTER_NODE,
    )
    edges = [
        edge(kinds.ANSWERS, "api-server", "hub", TOLD),
        edge(kinds.ANSWERS, "api-server", "operator", TOLD),
        edge(kinds.RESOLVES, "dns", "hub", TOLD),
        edge(kinds.AUTHENTICATES, "oauth", "hub", TOLD),
        edge(kinds.STORES, "database", "hub", TOLD),
        edge(kinds.ROUTES, "hub", "proxy", TOLD),
        edge(kinds.SERVES, "proxy", "hub", TOLD),
    ]
    for each in servers:
        edges += [
            edge(kinds.SPAWNS, "hub", each.id, TOLD),
            edge(kinds.OPERATES, "operator", each.id, TOLD),
            edge(kinds.SHAPES, "template", each.id, TOLD),
            edge(kinds.RUNS, "node", each.id, TOLD),
            edge(kinds.MOUNTS, claims[each.id].id, each.id, TOLD),
        ]
    return assemble((*map(node, shared), *servers, *claims.values()), edges, deployment="hub/z2jh")


WORDS = st.text(max_size=12)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph whose nodes have any texts."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(list(kinds.NODE_KINDS.values())), WORDS, st.sampled_from(State), WORDS, WORDS, WORDS
            ),
            max_size=30,
        )
    )
    nodes = [
        node(kind, id=f"{kind.name}/{place}", name=name, state=state, reason=reason, template=template, message=message)
        for place, (kind, name, state, reason, template, message) in enumerate(drawn)
    ]
    ids = [each.id for each in nodes] or [""]
    ends = st.sampled_from(ids)
    evidence = st.builds(Evidence, kind=st.sampled_from(EvidenceKind), text=WORDS)
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(list(kinds.EDGE_KINDS.values())), ends, ends, evidence), max_size=40)
    )
    edges: list[Edge] = [edge(kind, source, target, each) for kind, source, target, each in pairs]
    return assemble(nodes, edges)
