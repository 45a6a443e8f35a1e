"""What administrators add to the graph: parts that discovery cannot know, such as Spark, NFS or Dask."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from jupyternetes.graph.model.graph import Edge, Evidence, Gap, Graph, Node, ObjectId
from jupyternetes.graph.model.kinds import (
    DECLARED,
    EDGE_KINDS,
    NODE_KINDS,
    SUPPORTS,
    Capability,
    EvidenceKind,
    Layer,
    State,
)

_Name = Annotated[str, Meta(min_length=1, max_length=253)]


class AdditionsError(ValueError):
    """The file of additions says something that cannot be; the text names the path and the way out."""


class PodSelector(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pods that a declared node consists of: all with these ``labels`` in this ``namespace``."""

    labels: Annotated[dict[str, str], Meta(min_length=1)]
    namespace: str = ""


class DeclaredNode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the deployment. Without ``pods`` nothing is known of how it fares."""

    name: _Name
    layer: Layer = Layer.PROVIDERS
    pods: PodSelector | None = None


class DeclaredEdge(
    Struct, rename={"source": "from", "target": "to"}, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """From cause to affected; each end is the name of a declared node, the id of a node, or a kind of nodes.

    ``harms`` and ``delay`` (seconds) are those of ``kind`` unless they are said.
    """

    source: _Name
    target: _Name
    kind: str = SUPPORTS.name
    harms: tuple[Capability, ...] | None = None
    delay: Annotated[int, Meta(ge=0, le=86400)] | None = None
    why: Annotated[str, Meta(max_length=1024)] = ""


class Additions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    nodes: tuple[DeclaredNode, ...] = ()
    edges: tuple[DeclaredEdge, ...] = ()


class Found(Struct, frozen=True, kw_only=True):
    """What became of the pods of a declared node."""

    state: State = State.UNKNOWN
    reason: str = ""
    message: str = ""
    objects: tuple[ObjectId, ...] = ()


NO_ADDITIONS: Final = Additions()


def parse(text: str) -> Additions:
    """The additions that a YAML ``text`` holds. Raises AdditionsError."""
    try:
        # An empty file adds nothing.
        additions = msgspec.yaml.decode(text, type=Additions | None) or NO_ADDITIONS
    except msgspec.DecodeError as error:
        raise AdditionsError(str(error)) from error
    names = [node.name for node in additions.nodes]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise AdditionsError(f"two nodes have the name {name!r} - at `$.nodes[{place}].name`")
    for place, edge in enumerate(additions.edges):
        if edge.kind not in EDGE_KINDS:
            known = ", ".join(EDGE_KINDS)
            raise AdditionsError(f"{edge.kind!r} is no kind of edge, these are: {known} - at `$.edges[{place}].kind`")
    return additions


def add(graph: Graph, additions: Additions, find: Callable[[PodSelector], Found]) -> Graph:
    """The graph with the additions in it; ``find`` looks up how the pods of a declared node fare.

    Raises AdditionsError for an edge one of whose ends is neither a node nor a kind that there can be. An end that is a
    kind of which there is no node at the moment is no error, for there may be no servers yet. The id of a node that is
    not there at the moment is a gap.
    """
    if not (additions.nodes or additions.edges):
        return graph
    nodes = {node.name: _node(node, find) for node in additions.nodes}
    ends = _Ends(graph, nodes)
    edges = [
        edge for place, declared in enumerate(additions.edges) for edge in _edges(declared, ends, f"$.edges[{place}]")
    ]
    return graph.replaced(
        nodes=(*graph.nodes, *nodes.values()),
        edges=(*graph.edges, *edges),
        gaps=(*graph.gaps, *ends.missing),
    )


def _node(declared: DeclaredNode, find: Callable[[PodSelector], Found]) -> Node:
    found = Found() if declared.pods is None else find(declared.pods)
    return Node(
        id=f"{DECLARED.name}/{declared.name}",
        kind=DECLARED.name,
        name=declared.name,
        layer=declared.layer,
        state=found.state,
        reason=found.reason,
        message=found.message,
        namespace=declared.pods.namespace if declared.pods is not None else "",
        objects=found.objects,
    )


class _Ends:
    """Which nodes the end of a declared edge names."""

    def __init__(self, graph: Graph, declared: Mapping[str, Node]) -> None:
        self._graph = graph
        self._declared = declared
        self.missing: list[Gap] = []

    def of(self, end: str, path: str) -> list[str]:
        if end in self._declared:
            return [self._declared[end].id]
        if end in self._graph.by_id:
            return [end]
        if end in NODE_KINDS:
            return [node.id for node in self._graph.nodes if node.kind == end]
        if end.partition("/")[0] in NODE_KINDS:
            self.missing.append(Gap(what=f"the node {end}", why="the file of additions names it, and it was not found"))
            return []
        names = ", ".join((*self._declared, *NODE_KINDS))
        raise AdditionsError(
            f"{end!r} is neither a node nor a kind of nodes. Name a node by its id, as --output json shows it, or one "
            f"of: {names} - at `{path}`"
        )


def _edges(declared: DeclaredEdge, ends: _Ends, path: str) -> Iterator[Edge]:
    kind = EDGE_KINDS[declared.kind]
    evidence = (Evidence(kind=EvidenceKind.DECLARED, text=declared.why or "the file of additions says so"),)
    targets = ends.of(declared.target, f"{path}.to")
    for source in ends.of(declared.source, f"{path}.from"):
        for target in targets:
            yield Edge(
                source=source,
                target=target,
                kind=kind.name,
                evidence=evidence,
                delay=kind.delay if declared.delay is None else declared.delay,
                harms=kind.harms if declared.harms is None else declared.harms,
            )
