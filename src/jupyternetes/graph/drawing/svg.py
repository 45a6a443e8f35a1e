"""How does the picture of a graph look as SVG?

Ovals, green where metrics, logs and events can be observed, and arrows of the causal flow, as in the published drawing;
besides, each state as a sign and a word, on an arrow too where the way itself is in trouble. Nothing needs colour to be
read. Only presentation attributes are written: no script, style, link or id, so that the picture can stand in any page,
more than once. https://www.w3.org/TR/SVG2/
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from jupyternetes.graph.drawing.geometry.picture import LINE_HEIGHT, MARGIN, Arrow, Picture, Point, Shape
from jupyternetes.graph.drawing.layout import SIGN_WIDTH, layout, text_width
from jupyternetes.graph.drawing.markup import Markup, element, lines
from jupyternetes.graph.drawing.words import (
    description,
    edge_sentence,
    evidence_sentence,
    name_of,
    summary,
    way_sentence,
    what_is_observed,
)
from jupyternetes.graph.model.graph import Edge, Graph, Node, worst_trouble
from jupyternetes.graph.model.kinds import State

PAPER: Final = "#ffffff"
INK: Final = "#1f2328"
GREEN: Final = "#d3f0d3"
ARROW: Final = "#57606a"
STATE_COLOURS: Final = {
    State.OK: "#116329",
    State.DEGRADED: "#8a3a00",
    State.STARTING: "#7a4100",
    State.STOPPING: "#7a4100",
    State.STOPPED: "#4b535c",
    State.FAILING: "#a40e26",
    State.UNKNOWN: "#6639ba",
}
#: Around a centre, 10 pixels wide and high.
STATE_PATHS: Final = {
    State.OK: "M-5 0L-1.5 4L5 -4.5",
    State.DEGRADED: "M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0M0 -4V4M-2 -4V4",
    State.STARTING: "M-3.5 -4.5L4.5 0L-3.5 4.5Z",
    State.STOPPING: "M-4 -4H4V4H-4Z",
    State.STOPPED: "M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0",
    State.FAILING: "M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5",
    State.UNKNOWN: "M-3 -2.5C-3 -6 3.5 -6 3 -2.2C2.7 -0.6 0 -0.4 0 1.8M0 4.2V5.2",
}
_FONT: Final = "Helvetica, Arial, sans-serif"
_TITLE_HEIGHT: Final = 40.0
_LEGEND_ROW: Final = 26.0
_LEGEND_ROWS: Final = 4
_LEGEND_HEIGHT: Final = _LEGEND_ROWS * _LEGEND_ROW + 12
_LEGEND_WIDTH: Final = 820.0
_NAME: Final = 1  # the line in the middle, where an oval is widest
_LIKELY_WIDTH: Final = 0.9  # of a text, as a share of the width that makes sure that it fits
_HEAD: Final = (9.0, 4.0)
_DASHES: Final = "6 4"

Attributes = Mapping[str, str]


def render_svg(graph: Graph) -> str:
    """The picture as a stand-alone document, an image to those who do not see it, named by its summary."""
    return draw(graph, layout(graph), {"role": "img", "aria_label": summary(graph)}) + "\n"


def _no_attributes(_: object) -> Attributes:
    return {}


def draw(
    graph: Graph,
    picture: Picture,
    attributes: Attributes,
    of_shape: Callable[[int], Attributes] = _no_attributes,
    of_arrow: Callable[[Arrow], Attributes] = _no_attributes,
) -> Markup:
    """The ``svg`` element with ``attributes``.

    ``of_shape`` and ``of_arrow`` give further attributes: for the shape of a number in `Picture.shapes`, for an arrow.
    """
    width = max(picture.width, _LEGEND_WIDTH + 2 * MARGIN)
    height = picture.height + _TITLE_HEIGHT + _LEGEND_HEIGHT
    drawn = [
        element("title", "Dependencies of ", graph.deployment or "a deployment"),
        element("desc", summary(graph)),
        element("rect", width=width, height=height, fill=PAPER, class_="paper"),
        element("text", summary(graph), x=MARGIN, y=28, font_size=15, font_weight="bold"),
        element(
            "g",
            *_bands(picture),
            *(_arrow(graph, picture, each, of_arrow(each)) for each in picture.arrows),
            *(_shape(shape, of_shape(number)) for number, shape in enumerate(picture.shapes)),
            transform=f"translate(0 {_TITLE_HEIGHT:g})",
        ),
        element("g", *_legend(), transform=f"translate({MARGIN:g} {picture.height + _TITLE_HEIGHT + 12:g})"),
    ]
    return element(
        "svg",
        lines(drawn),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        font_family=_FONT,
        font_size=12,
        fill=INK,
        **attributes,
    )


def _bands(picture: Picture) -> list[Markup]:
    return [
        element("text", band.title, x=(band.left + band.right) / 2, y=MARGIN, text_anchor="middle", font_style="italic")
        for band in picture.bands
    ]


def _arrow(graph: Graph, picture: Picture, arrow: Arrow, attributes: Attributes) -> Markup:
    return element(
        "g",
        element("title", _arrow_title(graph, picture, arrow)),
        *_line(arrow.path, points_left=arrow.points_left, dashed=arrow.guessed, trouble=arrow.trouble),
        *_mark(arrow),
        class_="arrow",
        **attributes,
    )


def _arrow_title(graph: Graph, picture: Picture, arrow: Arrow) -> str:
    if not arrow.edges:
        return f"{name_of(picture.shapes[arrow.source].subject)} is needed to {picture.shapes[arrow.target].subject}"
    sentences = (f"{edge_sentence(edge, graph)} ({'; '.join(filter(None, _known_of(edge)))})" for edge in arrow.edges)
    return ". ".join(sentences)


def _known_of(edge: Edge) -> Iterator[str]:
    yield way_sentence(edge)
    yield from map(evidence_sentence, edge.evidence)


def _mark(arrow: Arrow) -> Iterator[Markup]:
    """The sign and the word of an arrow that is in trouble, on paper of its own."""
    if arrow.mark is None or arrow.trouble is None:
        return
    x, y = arrow.mark
    width = SIGN_WIDTH + text_width(arrow.trouble)
    yield element(
        "rect",
        x=round(x - width / 2 - 4, 1),
        y=round(y - LINE_HEIGHT / 2 - 2, 1),
        width=round(width + 8, 1),
        height=LINE_HEIGHT + 4,
        rx=4,
        fill=PAPER,
        stroke=STATE_COLOURS[arrow.trouble],
        class_=f"mark {arrow.trouble}",
    )
    yield from _signed(arrow.trouble, arrow.trouble, x - width / 2, y + 4)


def _line(
    path: tuple[Point, ...], *, points_left: bool, dashed: bool = False, trouble: State | None = None
) -> tuple[Markup, Markup]:
    colour = STATE_COLOURS[trouble] if trouble else ARROW
    of_state = f" {trouble}" if trouble else ""
    start, *rest = path
    curves = (rest[place : place + 3] for place in range(0, len(rest), 3))
    data = f"M{_pair(start)}" + "".join("C" + " ".join(map(_pair, curve)) for curve in curves)
    length, half = _HEAD
    tip, back = path[-1], path[-1].x + (length if points_left else -length)
    head = f"M{_pair(tip)}L{_pair(Point(back, tip.y - half))}L{_pair(Point(back, tip.y + half))}Z"
    return (
        element(
            "path",
            d=data,
            fill="none",
            stroke=colour,
            stroke_width=3 if trouble else 1.2,
            stroke_dasharray=_DASHES if dashed else None,
            class_=f"line{of_state}",
        ),
        element("path", d=head, fill=colour, class_=f"head{of_state}"),
    )


def _pair(point: Point) -> str:
    return f"{point.x:.1f},{point.y:.1f}"


def _shape(shape: Shape, attributes: Attributes) -> Markup:
    subject = shape.subject
    place = (shape.x, shape.y, shape.width, shape.height)
    if not isinstance(subject, Node):
        rings = (_oval(*place), _oval(shape.x, shape.y, shape.width - 8, shape.height - 8))
        return element("g", element("title", f"What people can do: {subject}"), *rings, *_words(shape), **attributes)
    return element(
        "g",
        element("title", description(subject)),
        element("desc", _sentence(subject.message), what_is_observed(subject.observability)),
        _oval(*place, green=subject.observability.complete, trouble=worst_trouble((subject,))),
        *_words(shape, subject.state),
        **attributes,
    )


def _sentence(message: str) -> str:
    return f"{message.rstrip('.')}. " if message else ""


def _oval(
    x: float, y: float, width: float, height: float, *, green: bool = False, trouble: State | None = None
) -> Markup:
    return element(
        "ellipse",
        cx=x,
        cy=y,
        rx=width / 2,
        ry=height / 2,
        fill=GREEN if green else PAPER,
        stroke=STATE_COLOURS[trouble] if trouble else INK,
        stroke_width=3 if trouble else 1.2,
        class_="oval" + " green" * green + (f" {trouble}" if trouble else ""),
    )


def _words(shape: Shape, state: State | None = None) -> list[Markup]:
    """The lines of a shape; the last one begins with the sign of the state."""
    first = shape.y - (len(shape.lines) - 1) / 2 * LINE_HEIGHT + 4
    *upper, last = enumerate(shape.lines)
    written = [
        _text(line, shape.x, first + place * LINE_HEIGHT, anchor="middle", bold=place == _NAME)
        for place, line in (upper if state else [*upper, last])
    ]
    if state:
        place, line = last
        begins = shape.x - (_LIKELY_WIDTH * text_width(line) + SIGN_WIDTH) / 2
        written += _signed(state, line, begins, first + place * LINE_HEIGHT)
    return written


def _signed(state: State, words: str, x: float, y: float) -> tuple[Markup, Markup]:
    sign = element(
        "path",
        d=STATE_PATHS[state],
        transform=f"translate({x + 6:.1f} {y - 4:.1f})",
        fill="none",
        stroke=STATE_COLOURS[state],
        stroke_width=2,
        class_=f"sign {state}",
    )
    return sign, _text(words, x + SIGN_WIDTH, y)


def _text(words: str, x: float, y: float, *, anchor: str | None = None, bold: bool = False) -> Markup:
    return element(
        "text",
        words,
        x=round(x, 1),
        y=round(y, 1),
        text_anchor=anchor,
        font_weight="bold" if bold else None,
        unicode_bidi="isolate",
    )


def _legend() -> list[Markup]:
    ovals = (
        (0, True, "M L E: metrics, logs and events can be observed"),
        (_LEGEND_WIDTH / 2, False, "a dash in place of what cannot be observed"),
    )
    first, second, third, fourth = (_LEGEND_ROW * (row + 0.5) for row in range(_LEGEND_ROWS))
    arrows: tuple[tuple[float, float, bool, State | None, str], ...] = (
        (0, second, False, None, "trouble where it begins can give errors where it ends"),
        (_LEGEND_WIDTH / 2, second, True, None, "the same, but only guessed"),
        (0, third, False, State.FAILING, "what is asked this way gets no answer, however its ends fare"),
    )
    drawn: list[Markup] = []
    for x, green, words in ovals:
        drawn += (_oval(x + 20, first, 40, 18, green=green), _text(words, x + 52, first + 4))
    for x, y, dashed, trouble, words in arrows:
        path = (Point(x, y), Point(x, y), Point(x + 40, y), Point(x + 40, y))
        drawn += (*_line(path, points_left=False, dashed=dashed, trouble=trouble), _text(words, x + 52, y + 4))
    for place, state in enumerate(State):
        drawn += _signed(state, state, place * _LEGEND_WIDTH / len(State), fourth + 4)
    return drawn
