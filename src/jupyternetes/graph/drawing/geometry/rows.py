"""How high does each shape stand in its column? As near to its neighbours as the others of the column allow."""

from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise
from typing import Final

from jupyternetes.graph.drawing.geometry.columns import Link, neighbours

ROW_GAP: Final = 20.0

_ROUNDS: Final = 6


def rows(columns: Sequence[Sequence[int]], heights: Sequence[float], links: Collection[Link]) -> list[float]:
    """The vertical centre of each shape, in pixels from that of the picture; at least `ROW_GAP` lies between two.

    ``heights``: of each shape, in pixels.
    """
    centres = [0.0] * len(heights)
    column_of = {shape: number for number, column in enumerate(columns) for shape in column}
    near = neighbours(links)
    for round_ in range(_ROUNDS):
        for number, column in enumerate(columns) if round_ % 2 == 0 else reversed([*enumerate(columns)]):
            wanted: list[float] = []
            for shape in column:
                pulls = [
                    (1 / abs(column_of[other] - number), centres[other])
                    for other in near.get(shape, ())
                    if column_of[other] != number
                ]
                total = sum(pull for pull, _ in pulls)
                wanted.append(sum(pull * centre for pull, centre in pulls) / total if pulls else centres[shape])
            distances = [(heights[one] + heights[other]) / 2 + ROW_GAP for one, other in pairwise(column)]
            for shape, centre in zip(column, apart(wanted, distances), strict=True):
                centres[shape] = centre
    return centres


def apart(wanted: Sequence[float], distances: Sequence[float]) -> list[float]:
    """The places nearest to ``wanted``, by the sum of squares, that keep their order and ``distances`` between them.

    https://en.wikipedia.org/wiki/Isotonic_regression (pool adjacent violators)
    """
    offsets = [*accumulate(distances, initial=0.0)]
    blocks: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        total, count = place - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / count:
            before, many = blocks.pop()
            total, count = total + before, count + many
        blocks.append((total, count))
    starts = [total / count for total, count in blocks for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]
