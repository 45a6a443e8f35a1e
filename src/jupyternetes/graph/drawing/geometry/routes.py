"""How does each arrow run, so that it crosses no shape but those where it begins and ends?

Between two columns arrows are curves; through a column they run straight, in a gap between two shapes. An arrow within
one column bows to the right of it. Arrows leave a shape for later columns at one point, and arrive each at its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Final, Literal, NamedTuple

from jupyternetes.graph.drawing.geometry.columns import Link
from jupyternetes.graph.drawing.geometry.picture import Point, Shape

#: How far an arrow stays away from the shapes that it passes, and from the upper and lower end of a side.
CLEARANCE: Final = 6.0
_REACH: Final = 0.38

Side = Literal["left", "right"]


class Edges(NamedTuple):
    """Where a column begins and ends, in pixels from the left."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Ends:
    """The sides at which an arrow leaves and arrives, and the points between, two for each column that it passes."""

    leaves: Side
    arrives: Side
    lanes: tuple[Point, ...]


def routes(shapes: Sequence[Shape], columns: Sequence[Edges], links: Sequence[Link]) -> dict[Link, tuple[Point, ...]]:
    """The path of each link, as `Arrow.path` describes it."""
    free = [_gaps([each for each in shapes if each.column == number]) for number in range(len(columns))]
    ends = {link: _ends(shapes[link[0]], shapes[link[1]], columns, free) for link in links}
    ports = _ports(shapes, ends)
    return {link: _path(shapes, columns, link, ends[link], ports) for link in links}


def _gaps(column: Sequence[Shape]) -> list[tuple[float, float]]:
    """Where an arrow can pass a column, from top to bottom; above and below it are gaps too."""
    edges = [-inf, *(edge for each in column for edge in (each.top - CLEARANCE, each.bottom + CLEARANCE)), inf]
    return [*zip(edges[::2], edges[1::2], strict=True)]


def _ends(source: Shape, target: Shape, columns: Sequence[Edges], free: Sequence[list[tuple[float, float]]]) -> _Ends:
    if source.column == target.column:
        return _Ends("right", "right", ())
    step = 1 if source.column < target.column else -1
    lanes: list[Point] = []
    y = source.y
    for number in range(source.column + step, target.column, step):
        way = (target.column - number) * step
        y = _nearest(free[number], y + (target.y - y) / (way + 1))
        lanes += (Point(x, y) for x in columns[number][::step])
    return _Ends("right" if step == 1 else "left", "left" if step == 1 else "right", tuple(lanes))


def _nearest(gaps: Iterable[tuple[float, float]], y: float) -> float:
    return min((min(max(y, top), bottom) for top, bottom in gaps), key=lambda place: (abs(place - y), place))


#: An end of an arrow at a side of a shape. Arrows to later columns share the one that has no other shape.
_Port = tuple[int, Side, int | None, bool]


def _port(link: Link, ends: _Ends, *, arriving: bool) -> _Port:
    source, target = link
    if arriving:
        return (target, ends.arrives, source, True)
    return (source, ends.leaves, None if ends.arrives == "left" else target, False)


def _ports(shapes: Sequence[Shape], ends: dict[Link, _Ends]) -> dict[_Port, Point]:
    """Where on the border of its shape each end lies: in the order in which the arrows come, at equal distances."""
    towards: dict[tuple[int, Side], dict[_Port, list[float]]] = {}
    for link, each in ends.items():
        for arriving, other in ((False, link[1]), (True, link[0])):
            lane = each.lanes[-1 if arriving else 0].y if each.lanes else shapes[other].y
            port = _port(link, each, arriving=arriving)
            towards.setdefault(port[:2], {}).setdefault(port, []).append(lane)
    placed: dict[_Port, Point] = {}
    for (number, side), found in towards.items():
        means = {port: sum(sorted(ys)) / len(ys) for port, ys in found.items()}
        ordered = sorted(found, key=lambda port: (means[port], port[2] is not None, port[2] or 0, port[3]))
        for place, port in enumerate(ordered):
            share = (place + 0.5) / len(ordered) * 2 - 1
            placed[port] = _on_border(shapes[number], side, share * _REACH)
    return placed


def _on_border(shape: Shape, side: Side, share: float) -> Point:
    """The point of an oval's border that lies ``share`` of its height below its centre."""
    reach = shape.width / 2 * sqrt(1 - (2 * share) ** 2)
    return Point(round(shape.x + (reach if side == "right" else -reach), 1), round(shape.y + share * shape.height, 1))


def _path(
    shapes: Sequence[Shape], columns: Sequence[Edges], link: Link, ends: _Ends, ports: dict[_Port, Point]
) -> tuple[Point, ...]:
    """From port to port: straight to the edge of the column, curves and lanes in turn, straight to the target."""
    start, end = (ports[_port(link, ends, arriving=arriving)] for arriving in (False, True))
    leaving, reached = columns[shapes[link[0]].column], columns[shapes[link[1]].column]
    first = Point(leaving.right if ends.leaves == "right" else leaving.left, start.y)
    last = Point(reached.right if ends.arrives == "right" else reached.left, end.y)
    path = [start, *_straight(start, first)]
    if ends.leaves == ends.arrives:
        outside = _bow_outside(first, last, columns, shapes[link[0]].column)
        path += (Point(outside, first.y), Point(outside, last.y), last)
    else:
        stops = (first, *ends.lanes, last)
        for place in range(0, len(stops), 2):
            path += _curve(stops[place], stops[place + 1])
            if place + 2 < len(stops):
                path += _straight(stops[place + 1], stops[place + 2])
    return (*path, *_straight(last, end))


def _bow_outside(first: Point, last: Point, columns: Sequence[Edges], column: int) -> float:
    """Where the control points of a bow lie: the farther its ends are apart, the wider, but within the free space."""
    space = columns[column + 1].left - columns[column].right
    return round(first.x + min(space, 0.3 * space + 0.15 * abs(last.y - first.y)), 1)


def _straight(start: Point, end: Point) -> tuple[Point, Point, Point]:
    return (start, end, end)


def _curve(start: Point, end: Point) -> tuple[Point, Point, Point]:
    middle = round((start.x + end.x) / 2, 1)
    return (Point(middle, start.y), Point(middle, end.y), end)
