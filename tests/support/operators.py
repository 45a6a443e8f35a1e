"""The operators as processes, as they run in a cluster: the command, an account's kubeconfig, signals."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, Self

from tests.support.waiting import PATIENCE, eventually

COMMAND = Path(sys.executable).with_name("jupyternetes")
WORKING = "leading, working"
_END_SECONDS = 30


class Child(Protocol):
    """A process that was started: what ``subprocess.Popen`` offers of it."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...


Launch = Callable[[Sequence[str], Path], Child]
"""Starts the command ``jupyternetes`` with these arguments, its output appended to the file."""


def as_command(arguments: Sequence[str], log: Path) -> Child:
    """A process of its own, as a container runs it."""
    with log.open("ab") as output:
        environment = {**os.environ, "KUBECONFIG": "/nonexistent"}
        return subprocess.Popen([COMMAND, *arguments], stdout=output, stderr=output, env=environment)


class Operator:
    """One replica of an operator; use it as a context manager, so that no process stays behind."""

    def __init__(
        self,
        name: str,
        kubeconfig: Path,
        log: Path,
        *,
        options: Sequence[str] = (),
        launch: Launch = as_command,
    ) -> None:
        self.name = name
        self.log = log
        self._arguments = ["operator", name, f"--kubeconfig={kubeconfig}", "--health-port=0", *options]
        self._launch = launch
        self._process: Child | None = None
        self._born_at = 0  # where in the log the present life begins

    def start(self) -> None:
        """Start it; returns when it works."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start the process, without waiting for anything."""
        self._born_at = self.log.stat().st_size if self.log.exists() else 0
        self._process = self._launch(self._arguments, self.log)

    def wait_ready(self) -> None:
        """Until it works."""
        self.wait_says(WORKING)

    def wait_says(self, text: str, *, seconds: float = PATIENCE) -> None:
        """Until it has logged ``text`` in its present life; fails if it ends before."""
        eventually(lambda: text in self.life or not self.runs, seconds=seconds)
        assert self.runs, f"operator {self.name} ended at its start:\n{self.life}"

    @property
    def text(self) -> str:
        """What it has logged in all its lives."""
        return self.log.read_text() if self.log.exists() else ""

    @property
    def life(self) -> str:
        """What it has logged since it was started last."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._born_at)
            return log.read().decode(errors="replace")

    @property
    def runs(self) -> bool:
        return self._process is not None and self.exit_code is None

    @property
    def exit_code(self) -> int | None:
        """Of its last life, if that is over; the negative number of the signal that ended it."""
        return self._process.poll() if self._process is not None else None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def health_port(self) -> int:
        """Where it answers /livez, /readyz and /metrics, once it works."""
        return int(re.findall(r"health and metrics on port (\d+)", self.life)[-1])

    def passes(self) -> float:
        """How often it has looked at an object so far, from its metrics."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.health_port}/metrics", timeout=10) as answer:
            samples = re.findall(r"^jupyternetes_reconcile_total\{.*\} (\S+)$", answer.read().decode(), re.M)
        return sum(map(float, samples))

    def kill(self) -> None:
        """SIGKILL: it has no time for anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the answer is the exit code."""
        return self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """SIGSTOP: it does nothing until ``thaw``, and does not know that time passes."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def send(self, number: int) -> None:
        """A signal, without waiting for what comes of it."""
        assert self._process is not None
        self._process.send_signal(number)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.runs:
            self.thaw()
            self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        self.send(number)
        assert self._process is not None
        try:
            return self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            raise


class Operators:
    """All operators, of which those run that a test needs; each keeps its log, whatever the tests do to it."""

    def __init__(self, operators: Sequence[Operator]) -> None:
        self._operators = {operator.name: operator for operator in operators}

    def __getitem__(self, name: str) -> Operator:
        return self._operators[name]

    def run_only(self, *names: str) -> None:
        """Start these where they do not run, and stop the others; returns when these work."""
        wanted = [operator for name, operator in self._operators.items() if name in names]
        for operator in wanted:
            if not operator.runs:
                operator.launch()
        for operator in self._operators.values():
            if operator not in wanted and operator.runs:
                operator.stop()
        for operator in wanted:
            operator.wait_ready()

    def run_all(self) -> None:
        self.run_only(*self._operators)

    def stop_all(self) -> None:
        self.run_only()
