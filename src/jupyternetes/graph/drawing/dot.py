"""How does a graph look as text for Graphviz? https://graphviz.org/doc/info/lang.html"""

from collections.abc import Iterable, Iterator

from jupyternetes.graph.drawing.parts import GREEN, STATE_COLOURS
from jupyternetes.graph.drawing.text import for_dot
from jupyternetes.graph.drawing.words import description, edge_sentence, state_and_sign, summary, title, way_sentence
from jupyternetes.graph.model.graph import Edge, Graph, Node
from jupyternetes.graph.model.kinds import TROUBLE, Capability, Layer


def render_dot(graph: Graph) -> str:
    """The graph for ``dot``: a rank for each layer, green where all can be observed, dashed where an edge is guessed.

    Nodes have numbers as identifiers, so that no two names become one.
    """
    return "\n".join(("digraph {", *(f"  {line}" for line in _statements(graph)), "}", ""))


def _statements(graph: Graph) -> Iterator[str]:
    yield f'graph [rankdir="LR", label={for_dot(summary(graph))}, labelloc="t"]'
    yield 'node [shape="ellipse", fontname="Helvetica"]'
    numbers = {node.id: f'"n{number}"' for number, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        yield f"{numbers[node.id]} [{_attributes(node)}]"
    capabilities = {capability: f'"c{number}"' for number, capability in enumerate(Capability)}
    for capability, number in capabilities.items():
        yield f'{number} [label={for_dot(capability)}, peripheries="2"]'
    for layer in Layer:
        yield _rank(numbers[node.id] for node in graph.nodes if node.layer is layer)
    yield _rank(capabilities.values())
    for edge in graph.edges:
        yield f"{numbers[edge.source]} -> {numbers[edge.target]} [{_edge_attributes(edge, graph)}]"
    for node in graph.nodes:
        for capability in node.known_kind.enables:
            yield f"{numbers[node.id]} -> {capabilities[capability]}"


def _attributes(node: Node) -> str:
    lines = (for_dot(line)[1:-1] for line in (title(node), node.kind_word, state_and_sign(node)))
    label = "\\n".join(lines)
    fill = f', style="filled", fillcolor="{GREEN}"' if node.observability.complete else ""
    return f'label="{label}", tooltip={for_dot(description(node))}{fill}'


def _edge_attributes(edge: Edge, graph: Graph) -> str:
    style = "dashed" if edge.guessed else "solid"
    tooltip = for_dot("; ".join(filter(None, (edge_sentence(edge, graph), way_sentence(edge)))))
    shown = f'style="{style}", tooltip={tooltip}'
    if edge.state not in TROUBLE:
        return shown
    colour = STATE_COLOURS[edge.state]
    word = for_dot(state_and_sign(edge))
    return f'{shown}, label={word}, color="{colour}", fontcolor="{colour}", fontname="Helvetica", penwidth="3"'


def _rank(numbers: Iterable[str]) -> str:
    return f'{{ rank="same"; {"; ".join(numbers)} }}'
