"""Where does everything stand in the picture of a graph?

Layers are columns, left to right in the flow of causes, and what people can do comes last. The same graph always gives
the same picture, and a node keeps its place among the others when its state changes.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Final

from jupyternetes.graph.drawing.geometry.columns import Link, order, split_layer
from jupyternetes.graph.drawing.geometry.marks import Mark, marks
from jupyternetes.graph.drawing.geometry.picture import HEADING, LINE_HEIGHT, MARGIN, Arrow, Band, Picture, Shape
from jupyternetes.graph.drawing.geometry.routes import Edges, routes
from jupyternetes.graph.drawing.geometry.rows import rows
from jupyternetes.graph.drawing.judged import Judged
from jupyternetes.graph.drawing.text import visible
from jupyternetes.graph.drawing.words import CAPABILITIES_TITLE, LAYER_TITLES, observed, state_and_reason, title
from jupyternetes.graph.model.graph import Edge, Graph, Node
from jupyternetes.graph.model.kinds import Capability, Layer

#: Of one line in an oval.
CHARACTERS: Final = 28
_OBSERVED: Final = len("  M L E")

#: The sign of a state and the space behind it, in pixels.
SIGN_WIDTH: Final = 16.0
#: Of the tag of a cause, and of the word on an arrow.
TAG_HEIGHT: Final = 17.0
_WORD_HEIGHT: Final = 20.0

_LAYERS: Final = tuple(Layer)
_NARROWEST: Final = 76.0
_NARROW: Final = frozenset("fijlrtI.,:;'|!()[]/- ")
_WIDE: Final = frozenset("mw@%–—…")


def layout(graph: Graph, judged: Judged | None = None) -> Picture:
    """The picture of a graph that is folded already; about 60 shapes are as many as a person can read.

    The four capabilities stand in the last column, with an arrow from each node that enables them. ``judged``: whose
    causes are marked; everything else stays where it is.
    """
    nodes = sorted(graph.nodes, key=lambda node: (_LAYERS.index(node.layer), node.id))
    links = _links(graph, nodes)
    titles, columns = _columns(nodes, links)
    columns = order(columns, links)
    subjects = (*nodes, *Capability)
    texts = [_lines(subject) for subject in subjects]
    sizes = [_size(lines) for lines in texts]
    centres = rows(columns, [height for _, height in sizes], links)
    tops = [centre - height / 2 for centre, (_, height) in zip(centres, sizes, strict=True)]
    upper = min(tops)
    tallest = max(top + height for top, (_, height) in zip(tops, sizes, strict=True)) - upper
    edges = _edges([max(sizes[each][0] for each in column) for column in columns], gap=_column_gap(tallest))
    numbers = {each: number for number, each in enumerate(each for column in columns for each in column)}
    shapes = tuple(
        Shape(
            subject=subjects[each],
            lines=texts[each],
            column=number,
            x=(edges[number].left + edges[number].right) / 2,
            y=round(centres[each] - upper + MARGIN + HEADING, 1),
            width=sizes[each][0],
            height=sizes[each][1],
            cause=_mark(judged, subjects[each]),
        )
        for number, column in enumerate(columns)
        for each in column
    )
    renumbered = {(numbers[source], numbers[target]): found for (source, target), found in links.items()}
    causes = {link: _marks_of_edges(judged, found) for link, found in renumbered.items()}
    paths = routes(shapes, edges, sorted(renumbered))
    arrows = [
        Arrow(*link, renumbered[link], path, path[-1].x > shapes[link[1]].x, causes[link])
        for link, path in paths.items()
    ]
    marked = marks(filter(None, map(_mark_of_arrow, arrows)), shapes)
    return Picture(
        width=edges[-1].right + MARGIN,
        height=round(tallest + 2 * MARGIN + HEADING, 1),
        bands=_bands(titles, edges),
        shapes=shapes,
        arrows=tuple(replace(each, mark=marked.get((each.source, each.target))) for each in arrows),
    )


def _mark(judged: Judged | None, subject: Node | Capability) -> str:
    return judged.mark_of_node(subject.id) if judged is not None and isinstance(subject, Node) else ""


def _marks_of_edges(judged: Judged | None, edges: Iterable[Edge]) -> tuple[str, ...]:
    return tuple(judged.mark_of_edge(each) if judged is not None else "" for each in edges)


def _mark_of_arrow(arrow: Arrow) -> Mark | None:
    """The room for the tag of a cause, and below it for the word for its state."""
    word = SIGN_WIDTH + text_width(arrow.trouble) + 8 if arrow.trouble else 0
    tag = tag_width(arrow.cause) if arrow.cause else 0
    if not word and not tag:
        return None
    return Mark(
        (arrow.source, arrow.target), arrow.path, max(word, tag), _WORD_HEIGHT * bool(word) + TAG_HEIGHT * bool(tag)
    )


def _links(graph: Graph, nodes: list[Node]) -> dict[Link, tuple[Edge, ...]]:
    """The edges by their ends, and an empty entry for each node and what it enables; the capabilities come last."""
    numbers = {node.id: number for number, node in enumerate(nodes)}
    links: dict[Link, tuple[Edge, ...]] = {}
    for edge in sorted(graph.edges, key=lambda edge: (edge.source, edge.target, edge.kind)):
        link = (numbers[edge.source], numbers[edge.target])
        links[link] = (*links.get(link, ()), edge)
    for number, node in enumerate(nodes):
        for place, capability in enumerate(Capability, len(nodes)):
            if capability in node.known_kind.enables:
                links[number, place] = ()
    return links


def _columns(nodes: list[Node], links: dict[Link, tuple[Edge, ...]]) -> tuple[list[str], list[list[int]]]:
    """What stands above each column, and the numbers of its shapes."""
    titles: list[str] = []
    columns: list[list[int]] = []
    for layer in Layer:
        for column in split_layer([number for number, node in enumerate(nodes) if node.layer is layer], links):
            titles.append(LAYER_TITLES[layer])
            columns.append(column)
    return [*titles, CAPABILITIES_TITLE], [*columns, [*range(len(nodes), len(nodes) + len(Capability))]]


def _lines(subject: Node | Capability) -> tuple[str, ...]:
    if isinstance(subject, Capability):
        return (str(subject),)
    kind = visible(subject.kind_word, CHARACTERS - _OBSERVED)
    words = (f"{kind}  {observed(subject.observability)}", title(subject), state_and_reason(subject))
    return tuple(visible(line, CHARACTERS) for line in words)


def _size(lines: tuple[str, ...]) -> tuple[float, float]:
    """Width and height of the oval around the lines, of which the first and the last stand where it is narrower."""
    *upper, last = map(text_width, lines)
    if upper:
        last += SIGN_WIDTH
    width = max(_NARROWEST, 1.3 * max(*upper, last, 0))
    return round(width), round(LINE_HEIGHT * (len(lines) + 1.2))


def text_width(text: str) -> float:
    """About how wide a text is in pixels, in letters 12 pixels high; fonts differ, so it is rather too much."""
    return 12 * sum(map(_share_of_height, text))


def tag_width(words: str) -> float:
    """How wide the tag of a cause is, in pixels: its words, and a tip at either end."""
    return text_width(words) + 8 + TAG_HEIGHT


def _share_of_height(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1
    if character in _NARROW:
        return 0.4
    return 0.8 if character.isupper() or character in _WIDE else 0.63


def _column_gap(tallest: float) -> float:
    """The taller a picture, the steeper its arrows, hence the more space they get."""
    return round(min(max(72, 0.09 * tallest), 200))


def _edges(widths: list[float], *, gap: float) -> list[Edges]:
    edges: list[Edges] = []
    left = MARGIN
    for width in widths:
        edges.append(Edges(left, left + width))
        left += width + gap
    return edges


def _bands(titles: list[str], edges: list[Edges]) -> tuple[Band, ...]:
    first = [0, *(place for place, (before, after) in enumerate(pairwise(titles), 1) if before != after), len(titles)]
    return tuple(Band(titles[one], edges[one].left, edges[other - 1].right) for one, other in pairwise(first))
