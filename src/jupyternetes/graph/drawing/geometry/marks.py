"""Where on an arrow stands the word for its state? In its middle, unless a shape or another word stands there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jupyternetes.graph.drawing.geometry.columns import Link
from jupyternetes.graph.drawing.geometry.picture import Point, Shape

#: Of a word with its sign, in pixels. A little may stand over the edge of a column, where an oval is seldom as wide.
_WIDTH: Final = 66.0
_HEIGHT: Final = 20.0
#: Places on a curve that are tried, as shares of it, the best first.
_SHARES: Final = (0.5, 0.35, 0.65, 0.2, 0.8)


def marks(paths: Iterable[tuple[Link, Sequence[Point]]], shapes: Sequence[Shape]) -> dict[Link, Point]:
    """The centre of the word on each of these arrows, whose paths are those of `Arrow.path`."""
    placed: dict[Link, Point] = {}
    for link, path in paths:
        places = list(_places(path))
        placed[link] = next((each for each in places if _is_free(each, placed.values(), shapes)), places[0])
    return placed


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


def _is_free(place: Point, others: Iterable[Point], shapes: Iterable[Shape]) -> bool:
    return not (
        any(abs(place.x - each.x) < _WIDTH and abs(place.y - each.y) < _HEIGHT for each in others)
        or any(
            abs(place.x - each.x) < (_WIDTH + each.width) / 2 and abs(place.y - each.y) < (_HEIGHT + each.height) / 2
            for each in shapes
        )
    )
