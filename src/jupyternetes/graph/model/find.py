"""The node that a person means by a name."""

from typing import Final

from jupyternetes.graph.model.graph import Graph, Node

_SHOWN: Final = 10


class NoSuchNodeError(LookupError):
    """No node, or more than one, fits the name; the text lists some that there are."""


def find(graph: Graph, wanted: str) -> Node:
    """The node with this id, or the only one with this name, or the only one of this kind. Raises NoSuchNodeError."""
    if wanted in graph.by_id:
        return graph.by_id[wanted]
    for fitting in (
        [node for node in graph.nodes if node.name == wanted],
        [node for node in graph.nodes if wanted in (node.kind, node.kind_word)],
        [node for node in graph.nodes if wanted.casefold() in node.name.casefold()],
    ):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise NoSuchNodeError(f"{len(fitting)} nodes fit {wanted!r}; name one by its id: {_ids(fitting)}")
    raise NoSuchNodeError(f"there is no node {wanted!r}; there are: {_ids(graph.nodes)}")


def _ids(nodes: list[Node] | tuple[Node, ...]) -> str:
    further = len(nodes) - _SHOWN
    return ", ".join(node.id for node in nodes[:_SHOWN]) + (f" and {further} more" if further > 0 else "")
