"""Which signs of trouble does a graph hold at one moment?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jupyternetes.api import gate_reasons, reasons
from jupyternetes.api.dependency_reasons import DISK_FULL
from jupyternetes.graph.causes.parts import Alike, name_of, node_name, volume_of
from jupyternetes.graph.causes.signs import (
    EFFECTS,
    PROGRESS_DEADLINE_EXCEEDED,
    WAITS_LONG,
    Nature,
    Sign,
    explained_over,
    trouble,
)
from jupyternetes.graph.causes.times import PROGRESS_DEADLINE, age, is_being_replaced, is_overdue
from jupyternetes.graph.causes.ways import Ways
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, Node, id_of
from jupyternetes.graph.model.kinds import Layer, NodeKind, State

#: Seconds after which a start that goes on without a word is a sign of trouble.
LONG_START: Final = 180.0
#: What takes its time without anything being wrong: an image of some gigabytes.
_MAY_TAKE_LONGER: Final = (reasons.PULLING.name, reasons.CONTAINER_CREATING.name)
#: Its Template says for how long it may, and then it ends for a reason of its own.
_ENDS_BY_ITSELF: Final = (reasons.WAITING_FOR_OTHER_RESOURCE.name, gate_reasons.WAITING_FOR_GATE.name)
#: Somebody asked for it, such as by a drain of the node.
_ON_PURPOSE: Final = (reasons.EVICTION_BY_EVICTION_API.name,)
#: So many servers that fail alike are no coincidence.
SEVERAL: Final = 3
#: Of the servers that lack what is accused, at most one in so many may fail alike.
_RARE: Final = 10
#: To look a member of an enumeration up takes longer than to compare it; there are hundreds of thousands of edges.
_FAILING, _OK, _STARTING, _STOPPED, _STOPPING = (
    State.FAILING,
    State.OK,
    State.STARTING,
    State.STOPPED,
    State.STOPPING,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The signs of one moment, and the parts that are being replaced on purpose, which are none."""

    signs: tuple[Sign, ...]
    planned: tuple[Node, ...] = ()


def read(graph: Graph, now: str = "") -> Reading:
    """Everything in a graph that looks like trouble, servers that fail alike as one.

    ``now``: RFC 3339; by default the moment of the graph, which may be older if nothing has changed since. What a
    server shows accuses nobody else by itself: its owner's programs may write what they like. Several servers accuse
    what they have in common, and only if others that lack it do not fail so.
    """
    now = graph.as_of or now or graph.taken
    ways = Ways(graph, [edge for edge in graph.edges if edge.state is _FAILING], now)
    told_of = ways.told_of()
    not_well = [node for node in graph.nodes if node.state is not _OK and node.state is not _STOPPED]
    groups = _groups((node for node in not_well if node.kind == kinds.SERVER.name), now)
    parts = [node for node in not_well if node.kind != kinds.SERVER.name]
    failing = (node for node in parts if node.state is _FAILING and (node.id, node.reason) not in told_of)
    signs = (
        *(_of_part(graph, node) for node in failing),
        *(_of_overdue(node) for node in parts if is_overdue(node, now)),
        *map(_of_group, groups.values()),
        *_accusations(graph, list(groups.values())),
        *ways.signs(),
    )
    return Reading(signs, tuple(node for node in parts if is_being_replaced(node, now)))


def _groups(nodes: Iterable[Node], now: str) -> dict[str, Alike]:
    alike: dict[tuple[str, ...], tuple[str, list[Node]]] = {}
    for node in nodes:
        if reason := _trouble_of_server(node, now):
            over = explained_over(reason)
            shared = (each.of(node) if each.over.name in over else "" for each in _SHARED)
            alike.setdefault((trouble(reason), node.namespace, *shared), (reason, []))[1].append(node)
    groups = (
        Alike(members[0].id, own_word, tuple(members))
        if len(members) == 1
        else Alike("servers/" + "/".join(key), key[0], tuple(members))
        for key, (own_word, members) in alike.items()
    )
    return {group.id: group for group in groups}


def _trouble_of_server(node: Node, now: str) -> str:
    """The reason why a server fails; empty if it does not, or was ended on purpose."""
    if node.state is _FAILING:
        return "" if node.reason in _ON_PURPOSE else node.reason or "Failing"
    if node.reason in _ENDS_BY_ITSELF:
        return ""
    longest = PROGRESS_DEADLINE if node.reason in _MAY_TAKE_LONGER else LONG_START
    return WAITS_LONG if node.state is _STARTING and age(node.since, now) > longest else ""


def _of_part(graph: Graph, node: Node) -> Sign:
    """A program that found no room for its files complains of what holds them."""
    reason = node.reason or "Failing"
    text = node.message or f"{node.name} fails: {reason}."
    if reason == DISK_FULL.name and (volume := volume_of(graph, node)) != node.id:
        return Sign(node.id, volume, Nature.SEEN, reason, text, node.since, called=name_of(graph, volume))
    servers = 1 if node.kind == kinds.OTHER_RESOURCE.name else 0  # of one server, as its claims are
    nature, called = _nature(node, reason), node_name(node)
    return Sign(node.id, node.id, nature, reason, text, node.since, servers=servers, called=called)


def _of_overdue(node: Node) -> Sign:
    text = f"{node.name} has been replaced since {node.changing}, and is not ready yet."
    reason, name = PROGRESS_DEADLINE_EXCEEDED, node_name(node)
    return Sign(node.id, node.id, Nature.EFFECT, reason, text, node.changing, called=name)


def _of_group(group: Alike) -> Sign:
    first = group.members[0]
    words = first.message or group.reason
    text = words if len(group.members) == 1 else f"{len(group.members)} servers fail alike, {first.name}: {words}"
    return Sign(
        subject=group.id,
        accused=group.id,
        nature=Nature.EFFECT if group.reason in EFFECTS else Nature.OWN,
        reason=group.reason,
        text=text,
        since=_since(group.members),
        servers=group.servers,
        called=group.called,
        part=group,
    )


def _nature(node: Node, reason: str) -> Nature:
    """A reason that is an effect in others is the node's own in the part that it is about."""
    at_home = node.layer is Layer.PLATFORM or node.kind == kinds.TEMPLATE.name
    return Nature.EFFECT if reason in EFFECTS and not at_home else Nature.OWN


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
        by_reason.setdefault(trouble(group.reason), []).extend(group.members)
    if all(_servers(failing) < SEVERAL for failing in by_reason.values()):
        return
    servers = (node for node in graph.nodes if node.kind == kinds.SERVER.name)
    active = [node for node in servers if node.state is not _STOPPED and node.state is not _STOPPING]
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
    edges = graph.into_trouble.get(failing[0].id, ())
    accused = next((edge.source for edge in edges if edge.kind == shared.over.name), id_of(kinds.CLUSTER_NODE, name))
    return Sign(
        subject=accused,
        accused=accused,
        nature=Nature.ABOUT,
        reason=reason,
        text=text,
        since=_since(failing),
        servers=_servers(failing),
        called=name_of(graph, accused),
    )
