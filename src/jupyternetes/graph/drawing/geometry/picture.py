"""What is a picture made of? Ovals, arrows between them, and bands that name the columns."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from jupyternetes.graph.model.graph import Edge, Node, worst_trouble
from jupyternetes.graph.model.kinds import Capability, State

MARGIN: Final = 28.0
HEADING: Final = 30.0
LINE_HEIGHT: Final = 15.0


class Point(NamedTuple):
    """In pixels, from the upper left corner of the picture."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Shape:
    """An oval around its centre ``x``, ``y``; ``lines`` are its words, visible and cut to fit into it.

    ``cause``: the mark of a cause of trouble, such as "cause 1"; empty if it is none.
    """

    subject: Node | Capability
    lines: tuple[str, ...]
    column: int
    x: float
    y: float
    width: float
    height: float
    cause: str = ""

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """From cause to affected, both places in `Picture.shapes`.

    ``edges``: all edges between the two in this direction; none where the target is a capability. ``path``: where it
    begins, then three points for each cubic Bézier curve. It ends horizontally at the border of the target, from which
    side ``points_left`` says. ``causes``: of each edge the mark of a cause of trouble, empty if it is none. ``mark``:
    the centre of the word for its state and of the marks, where it has any.
    """

    source: int
    target: int
    edges: tuple[Edge, ...]
    path: tuple[Point, ...]
    points_left: bool
    causes: tuple[str, ...] = ()
    mark: Point | None = None

    @property
    def guessed(self) -> bool:
        """Whether there is nothing better than a guess for it."""
        return bool(self.edges) and all(edge.guessed for edge in self.edges)

    @property
    def trouble(self) -> State | None:
        """The state of the way that it stands for, if a person has to be shown it."""
        return worst_trouble(self.edges)

    @property
    def cause(self) -> str:
        """The marks of all its edges."""
        return ", ".join(filter(None, self.causes))


@dataclass(frozen=True, slots=True)
class Band:
    """The columns of one layer, and what stands above them."""

    title: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes column by column, from top to bottom; width and height in pixels."""

    width: float
    height: float
    bands: tuple[Band, ...]
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]

    @property
    def marks_causes(self) -> bool:
        """Whether anything in it is marked as a cause of trouble."""
        return any(each.cause for each in (*self.shapes, *self.arrows))
