"""``jupyternetes graph`` as a process that is measured: one that draws once, and one that goes on drawing."""

import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from benchmarks.lab import NAMESPACE, Lab
from benchmarks.processes import Measured, cpu_seconds, memory_mb
from jupyternetes.graph.drawing.words import STATE_SIGNS
from jupyternetes.graph.model.kinds import Capability
from tests.support.installation import RELEASE_NAMESPACE

ACCOUNT: Final = "graph"
_ARGUMENTS: Final = ("jupyternetes", "graph", f"--namespace={RELEASE_NAMESPACE}", f"--namespace={NAMESPACE}")
#: No line is broken: the drawings are read.
_WIDE: Final = {"COLUMNS": "2000"}
_PAUSE: Final = 0.02
_LONGEST: Final = 300.0
_LOADING: Final = "still loading: "
#: The last line of a drawing begins with it.
_END: Final = "M metrics"
_SERVERS: Final = re.compile(r": (\d+) servers?;")
_SHAPE: Final = re.compile(rf"── [{''.join(STATE_SIGNS.values())}] ")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A tree, and the moment (of the monotonic clock) at which its last line came."""

    at: float
    text: str

    @property
    def complete(self) -> bool:
        """Whether all lists were there."""
        return not self.text.startswith(_LOADING)

    @property
    def servers(self) -> int:
        """How many servers it counts."""
        found = _SERVERS.search(self.text)
        return int(found[1]) if found else 0

    @property
    def shapes(self) -> int:
        """How many shapes the picture of the same graph has, the capabilities among them, which the tree leaves out."""
        return len(_SHAPE.findall(self.text)) + len(Capability)


def drawings(lines: Iterable[tuple[float, str]]) -> Iterator[Drawing]:
    """Drawings from lines of output, each with the moment at which it came."""
    text: list[str] = []
    for at, line in lines:
        text.append(line)
        if line.startswith(_END):
            yield Drawing(at, "".join(text))
            text.clear()


def look(lab: Lab) -> dict[str, Any]:
    """Draw once; what the whole command took, from the start of its process to its end."""
    output = lab.folder / "graph.txt"
    process = _Once(_ARGUMENTS, lab.folder / "graph.log", _environment(lab))
    begun = time.monotonic()
    used = process.run(output)
    ended = time.monotonic()
    (drawing,) = drawings((ended, line) for line in output.read_text().splitlines(keepends=True))
    return {"seconds": ended - begun, "servers": drawing.servers, "shapes": drawing.shapes, **used}


class _Once(Measured):
    def run(self, output: Path) -> dict[str, float]:
        """Run to the end; CPU and the largest memory, which are looked at again and again as long as it lives."""
        with output.open("wb") as file:
            self._spawn(subprocess.DEVNULL, file.fileno())
        used: dict[str, float] = {}
        while self.process.poll() is None:
            with suppress(KeyError, OSError):  # once it has ended
                used = {"cpu_seconds": cpu_seconds(self.pid), "peak_mb": memory_mb(self.pid)["peak_mb"]}
            time.sleep(_PAUSE)
        if self.process.returncode:
            raise self.failed(f"jupyternetes graph ended with {self.process.returncode}")
        return used


class Watch(Measured):
    """``jupyternetes graph --watch``. Use it as a context manager."""

    def __init__(self, lab: Lab) -> None:
        super().__init__([*_ARGUMENTS, "--watch"], lab.folder / "watch.log", _environment(lab))
        self._drawings: list[Drawing] = []
        self._reader = threading.Thread(target=self._read)
        self._begun = 0.0

    def start(self) -> Self:
        """Start it; returns at once."""
        self._begun = time.monotonic()
        self._spawn(subprocess.DEVNULL, subprocess.PIPE)
        self._reader.start()
        return self

    def stop(self) -> None:
        super().stop()
        self._reader.join()

    @property
    def drawn(self) -> Sequence[Drawing]:
        """All drawings so far."""
        return tuple(self._drawings)

    def first(self) -> float:
        """Seconds from its start until there was a drawing, of whatever was there."""
        return self._until(lambda _: True).at - self._begun

    def whole(self, servers: int) -> float:
        """Seconds from its start until a drawing had all servers."""
        return self._until(lambda each: each.complete and each.servers == servers).at - self._begun

    def saying(self, word: str) -> Drawing:
        """The first drawing that holds a word."""
        return self._until(lambda each: word in each.text)

    def _until(self, wanted: Callable[[Drawing], bool]) -> Drawing:
        due = time.monotonic() + _LONGEST
        while time.monotonic() < due:
            if found := next(filter(wanted, self.drawn), None):
                return found
            if self.process.poll() is not None:
                raise self.failed("jupyternetes graph --watch ended")
            time.sleep(_PAUSE)
        raise self.failed(f"no such drawing within {_LONGEST:g} s")

    def _read(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        with stdout:
            lines = ((time.monotonic(), line.decode()) for line in stdout)
            for drawing in drawings(lines):
                self._drawings.append(drawing)


def _environment(lab: Lab) -> dict[str, str]:
    return {"KUBECONFIG": str(lab.accounts[ACCOUNT]), **_WIDE}
