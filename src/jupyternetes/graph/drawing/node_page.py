"""How does one node look in a terminal? How it fares, what hangs together with it, and what the cluster said of it."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from jupyternetes.graph.drawing.text import for_terminal
from jupyternetes.graph.drawing.words import (
    edge_sentence,
    evidence_sentence,
    facts,
    harm_sentence,
    impact_sentence,
    state_and_sign,
    title,
    way_sentence,
)
from jupyternetes.graph.model.graph import Edge, Graph, Node
from jupyternetes.graph.model.heading import Heading

_NEIGHBOURS = 20


def render_node(graph: Graph, node: Node, headings: Iterable[Heading]) -> Text:
    """``node`` of ``graph``, and under ``headings`` what the cluster said of it, a line for each."""
    return Text("\n").join([*_head(graph, node), *_around(graph, node), *_said(headings)])


def _head(graph: Graph, node: Node) -> Iterator[Text]:
    yield for_terminal(title(node), style="bold")
    for name, text in (*facts(node), ("If it fails", impact_sentence(graph, node))):
        yield Text(f"  {name}: ") + for_terminal(text)


def _around(graph: Graph, node: Node) -> Iterator[Text]:
    yield from _edges("It depends on", graph, [(each.source, each) for each in graph.into.get(node.id, ())])
    yield from _edges("What depends on it", graph, [(each.target, each) for each in graph.out_of.get(node.id, ())])


def _edges(heading: str, graph: Graph, found: list[tuple[str, Edge]]) -> Iterator[Text]:
    yield Text(f"{heading}:" if found else f"{heading}: nothing")
    for other, edge in found[:_NEIGHBOURS]:
        about = "; ".join(
            filter(None, (way_sentence(edge), *map(evidence_sentence, edge.evidence), harm_sentence(edge)))
        )
        state = state_and_sign(graph.by_id[other])
        yield Text("  ") + for_terminal(edge_sentence(edge, graph)) + for_terminal(f" ({about}); now {state}")
    if len(found) > _NEIGHBOURS:
        yield Text(f"  and {len(found) - _NEIGHBOURS} more")


def _said(headings: Iterable[Heading]) -> Iterator[Text]:
    for heading in headings:
        yield for_terminal(f"{heading.about}: {heading.missing}".rstrip())
        yield from (Text("  ") + for_terminal(line) for line in heading.lines)
