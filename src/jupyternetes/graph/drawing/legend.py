"""What do the marks of a picture mean? It is said below each picture."""

from typing import Final

from jupyternetes.graph.drawing.geometry.picture import Point
from jupyternetes.graph.drawing.markup import Markup
from jupyternetes.graph.drawing.parts import line, oval, signed, tag, text
from jupyternetes.graph.model.kinds import State

_ROW: Final = 26.0
_ROWS: Final = 4
LEGEND_WIDTH: Final = 820.0


def legend(*, with_causes: bool) -> tuple[list[Markup], float]:
    """The explanation and its height in pixels, that of tags only where there are some."""
    ovals = (
        (0, True, "M L E: metrics, logs and events can be observed"),
        (LEGEND_WIDTH / 2, False, "a dash in place of what cannot be observed"),
    )
    first, second, third, fourth, fifth = (_ROW * (row + 0.5) for row in range(_ROWS + 1))
    arrows: tuple[tuple[float, float, bool, State | None, str], ...] = (
        (0, second, False, None, "trouble where it begins can give errors where it ends"),
        (LEGEND_WIDTH / 2, second, True, None, "the same, but only guessed"),
        (0, third, False, State.FAILING, "what is asked this way gets no answer, however its ends fare"),
    )
    drawn: list[Markup] = []
    for x, green, words in ovals:
        drawn += (oval(x + 20, first, 40, 18, green=green), text(words, x + 52, first + 4))
    for x, y, dashed, trouble, words in arrows:
        path = (Point(x, y), Point(x, y), Point(x + 40, y), Point(x + 40, y))
        drawn += (*line(path, points_left=False, dashed=dashed, trouble=trouble), text(words, x + 52, y + 4))
    for place, state in enumerate(State):
        drawn += signed(state, state, place * LEGEND_WIDTH / len(State), fourth + 4)
    if with_causes:
        drawn += (
            *tag("1", 20, fifth),
            text("trouble begins here; the number is that in the list of causes", 52, fifth + 4),
        )
    return drawn, _ROW * (_ROWS + with_causes) + 12
