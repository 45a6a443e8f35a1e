"""Processes that outlive the command which starts them, and are found again without doubt.

Each carries the cluster's folder and its component's name in its environment, which its own children inherit (so do
the shims that containerd starts and leaves behind). That mark is set by the kernel at exec, so there is no moment in
which a process runs and nobody has noted it, and no pid file that could come to mean somebody else's process. Signals
go through a pidfd, and only if pid and start time are still those of the process that was found.
"""

import os
import select
import signal
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools.cluster.errors import ClusterError

_MARK = "JUPYTERNETES_LOCAL_CLUSTER"
_TERM_SECONDS = 3  # the API server would wait a minute for its clients to hang up
_KILL_SECONDS = 10


@dataclass(frozen=True)
class Marked:
    """A running process of a cluster. `component` is the one that it is, or whose child it is."""

    pid: int
    component: str
    started: int  # clock ticks since boot
    is_leader: bool  # of the session that `spawn` made: the component itself, not a child of it

    def send(self, number: signal.Signals) -> bool:
        """Send a signal; False if the process is gone."""
        with _pidfd(self) as descriptor:
            if descriptor is None:
                return False
            signal.pidfd_send_signal(descriptor, number)
            return True

    def wait_gone(self, timeout: float) -> bool:
        """Whether the process ends within `timeout` seconds."""
        with _pidfd(self) as descriptor:
            if descriptor is not None:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                if not poll.poll(timeout * 1000):
                    return False
        with suppress(ChildProcessError):  # only if we are the parent: nobody else will collect it
            os.waitpid(self.pid, os.WNOHANG)
        return True


def spawn(folder: Path, component: str, command: Sequence[str | Path], *, log: Path) -> None:
    """Start a process in a session of its own, its output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        pid = os.posix_spawn(
            command[0],
            [str(argument) for argument in command],
            {**os.environ, _MARK: f"{folder}:{component}"},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, null, 0),
                (os.POSIX_SPAWN_DUP2, output, 1),
                (os.POSIX_SPAWN_DUP2, output, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(null)
        os.close(output)
    # posix_spawn returns a moment before the kernel shows the new program's environment.
    while _read(pid) is None and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        os.sched_yield()


def find(folder: Path | None = None) -> list[Marked]:
    """All processes of the cluster in `folder`, or of every cluster of this machine."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    found = filter(None, (_read(pid) for pid in pids))
    return [marked for owner, marked in found if folder is None or owner == str(folder)]


def find_component(folder: Path, component: str) -> Marked | None:
    """The process that `spawn` started for a component, if it runs."""
    return next((marked for marked in find(folder) if marked.component == component and marked.is_leader), None)


def stop(processes: Sequence[Marked]) -> None:
    """End processes: SIGTERM to all at once (and SIGCONT: a frozen one must hear it), SIGKILL to those that stay.

    Raises ClusterError if one outlives even that.
    """
    for process in processes:
        process.send(signal.SIGTERM)
        process.send(signal.SIGCONT)
    deadline = time.monotonic() + _TERM_SECONDS
    stubborn = [process for process in processes if not process.wait_gone(max(0.0, deadline - time.monotonic()))]
    kill(stubborn)


def kill(processes: Sequence[Marked]) -> None:
    """End processes at once. Raises ClusterError if one stays, which only a broken device or mount can cause."""
    for process in processes:
        process.send(signal.SIGKILL)
    for process in processes:
        if not process.wait_gone(_KILL_SECONDS):
            raise ClusterError(f"process {process.pid} ({process.component}) does not end, not even by SIGKILL")


def wait_until(condition: Callable[[], bool], *, what: str, timeout: float, alive: Callable[[], None]) -> None:
    """Return once `condition` holds. `alive` raises when waiting has become pointless.

    Raises ClusterError naming `what` after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while not condition():
        alive()
        if time.monotonic() > deadline:
            raise ClusterError(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.05)  # between two looks at another process that has no way to call us


def _read(pid: int) -> tuple[str, Marked] | None:
    """Whose process this is, or None: not ours, ended, or not ours to look into."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        session, started = _session_and_start(pid)
    except OSError:
        return None
    prefix = f"{_MARK}=".encode()
    for entry in environment.split(b"\0"):
        if entry.startswith(prefix):
            owner, _, component = os.fsdecode(entry.removeprefix(prefix)).rpartition(":")
            return owner, Marked(pid, component, started, is_leader=session == pid)
    return None


def _session_and_start(pid: int) -> tuple[int, int]:
    """Session id and start time, from https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[3]), int(after_name[19])


@contextmanager
def _pidfd(process: Marked) -> Generator[int | None]:
    """A descriptor that means this very process; None if it is gone.

    Told by its start time, not by its mark: a process that is ending has no environment any more, but still its files.
    """
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        yield None
        return
    try:
        yield descriptor if _is_same(process) else None
    finally:
        os.close(descriptor)


def _is_same(process: Marked) -> bool:
    try:
        return _session_and_start(process.pid)[1] == process.started
    except OSError:
        return False
