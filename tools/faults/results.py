"""What was said while a fault was there: one line a run, to which nothing is ever done but to add further lines."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from jupyternetes.graph.causes.verdict import Cause
from tools.faults.errors import FaultError

CHECKOUT: Final = Path(__file__).resolve().parents[2]
#: Recordings and results lie among the examples: whoever has another method can try it on them.
FOLDER: Final = CHECKOUT / "examples" / "graph" / "faults"
FILE: Final = FOLDER / "results.jsonl"


class _Data(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Fields that hold their default are left out of the JSON."""


class Said(_Data, frozen=True, kw_only=True):
    """A cause as it was told to people: its id and name at that time, and its evidence as sentences."""

    id: str
    name: str
    confidence: str
    personal: bool = False
    evidence: tuple[str, ...] = ()

    @classmethod
    def of(cls, cause: Cause) -> "Said":
        """The cause of a verdict."""
        evidence = tuple(f"{fact.nature}: {without_paths(fact.text)} ({fact.reason})" for fact in cause.evidence)
        return cls(
            id=cause.id, name=cause.name, confidence=cause.confidence, personal=cause.personal, evidence=evidence
        )


class Run(_Data, frozen=True, kw_only=True):
    """One fault that was made once.

    ``repeat``: 1 for the first run of a fault. ``seed``: of all that was left to chance. ``sitting``: when the suite
    was started, and ``started``: when the run was, both RFC 3339. ``recording``: the name of its file.

    ``expected``: the ids of the true causes in the recording; none where nothing is wrong. ``made``, ``healed``: the
    seconds on the clock of the recording at which the fault was there, and at which it was to go. ``first_sign``,
    ``first_verdict``, ``right``, ``quiet``: when something looked like trouble, some cause was named, the right one was
    named first, and nothing was wrong again; None if that did not happen. ``headline``, ``causes``, ``unseen``: the
    last verdict before the fault was healed. ``problem``: why the run does not count, if the suite itself failed.
    """

    fault: str
    repeat: int
    commit: str
    seed: int
    sitting: str
    started: str
    recording: str
    expected: tuple[tuple[str, ...], ...] = ()
    made: float | None = None
    first_sign: float | None = None
    first_verdict: float | None = None
    right: float | None = None
    healed: float | None = None
    quiet: float | None = None
    headline: str = ""
    causes: tuple[Said, ...] = ()
    unseen: tuple[str, ...] = ()
    problem: str = ""

    @property
    def counts(self) -> bool:
        """Whether the fault was made and followed to its end."""
        return not self.problem


def read(file: Path = FILE) -> list[Run]:
    """All runs there are, the oldest first. Raises FaultError if a line is none."""
    if not file.exists():
        return []
    try:
        return [msgspec.json.decode(line, type=Run) for line in file.read_bytes().splitlines()]
    except msgspec.DecodeError as error:
        raise FaultError(f"{file} holds a line that is no run: {error}") from error


def append(run: Run, file: Path = FILE) -> None:
    """Keep one more run."""
    with file.open("ab") as stream:
        stream.write(msgspec.json.encode(run) + b"\n")


def missing(fault: str, repeats: int, runs: Iterable[Run]) -> list[int]:
    """The repeats of a fault, up to this number, that were not made yet."""
    there = {run.repeat for run in runs if run.fault == fault and run.counts}
    return [number for number in range(1, repeats + 1) if number not in there]


def free_name(fault: str, repeat: int, folder: Path = FOLDER) -> str:
    """A name for a recording that no other has: a run that failed keeps its own."""
    attempts = (f"{fault}-{repeat:02}{suffix}.jsonl.gz" for suffix in ("", *(f"-again-{n}" for n in range(1, 100))))
    return next(name for name in attempts if not (folder / name).exists())


def without_paths(text: str) -> str:
    """``text`` without the folder of this checkout, which is nobody else's business."""
    return text.replace(f"{CHECKOUT}/", "")


def commit() -> str:
    """The commit whose rules judge, with a mark if files of ours differ from it."""
    found = _git("rev-parse", "--short=12", "HEAD").strip()
    return f"{found}+" if _git("status", "--porcelain", "--", "src").strip() else found


def _git(*arguments: str) -> str:
    result = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise FaultError(f"git {' '.join(arguments)}: {result.stderr.strip()}")
    return result.stdout
