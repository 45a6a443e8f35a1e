"""Graphs to draw: a realistic one, and any, with names of any text."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from itertools import cycle

import msgspec
from hypothesis import strategies as st

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import (
    Edge,
    Evidence,
    Gap,
    Graph,
    Node,
    ObjectId,
    Observability,
    Observation,
    assemble,
    edge,
)
from jupyternetes.graph.model.kinds import Answer, EvidenceKind, NodeKind, State

YES = Observation(answer=Answer.YES)
GREEN = Observability(metrics=YES, logs=YES, events=YES)
TOLD = Evidence(kind=EvidenceKind.TOLD, text="the hub says so")
GUESSED = Evidence(kind=EvidenceKind.GUESSED, text="the only pod with port 5432")

#: What has a meaning for some output, or none that any output can show.
HARMFUL = (
    "<>&\"'`[]{}/\\|;=#$\x00\x07\x08\n\r\t\x1b\x7f\x9b"
    "\u061c\u200b\u200e\u2028\u202e\u2066\u2069\ufeff\ufffe\ud800\udfff"
)
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(HARMFUL)), min_size=1, max_size=40) | st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        "<!-- ]]> <![CDATA[",
        "\x1b]8;;http://example.org\x07link\x1b]8;;\x07",
        "[bold red]x[/] [link=http://example.org]y[/link] :smile:",
        '"]; "n9" -> "n1" [label="\\',
        "a" * 500,
        "漢字" * 30,
    ]
)


def read_xml(text: str) -> ElementTree.Element:
    """The root of a document that we wrote ourselves."""
    return ElementTree.fromstring(text)  # noqa: S314


def node(kind: NodeKind, name: str, state: State = State.OK, **fields: object) -> Node:
    """A node that is well, all of which can be observed."""
    known = {"kind": kind.name, "layer": kind.layer, "observability": GREEN}
    return Node(**{**known, "id": f"{kind.name}/{name}", "name": name, "state": state, **fields})  # type: ignore[arg-type]


def shared_hub() -> Graph:
    """The published graph of OAuth, API, hub, database and users, with what a real deployment has besides."""
    api, dns = node(kinds.API_SERVER, "Kubernetes API", observability=Observability()), node(kinds.DNS, "kube-dns")
    oauth, volume = node(kinds.OAUTH, "oauth"), node(kinds.VOLUME, "db-data")
    database = node(kinds.DATABASE, "db", State.FAILING, reason="CrashLoopBackOff")
    hub, proxy, operator = node(kinds.HUB, "hub"), node(kinds.PROXY, "proxy"), node(kinds.OPERATOR, "pods")
    users = [node(kinds.SERVER, f"User {number}") for number in (1, 2, 3)]
    answers = edge(kinds.AUTHENTICATES, oauth.id, hub.id, TOLD)
    many = node(kinds.SERVER, "servers of minimal", count=409)
    claims = [node(kinds.CLAIM, f"home-{each.name}") for each in users]
    edges = [
        edge(kinds.ANSWERS, api.id, hub.id, TOLD),
        edge(kinds.ANSWERS, api.id, operator.id, TOLD),
        edge(kinds.RESOLVES, dns.id, hub.id, TOLD),
        msgspec.structs.replace(answers, state=State.OK, seconds=0.004),
        edge(kinds.STORES, database.id, hub.id, GUESSED),
        edge(kinds.MOUNTS, volume.id, database.id, TOLD),
        edge(kinds.ROUTES, hub.id, proxy.id, TOLD),
        edge(kinds.SERVES, proxy.id, hub.id, TOLD),
        *(edge(kinds.SPAWNS, hub.id, each.id, TOLD) for each in (*users, many)),
        *(edge(kinds.OPERATES, operator.id, each.id, TOLD) for each in (*users, many)),
        *(edge(kinds.SERVES, proxy.id, each.id, TOLD) for each in (*users, many)),
        *(edge(kinds.MOUNTS, claim.id, user.id, TOLD) for claim, user in zip(claims, users, strict=True)),
    ]
    return assemble(
        (api, dns, oauth, database, volume, hub, proxy, operator, *users, many, *claims),
        edges,
        deployment="jupyter/hub",
        taken="2026-11-28T19:30:00Z",
        gaps=(Gap(what="logs of the hub", why="no right: get pods/log", remedy="graph.logs=true"),),
    )


def cut_off() -> Graph:
    """A hub that gets no answer from its database, while both are well."""
    way = edge(kinds.STORES, "database/db", "hub/hub", TOLD)
    failing = {"state": State.FAILING, "reason": "NoAnswer", "message": "The hub says: It is refused."}
    return assemble(
        (node(kinds.DATABASE, "db"), node(kinds.HUB, "hub"), node(kinds.DNS, "dns")),
        (msgspec.structs.replace(way, **failing), edge(kinds.RESOLVES, "dns/dns", "hub/hub", TOLD)),
        deployment="jupyter/hub",
    )


def with_texts(graph: Graph, text: Callable[[], str]) -> Graph:
    """The graph with other texts wherever they come from others; ids and all that decides its form stay."""
    change = msgspec.structs.replace
    detail = Observation(answer=Answer.NO_RIGHT, detail="detail")
    nodes = [
        change(
            each,
            name=text(),
            reason=text(),
            message=text(),
            namespace=text(),
            user=text(),
            template=text(),
            cluster_node=text(),
            since=text(),
            objects=(ObjectId(kind=text(), name=text()),),
            observability=Observability(logs=change(detail, detail=text())),
        )
        for each in graph.nodes
    ]
    edges = [
        change(
            each,
            evidence=tuple(change(evidence, text=text()) for evidence in each.evidence),
            reason=text(),
            message=text(),
            since=text(),
        )
        for each in graph.edges
    ]
    gaps = [Gap(what=text(), why=text(), remedy=text()) for _ in graph.gaps]
    return change(graph, nodes=tuple(nodes), edges=tuple(edges), gaps=tuple(gaps), deployment=text(), taken=text())


HOSTILE = st.lists(TEXTS, min_size=1, max_size=5).map(lambda texts: with_texts(shared_hub(), cycle(texts).__next__))


@st.composite
def parts(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    """Nodes and edges of any graph that fits into a drawing, in any order."""
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from(list(kinds.NODE_KINDS.values())), TEXTS, st.sampled_from(State)), max_size=56
        )
    )
    nodes = [node(kind, name, state, id=f"{place}") for place, (kind, name, state) in enumerate(drawn)]
    ends = st.sampled_from([each.id for each in nodes] or ["none"])
    kind = st.sampled_from(list(kinds.EDGE_KINDS.values()))
    found = draw(st.lists(st.builds(edge, kind, ends, ends, st.sampled_from([TOLD, GUESSED])), max_size=120))
    states = draw(st.lists(st.sampled_from(State), min_size=len(found), max_size=len(found)))
    return nodes, [msgspec.structs.replace(each, state=state) for each, state in zip(found, states, strict=True)]


GRAPHS = parts().map(lambda each: assemble(*each))
