"""How does each mark of a picture look as SVG: an oval, an arrow, a sign with a word, the tag of a cause?"""

from typing import Final

from jupyternetes.graph.drawing.geometry.picture import Point
from jupyternetes.graph.drawing.layout import SIGN_WIDTH, TAG_HEIGHT, tag_width
from jupyternetes.graph.drawing.markup import Markup, element
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
_HEAD: Final = (9.0, 4.0)
_DASHES: Final = "6 4"


def oval(
    x: float, y: float, width: float, height: float, *, green: bool = False, trouble: State | None = None
) -> Markup:
    """An oval around its centre, green where all of it can be observed."""
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


def line(
    path: tuple[Point, ...], *, points_left: bool, dashed: bool = False, trouble: State | None = None
) -> tuple[Markup, Markup]:
    """An arrow with its head; ``path`` is that of `Arrow.path`."""
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


def tag(words: str, x: float, y: float) -> tuple[Markup, Markup]:
    """The tag of a cause around a point: a form that nothing else has, dark with light words."""
    half, tip = tag_width(words) / 2 - TAG_HEIGHT / 2, TAG_HEIGHT / 2
    corners = ((-half, -tip), (half, -tip), (half + tip, 0), (half, tip), (-half, tip), (-half - tip, 0))
    data = "M" + "L".join(_pair(Point(x + left, y + down)) for left, down in corners) + "Z"
    return (
        element("path", d=data, fill=INK, stroke=PAPER, stroke_width=1.5, class_="tag"),
        text(words, x, y + 4, anchor="middle", bold=True, fill=PAPER, class_="tag-words"),
    )


def signed(state: State, words: str, x: float, y: float) -> tuple[Markup, Markup]:
    """Words behind the sign of a state; ``y`` is their baseline."""
    sign = element(
        "path",
        d=STATE_PATHS[state],
        transform=f"translate({x + 6:.1f} {y - 4:.1f})",
        fill="none",
        stroke=STATE_COLOURS[state],
        stroke_width=2,
        class_=f"sign {state}",
    )
    return sign, text(words, x + SIGN_WIDTH, y)


def text(
    words: str, x: float, y: float, *, anchor: str | None = None, bold: bool = False, **attributes: str | float | None
) -> Markup:
    """Words; ``y`` is their baseline."""
    return element(
        "text",
        words,
        x=round(x, 1),
        y=round(y, 1),
        text_anchor=anchor,
        font_weight="bold" if bold else None,
        unicode_bidi="isolate",
        **attributes,
    )
