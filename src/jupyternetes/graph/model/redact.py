"""What a person who is no administrator may see: one's own servers, and how the shared parts fare."""

from collections import deque

import msgspec

from jupyternetes.graph.model.graph import Graph, Node, assemble
from jupyternetes.graph.model.kinds import SERVER
from jupyternetes.graph.model.sentences import known_reason, sentence_of, without_texts


def redact(graph: Graph, user: str) -> Graph:
    """The part of ``graph`` that concerns the servers of ``user``, JupyterHub's raw name.

    Of the user's own servers it keeps name, state and reason, of shared nodes and of edges kind, state and reason.
    Texts are those of the table of reasons: messages, texts of evidence and gaps may name other people, pods and hosts,
    and are left out, as are the ids and names of everything shared.
    """
    own = [node for node in graph.nodes if node.kind == SERVER.name and node.user == user and user]
    concerned = _causes(graph, [node.id for node in own])
    others = (node for node in graph.nodes if node.id in concerned and node.kind != SERVER.name)
    shown: dict[str, Node] = {}
    counts: dict[str, int] = {}
    for node in (*own, *others):
        counts[node.kind] = counts.get(node.kind, 0) + 1
        shown[node.id] = _shown(node, counts[node.kind])
    edges = (
        msgspec.structs.replace(
            without_texts(edge, shown[edge.source].id, shown[edge.target].id), seconds=None, since="", lasted=0.0
        )
        for edge in graph.edges
        if edge.source in shown and edge.target in shown
    )
    return assemble(shown.values(), edges, taken=graph.taken, as_of=graph.as_of)


def _causes(graph: Graph, servers: list[str]) -> set[str]:
    """Everything whose trouble can reach one of ``servers``, and these; never by way of another server."""
    found, waiting = set(servers), deque(servers)
    while waiting:
        for edge in graph.into.get(waiting.popleft(), ()):
            if edge.source not in found and graph.by_id[edge.source].kind != SERVER.name:
                found.add(edge.source)
                waiting.append(edge.source)
    return found


def _shown(node: Node, number: int) -> Node:
    own = node.kind == SERVER.name
    return Node(
        id=f"{node.kind}-{number}",
        kind=node.kind,
        name=node.name if own else node.known_kind.noun or "a part that your administrators added",
        layer=node.layer,
        state=node.state,
        reason=known_reason(node.reason),
        message=sentence_of(node.reason),
        user=node.user if own else "",
        since=node.since if own else "",
    )
