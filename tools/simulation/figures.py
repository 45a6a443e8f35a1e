"""What the last full run counted, kept beside the code, with a print of how its first schedules went."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.simulation.table import ROWS, Row, Tally, as_json

FILE = Path(__file__).parent / "figures.json"
_PRINTED = 40
_SEEDS_APART = 1_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    """``tallies`` are in the order of the rows."""

    seed: int
    schedules: int
    tallies: list[Tally]
    digest: str

    def pairs(self) -> list[tuple[Row, Tally]]:
        """Each row with its tally."""
        return list(zip(ROWS, self.tallies, strict=True))

    def write(self) -> None:
        """Keep them."""
        rows = [{"row": row.title, **as_json(counted)} for row, counted in self.pairs()]
        content = {"seed": self.seed, "schedules": self.schedules, "digest": self.digest, "rows": rows}
        FILE.write_text(json.dumps(content, indent=1) + "\n")


def read() -> Figures:
    """Those of the last full run. Raises ValueError if its rows are not those of now."""
    content: dict[str, Any] = json.loads(FILE.read_text())
    if [row.pop("row") for row in content["rows"]] != [row.title for row in ROWS]:
        raise ValueError(f"{FILE.name} is of other rows")
    return Figures(content["seed"], content["schedules"], [Tally(**row) for row in content["rows"]], content["digest"])


def first_seed(seed: int) -> int:
    """The seed of the first schedule of a run."""
    return seed * _SEEDS_APART


def digest(seed: int) -> str:
    """A print of how the first schedules of each row go: any change of model, rules or times changes it."""
    first = first_seed(seed)
    shown: list[object] = []
    for row in ROWS:
        for number in range(first, first + _PRINTED):
            schedule = row.schedule(number)
            shown.append((schedule.run(), schedule.kernel.now, schedule.server.instances.times))
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
