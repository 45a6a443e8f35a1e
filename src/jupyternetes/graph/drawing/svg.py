"""How does the picture of a graph look as SVG?

Ovals, green where metrics, logs and events can be observed, and arrows of the causal flow, as in the published drawing;
besides, each state as a sign and a word, on an arrow too where the way itself is in trouble; causes of trouble have a
tag. Nothing needs colour to be read. Only presentation attributes are written: no script, style, link or id, so that
the picture can stand in any page, more than once. https://www.w3.org/TR/SVG2/
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from jupyternetes.graph.drawing.geometry.picture import LINE_HEIGHT, MARGIN, Arrow, Picture, Shape
from jupyternetes.graph.drawing.judged import Judged
from jupyternetes.graph.drawing.layout import SIGN_WIDTH, TAG_HEIGHT, layout, text_width
from jupyternetes.graph.drawing.legend import LEGEND_WIDTH, legend
from jupyternetes.graph.drawing.markup import Markup, element, lines
from jupyternetes.graph.drawing.parts import INK, PAPER, STATE_COLOURS, line, oval, signed, tag, text
from jupyternetes.graph.drawing.verdict_svg import verdict_text
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

_FONT: Final = "Helvetica, Arial, sans-serif"
_FIRST_LINE: Final = 28.0
_TITLE_HEIGHT: Final = 40.0
_NAME: Final = 1  # the line in the middle, where an oval is widest
_LIKELY_WIDTH: Final = 0.9  # of a text, as a share of the width that makes sure that it fits

Attributes = Mapping[str, str]


def render_svg(graph: Graph, judged: Judged | None = None) -> str:
    """The picture as a stand-alone document, an image to those who do not see it, named by its summary.

    ``judged``: the verdict on it, whose sentences stand above the picture, and begin the name.
    """
    said = judged.verdict if judged is not None else None
    name = summary(graph) if said is None else f"{said.headline} {summary(graph)}"
    head = None if said is None else verdict_text(said, summary(graph), MARGIN, _FIRST_LINE)
    return draw(graph, layout(graph, judged), {"role": "img", "aria_label": name}, head=head) + "\n"


def _no_attributes(_: object) -> Attributes:
    return {}


def draw(
    graph: Graph,
    picture: Picture,
    attributes: Attributes,
    of_shape: Callable[[int], Attributes] = _no_attributes,
    of_arrow: Callable[[Arrow], Attributes] = _no_attributes,
    *,
    head: tuple[Sequence[Markup], float] | None = None,
) -> Markup:
    """The ``svg`` element with ``attributes``.

    ``of_shape`` and ``of_arrow`` give further attributes: for the shape of a number in `Picture.shapes`, for an arrow.
    ``head`` stands above the picture in place of the summary, and is so many pixels high.
    """
    above, top = head or ([text(summary(graph), MARGIN, _FIRST_LINE, bold=True, font_size=15)], _TITLE_HEIGHT)
    width = max(picture.width, LEGEND_WIDTH + 2 * MARGIN)
    explained, explained_height = legend(with_causes=picture.marks_causes)
    height = picture.height + top + explained_height
    drawn = [
        element("title", "Dependencies of ", graph.deployment or "a deployment"),
        element("desc", summary(graph)),
        element("rect", width=width, height=height, fill=PAPER, class_="paper"),
        *above,
        element(
            "g",
            *_bands(picture),
            *(_arrow(graph, picture, each, of_arrow(each)) for each in picture.arrows),
            *(_shape(shape, of_shape(number)) for number, shape in enumerate(picture.shapes)),
            transform=f"translate(0 {top:g})",
        ),
        element("g", *explained, transform=f"translate({MARGIN:g} {picture.height + top + 12:g})"),
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
        *line(arrow.path, points_left=arrow.points_left, dashed=arrow.guessed, trouble=arrow.trouble),
        *_mark(arrow),
        class_="arrow",
        **attributes,
    )


def _arrow_title(graph: Graph, picture: Picture, arrow: Arrow) -> str:
    if not arrow.edges:
        return f"{name_of(picture.shapes[arrow.source].subject)} is needed to {picture.shapes[arrow.target].subject}"
    known = zip(arrow.edges, arrow.causes, strict=True)
    return ". ".join(f"{edge_sentence(edge, graph)} ({'; '.join(_known_of(edge, cause))})" for edge, cause in known)


def _known_of(edge: Edge, cause: str) -> Iterator[str]:
    return filter(None, (cause, way_sentence(edge), *map(evidence_sentence, edge.evidence)))


def _mark(arrow: Arrow) -> Iterator[Markup]:
    """The sign and the word of an arrow that is in trouble, on paper of its own, below the tag of a cause."""
    if arrow.mark is None:
        return
    x, y = arrow.mark
    if arrow.cause:
        yield from tag(arrow.cause, x, y - TAG_HEIGHT / 2 if arrow.trouble else y)
        y += TAG_HEIGHT / 2
    if arrow.trouble is None:
        return
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
    yield from signed(arrow.trouble, arrow.trouble, x - width / 2, y + 4)


def _shape(shape: Shape, attributes: Attributes) -> Markup:
    subject = shape.subject
    place = (shape.x, shape.y, shape.width, shape.height)
    if not isinstance(subject, Node):
        rings = (oval(*place), oval(shape.x, shape.y, shape.width - 8, shape.height - 8))
        return element("g", element("title", f"What people can do: {subject}"), *rings, *_words(shape), **attributes)
    return element(
        "g",
        element("title", described(shape)),
        element("desc", _sentence(subject.message), what_is_observed(subject.observability)),
        oval(*place, green=subject.observability.complete, trouble=worst_trouble((subject,))),
        *_words(shape, subject.state),
        *(tag(shape.cause, shape.x, shape.top) if shape.cause else ()),
        **attributes,
    )


def described(shape: Shape) -> str:
    """A shape in one sentence for those who do not see the picture."""
    if not isinstance(shape.subject, Node):
        return f"people can {shape.subject}"
    return ", ".join(filter(None, (description(shape.subject), shape.cause)))


def _sentence(message: str) -> str:
    return f"{message.rstrip('.')}. " if message else ""


def _words(shape: Shape, state: State | None = None) -> list[Markup]:
    """The lines of a shape; the last one begins with the sign of the state."""
    first = shape.y - (len(shape.lines) - 1) / 2 * LINE_HEIGHT + 4
    *upper, last = enumerate(shape.lines)
    written = [
        text(line, shape.x, first + place * LINE_HEIGHT, anchor="middle", bold=place == _NAME)
        for place, line in (upper if state else [*upper, last])
    ]
    if state:
        place, line = last
        begins = shape.x - (_LIKELY_WIDTH * text_width(line) + SIGN_WIDTH) / 2
        written += signed(state, line, begins, first + place * LINE_HEIGHT)
    return written
