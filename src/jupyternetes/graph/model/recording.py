"""A graph as a file: written by ``--output json``, read again by ``--snapshot``, without a cluster.

A recording may come from anybody. Nothing in it is followed or carried out, and its texts are treated as any text is.
"""

from typing import Final

import msgspec

from jupyternetes.graph.model.graph import SCHEMA, Graph

#: Bytes; a deployment of 30,000 servers takes about a third of it.
LARGEST: Final = 256 * 1024 * 1024


class RecordingError(ValueError):
    """The file is no recording of a graph that this version can read; the text says why."""


class _Header(msgspec.Struct):
    schema: str = ""


def as_json(data: msgspec.Struct) -> bytes:
    """Any of our data as JSON in UTF-8, indented for people."""
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def write(graph: Graph) -> bytes:
    """The graph as JSON."""
    return as_json(graph)


def read(data: bytes) -> Graph:
    """The graph that ``write`` wrote. Raises RecordingError."""
    if len(data) > LARGEST:
        raise RecordingError(f"it is larger than {LARGEST // 1024 // 1024} MiB, which no deployment needs")
    try:
        header = msgspec.json.decode(data, type=_Header)
    except (msgspec.DecodeError, RecursionError) as error:
        raise RecordingError(f"it is no JSON object: {error}") from error
    if header.schema != SCHEMA:
        raise RecordingError(
            f"its schema is {header.schema[:100]!r}, and this version reads {SCHEMA!r}: "
            "record it again with --output json, or use the version of jupyternetes that wrote it"
        )
    try:
        graph = msgspec.json.decode(data, type=Graph)
    except (msgspec.DecodeError, RecursionError) as error:
        raise RecordingError(str(error)) from error
    if len(graph.by_id) < len(graph.nodes):
        seen: set[str] = set()
        twice = next(node.id for node in graph.nodes if node.id in seen or seen.add(node.id))
        raise RecordingError(f"two of its nodes have the id {twice[:100]!r}")
    if any(node.count < 1 for node in graph.nodes):
        raise RecordingError("one of its nodes stands for less than one server")
    for edge in graph.edges:
        if not (edge.source in graph.by_id and edge.target in graph.by_id):
            raise RecordingError(f"an edge goes from {edge.source[:100]!r} to {edge.target[:100]!r}; one is no node")
    return graph.replaced()  # in the fixed order, whatever order the file has
