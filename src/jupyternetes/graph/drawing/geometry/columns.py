"""In which column does each shape stand, and in which order, so that few arrows cross?

Shapes are known by their numbers. https://en.wikipedia.org/wiki/Layered_graph_drawing
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from math import ceil
from typing import Final

#: An arrow between two shapes.
Link = tuple[int, int]

#: In one column; a layer with more shapes takes several columns of about the same length.
ROWS: Final = 14

_SWEEPS: Final = 7


def split_layer(members: Sequence[int], links: Iterable[Link]) -> Iterator[list[int]]:
    """The columns of a layer, none of them empty and none longer than `ROWS`.

    A shape that only causes something within its layer stands left of the others, such as a claim beside the server
    that mounts it. Most arrows within a layer then run like all others.
    """
    own = set(members)
    inner = [link for link in links if own.issuperset(link)]
    causes = {source for source, _ in inner} - {target for _, target in inner}
    for part in ([each for each in members if each in causes], [each for each in members if each not in causes]):
        columns = ceil(len(part) / ROWS)
        for number in range(columns):
            yield part[number * len(part) // columns : (number + 1) * len(part) // columns]


def neighbours(links: Collection[Link]) -> dict[int, list[int]]:
    """With what each shape has an arrow, in either direction."""
    found: dict[int, set[int]] = {}
    for source, target in links:
        found.setdefault(source, set()).add(target)
        found.setdefault(target, set()).add(source)
    return {each: sorted(others) for each, others in found.items()}


def order(columns: Sequence[Sequence[int]], links: Collection[Link]) -> list[list[int]]:
    """The columns, each sorted by where the neighbours of its shapes stand, ties by number.

    The last column keeps its order.
    """
    ordered = [list(column) for column in columns]
    column_of = {shape: number for number, column in enumerate(columns) for shape in column}
    places = {shape: place for column in ordered for shape, place in _places(column)}
    near = neighbours(links)
    for sweep in range(_SWEEPS):
        rightwards = sweep % 2 == 0
        numbers = range(len(ordered) - 1)
        for number in numbers if rightwards else reversed(numbers):
            wanted: dict[int, float] = {}
            for shape in ordered[number]:
                others = [
                    places[other]
                    for other in near.get(shape, ())
                    if (column_of[other] < number if rightwards else column_of[other] > number)
                ]
                wanted[shape] = sum(others) / len(others) if others else places[shape]
            ordered[number].sort(key=lambda shape: (wanted[shape], shape))
            places.update(_places(ordered[number]))
    return ordered


def _places(column: Sequence[int]) -> Iterator[tuple[int, float]]:
    """Each shape with its distance, in rows, from the middle of its column."""
    middle = (len(column) - 1) / 2
    return ((shape, row - middle) for row, shape in enumerate(column))
