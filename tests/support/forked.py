"""Starting operators a hundred times faster: forks of one process that has imported everything.

An operator's imports take most of the time of its start, and all of it on the processor. Where processes are killed by
the hundred, that would be most of what a test does. Each fork is a process of its own, with its own memory, connections
and signals, and runs the command from its first line.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what a fork has to import itself delays its start
    from tests.support.operators import Child, Launch

_PR_SET_PDEATHSIG = 1  # https://man7.org/linux/man-pages/man2/pr_set_pdeathsig.2const.html


def forking(prepare: Callable[[], None] | None = None) -> "Launch":
    """Starts the command in forks; the process that they come from ends with ours.

    ``prepare``, a function of a module, is called in each fork before the command.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["jupyternetes.cli", "uvloop", __name__])
    first = context.Process()  # does nothing, once everything is imported
    first.start()
    first.join()

    def launch(arguments: Sequence[str], log: Path) -> "Child":
        return _Fork(context, arguments, log, prepare)

    return launch


class _Fork:
    """A process that was forked, with the face of a Popen."""

    def __init__(
        self, context: ForkServerContext, arguments: Sequence[str], log: Path, prepare: Callable[[], None] | None
    ) -> None:
        given = (tuple(arguments), str(log), prepare)
        self._process: ForkServerProcess = context.Process(target=_run, args=given, daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired("jupyternetes", timeout or 0)
        return self._process.exitcode

    def send_signal(self, sig: int, /) -> None:
        if self._process.exitcode is None:
            os.kill(self.pid, sig)


def _run(arguments: Sequence[str], log: str, prepare: Callable[[], None] | None) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # nobody else would end it if the tests are killed
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["KUBECONFIG"] = "/nonexistent"
    sys.argv = ["jupyternetes", *arguments]

    from jupyternetes.cli import main

    if prepare is not None:
        prepare()
    main()
