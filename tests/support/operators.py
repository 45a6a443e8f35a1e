"""The operators as processes, as they run in a cluster: the command, an account's kubeconfig, signals."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.support.waiting import eventually

COMMAND = Path(sys.executable).with_name("jupyternetes")
_WORKING = "caches are filled, working"


class Operator:
    """One operator; use it as a context manager, so that no process stays behind."""

    def __init__(self, name: str, kubeconfig: Path, log: Path, *, options: Sequence[str] = ()) -> None:
        self.name = name
        self.log = log
        self._command = [COMMAND, "operator", name, f"--kubeconfig={kubeconfig}", "--health-port=0", *options]
        self._process: subprocess.Popen[bytes] | None = None
        self._lives = 0

    def start(self) -> None:
        """Start it; returns when it has filled its caches."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start the process, without waiting for anything."""
        self._lives = self.text.count(_WORKING) + 1
        with self.log.open("ab") as log:
            environment = {**os.environ, "KUBECONFIG": "/nonexistent"}
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=environment)

    def wait_ready(self) -> None:
        """Until it has filled its caches."""
        eventually(lambda: self.text.count(_WORKING) >= self._lives or not self.runs)
        assert self._exit_code() is None, f"operator {self.name} ended at its start:\n{self.text}"

    @property
    def text(self) -> str:
        """What it has logged in all its lives."""
        return self.log.read_text() if self.log.exists() else ""

    @property
    def runs(self) -> bool:
        return self._exit_code() is None

    def passes(self) -> float:
        """How often it has looked at an object so far, from its metrics."""
        port = re.findall(r"health and metrics on port (\d+)", self.text)[-1]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            samples = re.findall(r"^jupyternetes_reconcile_total\{.*\} (\S+)$", answer.read().decode(), re.M)
        return sum(map(float, samples))

    def kill(self) -> None:
        """SIGKILL: it has no time for anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the answer is the exit code."""
        return self._end(signal.SIGTERM)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._exit_code() is None:
            self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        try:
            return self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def _exit_code(self) -> int | None:
        return self._process.poll() if self._process is not None else 0


class Operators:
    """All operators, of which those run that a test needs; each keeps its log, whatever the tests do to it."""

    def __init__(self, operators: Sequence[Operator]) -> None:
        self._operators = {operator.name: operator for operator in operators}

    def __getitem__(self, name: str) -> Operator:
        return self._operators[name]

    def run_only(self, *names: str) -> None:
        """Start these where they do not run, and stop the others."""
        launched = [operator for name, operator in self._operators.items() if name in names and not operator.runs]
        for operator in launched:
            operator.launch()
        for name, operator in self._operators.items():
            if name not in names and operator.runs:
                operator.stop()
        for operator in launched:
            operator.wait_ready()

    def run_all(self) -> None:
        self.run_only(*self._operators)

    def stop_all(self) -> None:
        self.run_only()
