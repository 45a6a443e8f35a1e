"""What the tool knows of one long-running program of a cluster."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Component:
    """A program with its arguments, and how one sees that it serves.

    `program` is a name of `programs.PROGRAMS`, or the path of a program of the machine. `health` is a URL that answers
    200 when the component is ready; None if there is none.
    """

    name: str
    program: str | Path
    arguments: tuple[str, ...]
    health: str | None = None
