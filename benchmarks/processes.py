"""Processes that are measured, seen from outside."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

_TICKS = os.sysconf("SC_CLK_TCK")
_LONGEST = 1800.0  # seconds that one command may take
_WORKING = "working\n"


class Failed(Exception):  # noqa: N818 (an outcome of a run)
    """A measured process ended or did not answer; the text holds the end of its log."""


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> dict[str, float]:
    """Resident memory, now and at its peak."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {line.partition(":")[0]: line.split() for line in lines}
    return {"rss_mb": int(found["VmRSS"][1]) / 1024, "peak_mb": int(found["VmHWM"][1]) / 1024}


class Measured:
    """A process of Python modules of ours, its stderr in ``log``. Use it as a context manager."""

    def __init__(self, arguments: Sequence[str | Path], log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        self._command = [sys.executable, "-m", *map(str, arguments)]
        self._environment = {**os.environ, "KUBECONFIG": "/nonexistent", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "not started"
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> Self:
        """Start it; it may not be ready yet."""
        self._spawn(subprocess.DEVNULL, subprocess.DEVNULL)
        return self

    def stop(self) -> None:
        """End it, as Kubernetes would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def failed(self, what: str) -> Failed:
        """An error with the end of the log."""
        return Failed(f"{what}; the end of {self.log}:\n" + "\n".join(self.log.read_text().splitlines()[-15:]))

    def _spawn(self, stdin: int, stdout: int) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=stdin, stdout=stdout, stderr=log, env=self._environment
            )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        if self._process is not None:
            self.stop()


class Agent(Measured):
    """A process that carries out commands, see ``benchmarks.agent``."""

    def start(self) -> Self:
        """Start it; returns when it listens."""
        self._spawn(subprocess.PIPE, subprocess.PIPE)
        self._answer()
        return self

    def call(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have it done; the answer says what it cost."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        self.process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """Closing its stdin ends it."""
        self._close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            super().stop()

    def kill(self) -> None:
        super().kill()
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], _LONGEST)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            raise self.failed(f"process {self.pid} did not answer")
        return json.loads(line)


class MeasuredOperator(Measured):
    """One of our operators; ``clocked``: with a clock on its event loop, which takes 4 thousandths of a core."""

    def __init__(
        self, name: str, kubeconfig: Path, folder: Path, options: Sequence[str], *, clocked: bool = True
    ) -> None:
        self.name = name
        self._stalls = folder / f"{name}.stalls" if clocked else None
        command = ["benchmarks.operator_process", self._stalls] if self._stalls else ["jupyternetes", "operator"]
        arguments = [*command, name, f"--kubeconfig={kubeconfig}", "--health-port=0", *options]
        super().__init__(arguments, folder / f"{name}.log")
        self._lives = 0

    def start(self) -> Self:
        """Start it; returns when it works."""
        self.launch()
        self.wait_working()
        return self

    def launch(self) -> None:
        """Start it without waiting."""
        self._lives = self._times_working() + 1
        super().start()

    def wait_working(self) -> None:
        """Until its caches are filled and it works."""
        while self._times_working() < self._lives:
            if self.process.poll() is not None:
                raise self.failed(f"operator {self.name} ended at its start")
            time.sleep(0.02)

    def stalls(self) -> dict[str, float]:
        """The stalls of its event loop since the last time; nothing without a clock."""
        if self._stalls is None:
            return {}
        self._stalls.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        while not self._stalls.exists():
            if self.process.poll() is not None:
                raise self.failed(f"operator {self.name} ended")
            time.sleep(0.02)
        return json.loads(self._stalls.read_text())

    def _times_working(self) -> int:
        return self.log.read_text().count(_WORKING) if self.log.exists() else 0
