"""Which signs of trouble does a graph hold at one moment?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jupyternetes.graph.causes.signs import EFFECTS, WAITS_LONG, Nature, Sign, explained_over
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Edge, Graph, Node, id_of
from jupyternetes.graph.model.graph_reasons import NO_ANSWER
from jupyternetes.graph.model.kinds import Layer, NodeKind, State

#: Seconds after which a start that goes on without a word is a sign of trouble.
LONG_START: Final = 180
#: So many servers that fail alike are no coincidence.
SEVERAL: Final = 3
#: Of the servers that lack what is accused, at most one in so many may fail alike.
_RARE: Final = 10


def edge_id(edge: Edge) -> str:
    """An edge's name among the ids of nodes, none of which holds an arrow."""
    return f"{edge.source} -> {edge.target} ({edge.kind})"


@dataclass(frozen=True, slots=True)
class Alike:
    """Servers that fail for the same reason and have in common what could explain it; ``id`` is the server's own where
    there is only one.
    """

    id: str
    reason: str
    members: tuple[Node, ...]

    @property
    def servers(self) -> int:
        """How many they are."""
        return _servers(self.members)


@dataclass(frozen=True, slots=True)
class Reading:
    """The signs of one moment. By their ids: ``alike``, the groups of servers that show some, and ``ill``, the edges
    over which no answer comes.
    """

    signs: tuple[Sign, ...]
    alike: dict[str, Alike]
    ill: dict[str, Edge]


def read(graph: Graph) -> Reading:
    """Everything in a graph that looks like trouble, servers that fail alike as one.

    What a server shows accuses nobody else by itself: its owner's programs may write what they like. Several servers
    accuse what they have in common, and only if others that lack it do not fail so.
    """
    in_trouble = [node for node in graph.nodes if node.state in (State.FAILING, State.STARTING)]
    groups = _groups((node for node in in_trouble if node.kind == kinds.SERVER.name), graph.taken)
    ill = {edge_id(edge): edge for edge in graph.edges if edge.state is State.FAILING}
    signs = [
        *map(_of_part, (each for each in in_trouble if each.kind != kinds.SERVER.name and each.state is State.FAILING)),
        *map(_of_group, groups.values()),
        *_accusations(graph, list(groups.values())),
        *(_of_edge(graph, name, edge) for name, edge in ill.items()),
    ]
    return Reading(tuple(signs), groups, ill)


def _groups(failing: Iterable[Node], now: str) -> dict[str, Alike]:
    alike: dict[tuple[str, ...], list[Node]] = {}
    for node in failing:
        if reason := _trouble_of_server(node, now):
            over = explained_over(reason)
            shared = (each.of(node) if each.over.name in over else "" for each in _SHARED)
            alike.setdefault((reason, node.namespace, *shared), []).append(node)
    groups = (
        Alike(members[0].id if len(members) == 1 else "servers/" + "/".join(key), key[0], tuple(members))
        for key, members in alike.items()
    )
    return {group.id: group for group in groups}


def _trouble_of_server(node: Node, now: str) -> str:
    """The reason why a server fails; empty if it does not."""
    if node.state is State.FAILING:
        return node.reason or "Failing"
    return WAITS_LONG if node.state is State.STARTING and _age(node.since, now) > LONG_START else ""


def _age(since: str, now: str) -> float:
    """Seconds between two times as RFC 3339; 0 if one of them is not known."""
    try:
        return (datetime.fromisoformat(now) - datetime.fromisoformat(since)) / timedelta(seconds=1)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _of_part(node: Node) -> Sign:
    reason = node.reason or "Failing"
    text = node.message or f"{node.name} fails: {reason}."
    return Sign(node.id, node.id, _nature(node, reason), reason, text, node.since)


def _of_group(group: Alike) -> Sign:
    first = group.members[0]
    words = first.message or group.reason
    text = words if len(group.members) == 1 else f"{len(group.members)} servers fail alike, {first.name}: {words}"
    nature = Nature.EFFECT if group.reason in EFFECTS else Nature.OWN
    return Sign(group.id, group.id, nature, group.reason, text, _since(group.members), group.servers)


def _nature(node: Node, reason: str) -> Nature:
    """A reason that is an effect in others is the node's own in the part that it is about."""
    at_home = node.layer is Layer.PLATFORM or node.kind == kinds.TEMPLATE.name
    return Nature.EFFECT if reason in EFFECTS and not at_home else Nature.OWN


def _of_edge(graph: Graph, name: str, edge: Edge) -> Sign:
    """The hub says that it got no answer: of the other end, or of the way there if that is well by itself."""
    other = graph.by_id[edge.target if edge.kind == kinds.ROUTES.name else edge.source]
    accused = name if other.state is State.OK else other.id
    text = edge.message or f"No answer comes from {other.name}."
    return Sign(name, accused, Nature.SEEN, edge.reason or NO_ANSWER.name, text, edge.since)


@dataclass(frozen=True, slots=True)
class _Shared:
    """Something that servers have in common, and over which kind of edge it harms them."""

    kind: NodeKind
    over: kinds.EdgeKind

    def of(self, node: Node) -> str:
        """Which one a server has."""
        return node.template if self.kind is kinds.TEMPLATE else node.cluster_node


_SHARED: Final = (_Shared(kinds.TEMPLATE, kinds.SHAPES), _Shared(kinds.CLUSTER_NODE, kinds.RUNS))


def _accusations(graph: Graph, groups: Sequence[Alike]) -> Iterator[Sign]:
    """What servers accuse that fail alike: their Template or their cluster node, if hardly one without it fails so."""
    by_reason: dict[str, list[Node]] = {}
    for group in groups:
        by_reason.setdefault(group.reason, []).extend(group.members)
    if all(_servers(failing) < SEVERAL for failing in by_reason.values()):
        return
    servers = (node for node in graph.nodes if node.kind == kinds.SERVER.name)
    active = [node for node in servers if node.state not in (State.STOPPED, State.STOPPING)]
    for shared in _SHARED:
        there = {name: _servers(nodes) for name, nodes in _by(shared, active).items()}
        everywhere = sum(there.values())
        for reason, failing in sorted(by_reason.items()):
            if shared.over.name not in explained_over(reason):
                continue
            all_failing = _servers(failing)
            for name, nodes in sorted(_by(shared, failing).items()):
                number, without = _servers(nodes), everywhere - there[name]
                if (
                    name
                    and number >= SEVERAL
                    and number * 2 >= there[name]
                    and (all_failing - number) * _RARE <= without
                ):
                    text = f"{number} of {there[name]} servers with {shared.kind.noun} {name} fail with {reason}"
                    rest = f", and hardly any of the {without} others." if without else "."
                    yield _accusation(graph, shared, name, reason, nodes, text + rest)


def _by(shared: _Shared, nodes: Iterable[Node]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(shared.of(node), []).append(node)
    return found


def _since(nodes: Iterable[Node]) -> str:
    """When the first of them began to fail; empty if that is not known."""
    return min((node.since for node in nodes if node.since), default="")


def _servers(nodes: Iterable[Node]) -> int:
    return sum(node.count for node in nodes)


def _accusation(graph: Graph, shared: _Shared, name: str, reason: str, failing: Sequence[Node], text: str) -> Sign:
    """The cluster node may be missing in the graph, for want of the right to read nodes."""
    edges = graph.into.get(failing[0].id, ())
    accused = next((edge.source for edge in edges if edge.kind == shared.over.name), id_of(kinds.CLUSTER_NODE, name))
    return Sign(accused, accused, Nature.ABOUT, reason, text, _since(failing), _servers(failing))
