"""What the cluster said about one object, line by line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """``about`` names the object; ``lines`` are oldest first; ``missing`` says why there are none."""

    about: str
    lines: tuple[str, ...] = ()
    missing: str = ""
