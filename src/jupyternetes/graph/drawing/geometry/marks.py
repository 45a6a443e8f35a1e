"""Where on an arrow stand its words? In its middle, unless a shape or other words stand there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from jupyternetes.graph.drawing.geometry.columns import Link
from jupyternetes.graph.drawing.geometry.picture import Point, Shape

#: Places on a curve that are tried, as shares of it, the best first.
_SHARES: Final = (0.5, 0.35, 0.65, 0.2, 0.8)


class Mark(NamedTuple):
    """The words of an arrow, whose path is that of `Arrow.path`; width and height in pixels.

    A little may stand over the edge of a column, where an oval is seldom as wide.
    """

    link: Link
    path: Sequence[Point]
    width: float
    height: float


def marks(wanted: Iterable[Mark], shapes: Sequence[Shape]) -> dict[Link, Point]:
    """The centre of each of these."""
    placed: list[tuple[Mark, Point]] = []
    for mark in wanted:
        places = list(_places(mark.path))
        placed.append((mark, next((each for each in places if _is_free(each, mark, placed, shapes)), places[0])))
    return {mark.link: place for mark, place in placed}


def _places(path: Sequence[Point]) -> Iterator[Point]:
    """Points of the path, those near its middle first."""
    curves = [tuple(path[place : place + 4]) for place in range(0, len(path) - 1, 3)]
    middle = (len(curves) - 1) / 2
    for start, one, other, end in sorted(curves, key=lambda each: abs(curves.index(each) - middle)):
        for share in _SHARES:
            yield Point(*(_between(share, *each) for each in zip(start, one, other, end, strict=True)))


def _between(share: float, start: float, one: float, other: float, end: float) -> float:
    """https://en.wikipedia.org/wiki/B%C3%A9zier_curve#Cubic_B%C3%A9zier_curves"""
    rest = 1 - share
    return round(rest**3 * start + 3 * rest**2 * share * one + 3 * rest * share**2 * other + share**3 * end, 1)


def _is_free(place: Point, mark: Mark, others: Iterable[tuple[Mark, Point]], shapes: Iterable[Shape]) -> bool:
    taken = [(there, other.width, other.height) for other, there in others]
    taken += ((Point(each.x, each.y), each.width, each.height) for each in shapes)
    return not any(
        abs(place.x - there.x) < (mark.width + width) / 2 and abs(place.y - there.y) < (mark.height + height) / 2
        for there, width, height in taken
    )
