"""How far a run has come, in a file, so that one that was interrupted goes on."""

import os
from collections import Counter
from pathlib import Path

import msgspec

FOLDER = Path("build/kill-test")


class Record(msgspec.Struct):
    """One run; ``done`` counts disruptions by kind."""

    seed: int
    wanted: int
    rounds: int = 0
    done: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    doubled_pods: int = 0
    """Creates of a pod that there was already; all but one were removed again."""
    rest_seconds: float = 0.0
    """The longest that it took, after the last disruption of a round, until everything was right."""

    @property
    def kills(self) -> int:
        """Operators killed so far."""
        return self.done.get("kills", 0)

    @property
    def complete(self) -> bool:
        return self.kills >= self.wanted

    @property
    def path(self) -> Path:
        return FOLDER / f"seed-{self.seed}.json"

    def save(self) -> None:
        """Write it down; a reader sees the old or the new one."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        draft.replace(self.path)

    @staticmethod
    def resume(*, seed: int | None, wanted: int) -> "Record":
        """The run of ``seed``, or without one the last that was interrupted; a new one if there is none."""
        found = [msgspec.json.decode(path.read_bytes(), type=Record) for path in sorted(FOLDER.glob("seed-*.json"))]
        for record in found:
            if (record.seed == seed if seed is not None else not record.complete) and record.wanted == wanted:
                return record if not record.complete else Record(record.seed, wanted)
        return Record(int.from_bytes(os.urandom(4)) if seed is None else seed, wanted)

    def summarize(self) -> Path:
        """Write the table of the documentation. Whatever else were not 0 in it would have ended the run."""
        done = Counter(self.done)
        kinds = {"frozen": "frozen", "cut off": "cut off", "told to end": "terminated", "events lost": "events lost"}
        kinds |= {"events and answers lost": "news lost", "API server killed": "API server killed"}
        rows = {
            "seed": self.seed,
            "kills": f"{self.kills:,}: {done['kills of leaders']} of leaders, "
            f"{done['both replicas killed']} times both replicas",
            "other disturbances": ", ".join(f"{shown} {done[kind]}" for shown, kind in kinds.items()),
            "with a write in flight": done["in flight"],
            "pods doubled at rest / for a moment": f"0 / {self.doubled_pods}",
            "claims doubled / lost": "0 / 0",
            "stops or deletions missed": 0,
            "longest way to rest": f"{self.rest_seconds:.1f} s",
        }
        path = FOLDER / "summary.md"
        lines = ["| What | Count |", "|---|---|", *(f"| {what} | {count} |" for what, count in rows.items())]
        path.write_text("\n".join(lines) + "\n")
        return path

    def __str__(self) -> str:
        counts = ", ".join(f"{kind} {number}" for kind, number in sorted(self.done.items()))
        return (
            f"seed {self.seed}, round {self.rounds}: {self.kills} of {self.wanted} kills ({counts}); "
            f"pods doubled for a moment: {self.doubled_pods}; longest way to rest {self.rest_seconds:.1f} s"
        )
