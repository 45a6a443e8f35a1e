"""What all tables have in common: Markdown, names, and the columns of an event loop's stalls."""

from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks.summary import Row

NAMES: Final = {"floor": "floor", "kubespawner": "KubeSpawner", "ours": "Jupyternetes"}
STALLS: Final = ("stall_ms", "own_stall_ms", "collection_ms")
STALL_COLUMNS: Final = ("Stall ms", "Own ms", "Garbage ms")
_VOLUMES: Final = {"first": "first starts", "later": "later starts", "none": "starts without volumes"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """As Markdown; nothing if there are no rows."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body, ""] if body else []


def stalls(one: Row, of: str = "") -> list[str]:
    """The cells for ``STALL_COLUMNS``, empty without a clock; ``of`` is what the keys begin with."""
    return [f"{one[of + key]:.0f}" if of + key in one else "" for key in STALLS]


def burst_name(row: Row) -> str:
    """How many starts of which kind."""
    return f"{row['size']} {_VOLUMES[row['volumes']]}"
