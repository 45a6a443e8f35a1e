"""Few shapes for many servers: nodes that are alike are drawn as one, and none is left out.

While everything fits, each server is a shape of its own. Beyond that claims are folded by state, then servers by state,
Template and cluster node, the failing ones last. The counts of the folded always add up to the number of servers.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final
from urllib.parse import quote

import msgspec

from jupyternetes.graph.model.graph import Edge, Evidence, Graph, Node, Observability, Observation, gravest
from jupyternetes.graph.model.kinds import CLAIM, OTHER_RESOURCE, SERVER, Answer, Capability, EvidenceKind, State

#: Shapes of a drawing, the capabilities among them, beyond which a person no longer finds anything.
SHAPES: Final = 60

#: What nodes have in common that are drawn as one; None for a node that is drawn by itself.
_Likeness = Callable[[Node], tuple[str, ...] | None]


def fold(graph: Graph, *, shapes: int = SHAPES, single: Collection[str] = ()) -> Graph:
    """The graph with at most ``shapes`` shapes, the four capabilities among them; itself if it has no more.

    ``single``: ids of nodes that somebody looks for. They stay by themselves, and may go beyond ``shapes``.
    """
    room = shapes - len(Capability)
    if len(graph.nodes) <= room:
        return graph
    groups: dict[tuple[str, ...], list[Node]] = {}
    for alike in _LEVELS:
        groups = _groups(graph.nodes, alike, single)
        if len(groups) <= room:
            break
    return _folded(graph, groups)


def _shared_by_state(node: Node) -> tuple[str, ...]:
    return (node.kind, node.state)


def _claims(node: Node) -> tuple[str, ...] | None:
    return (node.kind, node.state) if node.kind in (CLAIM.name, OTHER_RESOURCE.name) else None


def _servers(like: Callable[[Node], tuple[str, ...] | None], shared: _Likeness = _claims) -> _Likeness:
    """Claims by state, servers by what ``like`` says, and the rest by what ``shared`` says."""

    def alike(node: Node) -> tuple[str, ...] | None:
        if node.kind != SERVER.name:
            return shared(node)
        parts = like(node)
        return None if parts is None else (node.kind, *parts)

    return alike


def _in_full(server: Node) -> tuple[str, ...]:
    return (server.state, server.reason, server.template, server.cluster_node)


#: From much to see to little; the first that fits is taken.
_LEVELS: Final[tuple[_Likeness, ...]] = (
    _claims,
    _servers(lambda each: None if each.state is State.FAILING else _in_full(each)),
    _servers(_in_full),
    _servers(lambda each: (each.state, each.reason, each.template), _shared_by_state),
    _servers(lambda each: (each.state, each.template), _shared_by_state),
    _shared_by_state,
    lambda each: (each.known_kind.name,),
)


def _groups(nodes: Iterable[Node], alike: _Likeness, single: Collection[str]) -> dict[tuple[str, ...], list[Node]]:
    groups: dict[tuple[str, ...], list[Node]] = {}
    for node in nodes:
        key = None if node.id in single else alike(node)
        # The empty word begins the keys of the single ones: no kind is called so.
        groups.setdefault(("", node.id) if key is None else key, []).append(node)
    return groups


def _folded(graph: Graph, groups: dict[tuple[str, ...], list[Node]]) -> Graph:
    nodes: list[Node] = []
    shown_as: dict[str, str] = {}
    for key, members in groups.items():
        shape = members[0] if len(members) == 1 else _together(key, members)
        nodes.append(shape)
        shown_as.update((member.id, shape.id) for member in members)
    merged: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in graph.edges:
        merged.setdefault((shown_as[edge.source], shown_as[edge.target], edge.kind), []).append(edge)
    return graph.replaced(
        nodes=nodes, edges=(_as_one(source, target, edges) for (source, target, _), edges in merged.items())
    )


def _as_one(source: str, target: str, edges: list[Edge]) -> Edge:
    """One edge for many of a kind, which fares as the worst; of each kind of evidence the first stands for all."""
    evidence: dict[EvidenceKind, Evidence] = {}
    for edge in edges:
        for each in edge.evidence:
            evidence.setdefault(each.kind, each)
    harmed = {capability for edge in edges for capability in edge.harms}
    return msgspec.structs.replace(
        gravest(edges),
        source=source,
        target=target,
        evidence=tuple(evidence.values()),
        delay=max(edge.delay for edge in edges),
        harms=tuple(each for each in Capability if each in harmed),
    )


def _together(key: tuple[str, ...], members: list[Node]) -> Node:
    """One node for several of a kind: it says what they have in common.

    Its id follows from ``key``, not from their number: the shape stays the same while servers come and go.
    """
    first = members[0]
    template = _common(member.template for member in members)
    cluster_node = _common(member.cluster_node for member in members)
    reason = _common(member.reason for member in members)
    return Node(
        id="/".join(("all", *(quote(part, safe="") for part in key))),
        kind=first.kind,
        name=_title(first, template, cluster_node),
        layer=first.layer,
        state=gravest(members).state,
        reason=reason,
        message=_common(member.message for member in members),
        namespace=_common(member.namespace for member in members),
        count=sum(member.count for member in members),
        template=template,
        cluster_node=cluster_node,
        members=tuple(member.id for member in members),
        observability=Observability(
            metrics=_answer([member.observability.metrics for member in members]),
            logs=_answer([member.observability.logs for member in members]),
            events=_answer([member.observability.events for member in members]),
        ),
    )


def _title(first: Node, template: str, cluster_node: str) -> str:
    parts = [first.known_kind.plural]
    parts += [f"of {template}"] if template else []
    parts += [f"on {cluster_node}"] if cluster_node else []
    return " ".join(parts)


def _common(texts: Iterable[str]) -> str:
    """What all say; empty if they differ."""
    different = set(texts)
    return different.pop() if len(different) == 1 else ""


def _answer(members: list[Observation]) -> Observation:
    """What was found of those that were asked stands for all; the detail says how many these were."""
    asked = [each for each in members if each.answer is not Answer.NOT_ASKED]
    if not asked:
        return Observation()
    worst = next((each for each in asked if each.answer is not Answer.YES), asked[0])
    some = f"{len(asked)} of {len(members)} asked" if len(asked) < len(members) else ""
    return Observation(answer=worst.answer, detail="; ".join(part for part in (worst.detail, some) if part))
