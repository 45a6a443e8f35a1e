"""How is one run kept, so that it can be judged again without a cluster?

A recording is a compressed file of JSON lines: a header, then a line for each look at the graph. A line holds what
changed since the look before, so that a run of minutes takes a few kilobytes.
"""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from jupyternetes.graph.model.anonymise import anonymise, anonymous_ids
from jupyternetes.graph.model.graph import Edge, Gap, Graph, Node, assemble
from tools.faults.errors import FaultError

#: Of the lines. The number goes up when a reader of the old form would misread the new one.
SCHEMA: Final = "jupyternetes.kadense.io/looks/1"

_Arrow = tuple[str, str, str]


class _Line(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Fields that hold their default are left out of the JSON."""


class Header(_Line, frozen=True, kw_only=True):
    """The first line. ``deployment``: as in a graph."""

    schema: str
    deployment: str = ""


class Step(_Line, frozen=True, kw_only=True):
    """What one look saw.

    ``at``: seconds since the first look, by a clock that never jumps. ``taken``: the time of day, RFC 3339. ``nodes``,
    ``edges``: those that are new or changed. ``gone``: ids of nodes that are no longer there; ``cut``: source, target
    and kind of such edges. ``gaps``: what could not be seen, if that has changed.
    """

    at: float
    taken: str = ""
    nodes: tuple[Node, ...] = ()
    gone: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    cut: tuple[_Arrow, ...] = ()
    gaps: tuple[Gap, ...] | None = None


@dataclass(slots=True)
class _Seen:
    """What is known after some steps."""

    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    edges: dict[_Arrow, Edge] = field(default_factory=dict[_Arrow, Edge])
    gaps: tuple[Gap, ...] = ()


class Recorder:
    """Writes the looks of one run to ``file``, which is whole after each of them."""

    def __init__(self, file: Path) -> None:
        self._stream = gzip.GzipFile(file, "wb", mtime=0)
        self._seen = _Seen()
        self._began: float | None = None

    def add(self, graph: Graph, now: float) -> None:
        """Add a look; ``now`` is in seconds by the clock of whoever looks."""
        if self._began is None:
            self._began = now
            self._write(Header(schema=SCHEMA, deployment=graph.deployment))
        nodes = {node.id: node for node in graph.nodes}
        edges = {_arrow(edge): edge for edge in graph.edges}
        seen = self._seen
        step = Step(
            at=round(now - self._began, 3),
            taken=graph.taken,
            nodes=tuple(node for key, node in nodes.items() if seen.nodes.get(key) != node),
            gone=tuple(key for key in seen.nodes if key not in nodes),
            edges=tuple(edge for key, edge in edges.items() if seen.edges.get(key) != edge),
            cut=tuple(key for key in seen.edges if key not in edges),
            gaps=None if graph.gaps == seen.gaps else graph.gaps,
        )
        self._seen = _Seen(nodes, edges, graph.gaps)
        self._write(step)
        self._stream.flush()

    def close(self) -> None:
        """No look comes any more."""
        self._stream.close()

    def _write(self, line: Struct) -> None:
        self._stream.write(msgspec.json.encode(line) + b"\n")


@dataclass(frozen=True, slots=True)
class Look:
    """The graph at one moment; ``at`` as in `Step`."""

    at: float
    graph: Graph


def read(file: Path) -> Iterator[Look]:
    """The looks of a recording. Raises FaultError if it is none that this version reads."""
    try:
        with gzip.open(file, "rb") as stream:
            header = msgspec.json.decode(stream.readline(), type=Header)
            if header.schema != SCHEMA:
                raise FaultError(f"{file.name}: its schema is {header.schema!r}, and this version reads {SCHEMA!r}")
            yield from _looks(header, (msgspec.json.decode(line, type=Step) for line in stream))
    except (OSError, EOFError, msgspec.DecodeError) as error:
        raise FaultError(f"{file.name} is no recording that can be read: {error}") from error


def _looks(header: Header, steps: Iterable[Step]) -> Iterator[Look]:
    seen = _Seen()
    for step in steps:
        for node in step.nodes:
            seen.nodes[node.id] = node
        for edge in step.edges:
            seen.edges[_arrow(edge)] = edge
        for key in step.gone:
            del seen.nodes[key]
        for arrow in step.cut:
            del seen.edges[arrow]
        if step.gaps is not None:
            seen.gaps = step.gaps
        graph = assemble(
            seen.nodes.values(), seen.edges.values(), deployment=header.deployment, taken=step.taken, gaps=seen.gaps
        )
        yield Look(step.at, graph)


def _arrow(edge: Edge) -> _Arrow:
    return edge.source, edge.target, edge.kind


def without_names(graph: Graph, key: str) -> Graph:
    """``graph`` as it is recorded: with invented names, as ``anonymise`` gives them.

    Two things stay that ``anonymise`` leaves out, since a verdict rests on them: reasons that only Kubernetes knows,
    and the gaps, which name namespaces and rights. Here both are those of the demonstration.
    """
    ids = anonymous_ids(graph, key)
    reasons = {ids[node.id]: node.reason for node in graph.nodes}
    ways = {(ids[edge.source], ids[edge.target], edge.kind): edge.reason for edge in graph.edges}
    plain = anonymise(graph, key)
    return assemble(
        (msgspec.structs.replace(node, reason=reasons[node.id]) for node in plain.nodes),
        (_rounded(msgspec.structs.replace(edge, reason=ways[_arrow(edge)])) for edge in plain.edges),
        deployment=plain.deployment,
        taken=plain.taken,
        gaps=graph.gaps,
    )


def _rounded(edge: Edge) -> Edge:
    """Seconds to the hundredth: what comes after that changes at every look and says nothing."""
    return edge if edge.seconds is None else msgspec.structs.replace(edge, seconds=round(edge.seconds, 2))
