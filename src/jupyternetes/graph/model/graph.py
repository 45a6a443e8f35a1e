"""Nodes, edges and the graph: the data that discovery gives, outputs show and recordings hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import groupby
from operator import attrgetter, eq
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec import Struct

from jupyternetes.graph.model.kinds import (
    DECLARED,
    EDGE_KINDS,
    GRAVEST,
    HUB,
    NODE_KINDS,
    SERVER,
    SPAWNS,
    STRENGTH,
    TROUBLE,
    Answer,
    Capability,
    EdgeKind,
    EvidenceKind,
    Layer,
    NodeKind,
    State,
)

#: Of the JSON that holds a graph. The number goes up when a reader of the old form would misread the new one.
SCHEMA: Final = "jupyternetes.kadense.io/graph/2"


class _Data(Struct, rename="camel", frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Fields that hold their default are left out of the JSON."""


class Evidence(_Data, frozen=True, kw_only=True):
    """From what an edge is known; ``text`` says it in a sentence that names the object."""

    kind: EvidenceKind
    text: str = ""


class Edge(_Data, frozen=True, kw_only=True):
    """From cause (``source``) to affected (``target``), both ids of nodes. There is one edge of a kind between two.

    ``delay``: seconds after which trouble of the source shows at the target at the latest. ``harms``: what people can
    no longer do when it does. ``state``: how the way between the two fares, by what one of them told of it, whatever
    each of them is seen to do; unknown where nothing was told. ``seconds``: how long the last answer over it took; None
    if there was none. ``since``: when the state began, RFC 3339, where that is known; ``lasted``: seconds since then,
    by the clock of who told of it. ``reached_from_here``: whether what the hub asks takes a connection from where the
    graph was made, too; False only if it took one before, None if nothing follows from it.
    """

    source: str
    target: str
    kind: str
    evidence: tuple[Evidence, ...]
    delay: int = 0
    harms: tuple[Capability, ...] = ()
    state: State = State.UNKNOWN
    reason: str = ""
    message: str = ""
    seconds: float | None = None
    since: str = ""
    lasted: float = 0.0
    reached_from_here: bool | None = None

    @property
    def guessed(self) -> bool:
        """Whether there is nothing better than a guess for it."""
        return all(each.kind is EvidenceKind.GUESSED for each in self.evidence)

    @property
    def meaning(self) -> str:
        """A verb: what the source does for the target."""
        kind = EDGE_KINDS.get(self.kind)
        return kind.meaning if kind is not None else self.kind


def id_of(kind: NodeKind, key: str, namespace: str = "") -> str:
    """The id of a node: ``key`` and ``namespace`` tell it from all others of its kind."""
    return "/".join(filter(None, (kind.name, namespace, key)))


def edge(kind: EdgeKind, source: str, target: str, *evidence: Evidence) -> Edge:
    """An edge with what is known of its kind, the strongest evidence first."""
    return Edge(
        source=source,
        target=target,
        kind=kind.name,
        evidence=_strongest_first(evidence),
        delay=kind.delay,
        harms=kind.harms,
    )


def _strongest_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(evidence, key=lambda each: -STRENGTH[each.kind]))


class Observation(_Data, frozen=True, kw_only=True):
    """Whether one thing can be observed of a node; ``detail`` says why not, and which right is missing."""

    answer: Answer = Answer.NOT_ASKED
    detail: str = ""


class Observability(_Data, frozen=True, kw_only=True):
    """What can be observed of a node, as the published description of the graph asks."""

    metrics: Observation = Observation()
    logs: Observation = Observation()
    events: Observation = Observation()

    @property
    def complete(self) -> bool:
        """Whether all three can be observed, which drawings show by a green fill."""
        return all(each.answer is Answer.YES for _, each in self)

    @property
    def missing(self) -> tuple[str, ...]:
        """What cannot be observed, each with its answer and the reason."""
        return tuple(
            f"{name}: {each.answer}" + (f" ({each.detail})" if each.detail else "")
            for name, each in self
            if each.answer is not Answer.YES
        )

    def __iter__(self) -> Iterator[tuple[str, Observation]]:
        yield "metrics", self.metrics
        yield "logs", self.logs
        yield "events", self.events


class Series(_Data, frozen=True, kw_only=True):
    """The five values that the published analysis of JupyterHub's pods looked at; None where there is no data.

    Memory and volume are bytes, CPU is cores, the reasons are Kubernetes' words for why containers wait or ended.
    """

    memory_working_set_bytes: int | None = None
    cpu_cores: float | None = None
    waiting_reasons: tuple[str, ...] = ()
    terminated_reasons: tuple[str, ...] = ()
    volume_used_bytes: int | None = None


class ObjectId(_Data, frozen=True, kw_only=True):
    """An object of Kubernetes that a node stands for; ``uid``, where it is known, tells it from others of its name."""

    kind: str
    name: str
    namespace: str = ""
    uid: str = ""


class Node(_Data, frozen=True, kw_only=True):
    """A part of the deployment.

    ``id``: unique in the graph, and the same as long as the part lives. ``name``: what people know it by, any text.
    ``count``: how many servers or claims it stands for; more than one where they are folded. ``user``, ``template``,
    ``cluster_node``: of a server whose it is, from what it is made and where it runs. ``objects``: what it is in the
    cluster. ``since``: when its state began, RFC 3339, where that is known. ``members``: the ids of the nodes that are
    folded into it. ``changing``: since when it is being replaced, RFC 3339, because its pods are new or are to go;
    empty if it is not. ``revision``: what is another word after each change that somebody makes to it, such as the
    generation of a Template; empty where that is not known.
    """

    id: str
    kind: str
    name: str
    layer: Layer
    state: State = State.UNKNOWN
    reason: str = ""
    message: str = ""
    namespace: str = ""
    count: int = 1
    user: str = ""
    template: str = ""
    cluster_node: str = ""
    since: str = ""
    members: tuple[str, ...] = ()
    objects: tuple[ObjectId, ...] = ()
    observability: Observability = Observability()
    series: Series | None = None
    changing: str = ""
    revision: str = ""

    @property
    def known_kind(self) -> NodeKind:
        """What is known of its kind; a recording may hold kinds of a later version, which count as declared."""
        return NODE_KINDS.get(self.kind, DECLARED)

    @property
    def kind_word(self) -> str:
        """What people call its kind."""
        return self.known_kind.word or self.kind

    @property
    def running(self) -> bool:
        """Of a server: whether its owner uses it, as far as is known."""
        return self.state in _RUNNING


_RUNNING: Final = (State.OK, State.DEGRADED, State.UNKNOWN)


class Gap(_Data, frozen=True, kw_only=True):
    """Something that could not be seen: what, why, and what would help."""

    what: str
    why: str
    remedy: str = ""


class Graph(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """All that is known of a deployment at one moment; ``assemble`` makes one.

    ``schema``: the form of its JSON. ``deployment``: what it is called, namespace and release. ``taken``: when, RFC
    3339 in UTC. ``as_of``: when the API server answered last, RFC 3339, if it no longer does; what it told is as old.
    Nodes stand in the order of their layers, edges in that of their ends.
    """

    schema: str
    deployment: str = ""
    taken: str = ""
    as_of: str = ""
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def out_of(self) -> dict[str, list[Edge]]:
        """The edges by their sources."""
        found: dict[str, list[Edge]] = {}
        for source, edges in groupby(self.edges, attrgetter("source")):  # one group for each, as they are in order
            found.setdefault(source, []).extend(edges)
        return found

    @cached_property
    def into(self) -> dict[str, list[Edge]]:
        """The edges by their targets."""
        return _by_targets(self.edges)

    @cached_property
    def into_trouble(self) -> dict[str, list[Edge]]:
        """The same without most edges, those to servers that are well and that nothing else depends on."""
        servers = {node.id for node in self.nodes if node.kind == SERVER.name and node.state is State.OK}
        well = servers.difference(map(attrgetter("source"), self.edges))
        return _by_targets(edge for edge in self.edges if edge.target not in well)

    def into_those(self, nodes: Collection[str]) -> dict[str, list[Edge]]:
        """The edges by their targets, of a few nodes, by their ids."""
        return _by_targets(edge for edge in self.edges if edge.target in nodes)

    @cached_property
    def servers(self) -> int:
        """How many servers there are, however they are folded."""
        return sum(node.count for node in self.nodes if node.kind == SERVER.name)

    @cached_property
    def hubs(self) -> tuple[str, ...]:
        """The ids of its hubs."""
        return tuple(node.id for node in self.nodes if node.kind == HUB.name)

    @cached_property
    def hub_of(self) -> dict[str, str]:
        """By which of several hubs each server was started, both by their ids; empty if more than one may have done it.

        Of a server that no hub started it holds nothing, nor anything at all where there is one hub at most.
        """
        found: dict[str, str] = {}
        for edge in self.edges if len(self.hubs) > 1 else ():
            if edge.kind == SPAWNS.name:
                found[edge.target] = "" if edge.target in found else edge.source
        return found

    @cached_property
    def running_by_hub(self) -> Mapping[str, int]:
        """How many servers run, by the ids in ``hub_of``; those of no or no certain hub by an empty word."""
        counts, hub_of = defaultdict[str, int](int), self.hub_of
        for node in self.nodes:
            if node.kind == SERVER.name and node.running:
                counts[hub_of.get(node.id, "")] += node.count
        return counts

    def replaced(
        self,
        *,
        nodes: Iterable[Node] | None = None,
        edges: Iterable[Edge] | None = None,
        gaps: Iterable[Gap] | None = None,
    ) -> "Graph":
        """The same deployment at the same moment with other nodes, edges or gaps, in the fixed order."""
        others = self.nodes if nodes is None else tuple(nodes)
        same_places = len(others) == len(self.nodes) and all(map(eq, map(_place, others), map(_place, self.nodes)))
        if edges is None and same_places:  # the edges, of which there are hundreds of thousands, stay as they are
            return msgspec.structs.replace(
                self, nodes=others, gaps=self.gaps if gaps is None else tuple(dict.fromkeys(gaps))
            )
        return assemble(
            others,
            self.edges if edges is None else edges,
            deployment=self.deployment,
            taken=self.taken,
            as_of=self.as_of,
            gaps=self.gaps if gaps is None else gaps,
        )


def _by_targets(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    found = defaultdict[str, list[Edge]](list)
    for edge in edges:
        found[edge.target].append(edge)
    return dict(found)


_LAYERS: Final = {layer: place for place, layer in enumerate(Layer)}


def assemble(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    *,
    deployment: str = "",
    taken: str = "",
    as_of: str = "",
    gaps: Iterable[Gap] = (),
) -> Graph:
    """A graph in its fixed order. Edges of one kind between the same two become one, with the evidence of all.

    An edge whose source or target is not among the nodes is left out, as is one from a node to itself.
    """
    ordered = sorted(nodes, key=_place)
    known = {node.id for node in ordered}
    merged: list[Edge] = []
    for each in sorted(edges, key=_ends):
        if each.source == each.target or each.source not in known or each.target not in known:
            continue
        if merged and _ends(merged[-1]) == _ends(each):
            merged[-1] = _joined(merged[-1], each)
        else:
            merged.append(each)
    return Graph(
        schema=SCHEMA,
        deployment=deployment,
        taken=taken,
        as_of=as_of,
        nodes=tuple(ordered),
        edges=tuple(merged),
        gaps=tuple(dict.fromkeys(gaps)),
    )


def _place(node: Node) -> tuple[int, str, str]:
    return _LAYERS[node.layer], node.kind, node.id


_ends = attrgetter("source", "target", "kind")


def _joined(one: Edge, other: Edge) -> Edge:
    """What was told of it counts, of several the worst."""
    told = [each for each in (one, other) if each.state is not State.UNKNOWN]
    return msgspec.structs.replace(
        gravest(told or [one]),
        evidence=_strongest_first(dict.fromkeys((*one.evidence, *other.evidence))),
        delay=max(one.delay, other.delay),
        harms=tuple(each for each in Capability if each in one.harms or each in other.harms),
    )


class HasState(Protocol):
    """A node, the way over an edge, or what is known of either."""

    @property
    def state(self) -> State: ...


T = TypeVar("T", bound=HasState)


def worst_trouble(several: Iterable[HasState]) -> State | None:
    """The gravest state among several if a person has to be shown it; None if all are well, or may be."""
    states = {each.state for each in several}
    return next((state for state in TROUBLE if state in states), None)


def gravest(several: Iterable[T]) -> T:
    """Of several, of which there is at least one, the first whose state a person should see first."""
    return min(several, key=lambda each: GRAVEST.index(each.state))
