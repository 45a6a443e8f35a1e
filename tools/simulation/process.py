"""One operator process: it may be killed, stopped or frozen between any two steps, and sees the world late."""

from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from tools.simulation.kernel import Action, Kernel, Reply, Task

_LATE, _LATE_SECONDS, _PROMPT_SECONDS = 0.1, 5.0, 0.2
_STALLED, _STALL_SECONDS = 0.3, 60.0
_WAKING_SECONDS = 0.05
_SPELL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Faults:
    """The shares of an operator's steps in which something befalls it, until ``calm`` (seconds)."""

    killed: float = 0.03
    told_to_stop: float = 0.02
    frozen: float = 0.06
    cut_off: float = 0.03
    calm: float = 30.0


class Process:
    """Runs tasks and keeps two places in the server's history, ``seen``, as far as its watches have come."""

    def __init__(self, kernel: Kernel, random: Random, faults: Faults, born: float) -> None:
        self.alive = True
        self.stopping = False
        self.frozen_until = 0.0
        self.cut_until = 0.0
        self.no_renewal_until = 0.0
        self.seen = {"instances": 0, "objects": 0}
        self.on_stop: Action = self.die
        self.on_death: Action = _nothing
        self._kernel, self._dice, self._faults = kernel, random.random, faults
        self._wake: Reply | None = None
        self._dirty = True
        self._watched: set[str] = set()
        self._last = {"instances": 0.0, "objects": 0.0}
        stall = born + self._dice() * self._dice() * _STALL_SECONDS if self._dice() < _STALLED else float("inf")
        self._stall = (stall, stall + self._dice() * _STALL_SECONDS)

    @property
    def idle(self) -> bool:
        """Whether its worker waits for something to happen."""
        return self._wake is not None and self.frozen_until <= self._kernel.now

    def run(self, task: Task, *, hazardous: bool = False) -> None:
        """Start a task; what befalls the process does so at the steps of a ``hazardous`` one."""
        self._resume(task, hazardous, None)

    def die(self) -> None:
        """End at once; what was sent goes its way."""
        if self.alive:
            self.alive = False
            self.on_death()

    # Watches

    def listed(self, what: str, version: int, behind: float) -> None:
        """Take in a list and watch from its version on; what it lacked comes by the watch within ``behind`` seconds."""
        self.seen[what] = version
        self._watched.add(what)
        if version < self.newest(what):
            within = max(behind, _PROMPT_SECONDS)
            self._kernel.at(self._kernel.now + self._dice() * within, self._deliver, what, self.newest(what))

    def announced(self, what: str, version: int) -> None:
        """The server committed something; its event arrives in order, late, or after a silence."""
        if what not in self._watched:
            return
        when = self._kernel.now + self._dice() * (_LATE_SECONDS if self._dice() < _LATE else _PROMPT_SECONDS)
        start, end = self._stall
        if start <= when < end:
            when = end
        when = max(when, self.cut_until, self._last[what])
        self._last[what] = when
        self._kernel.at(when, self._deliver, what, version)

    def _deliver(self, what: str, version: int) -> None:
        if not self.alive:
            return
        if self.frozen_until > self._kernel.now:
            self._kernel.at(self.frozen_until + self._dice() * _WAKING_SECONDS, self._deliver, what, version)
            return
        if version > self.seen[what]:
            self.seen[what] = version
            self.wake()

    def newest(self, what: str) -> int:
        """The server's newest version; set by who makes the process."""
        raise NotImplementedError

    # Waiting and waking

    def wake(self) -> None:
        """Have the worker look again."""
        self._dirty = True
        if self._wake is not None:
            reply, self._wake = self._wake, None
            reply(None, self._kernel.now)

    def wait(self, reply: Reply) -> None:
        """A call: answered when something has happened since the last one was."""
        if self._dirty:
            reply(None, self._kernel.now)
        else:
            self._wake = reply

    def looked(self) -> None:
        """Everything seen so far is about to be considered."""
        self._dirty = False

    # Steps

    def _resume(self, task: Task, hazardous: bool, value: Any) -> None:
        kernel = self._kernel
        if not self.alive:
            return
        if self.frozen_until > kernel.now:
            kernel.at(self.frozen_until + self._dice() * _WAKING_SECONDS, self._resume, task, hazardous, value)
            return
        try:
            effect = task.send(value)
        except StopIteration:
            return
        if hazardous:
            self._befall()
        if not callable(effect):
            kernel.at(kernel.now + effect, self._resume, task, hazardous, None)
        else:
            effect(partial(self._replied, task, hazardous))

    def _replied(self, task: Task, hazardous: bool, answer: Any, when: float) -> None:
        if when > self._kernel.now:
            self._kernel.at(when, self._resume, task, hazardous, answer)
        else:
            self._resume(task, hazardous, answer)

    def _befall(self) -> None:
        faults, now = self._faults, self._kernel.now
        if now > faults.calm:
            return
        fate = self._dice()
        soon = now + (self._dice() if self._dice() < 0.5 else 0.0)
        for share, event in (
            (faults.killed, self.die),
            (faults.told_to_stop, self.stop),
            (faults.frozen, self._freeze),
            (faults.cut_off, self._cut),
        ):
            if fate < share:
                self._kernel.at(soon, event)
                return
            fate -= share

    def stop(self) -> None:
        """SIGTERM."""
        if self.alive and not self.stopping:
            self.stopping = True
            self.on_stop()

    def _freeze(self) -> None:
        self.frozen_until = max(self.frozen_until, self._spell())

    def _cut(self) -> None:
        self.cut_until = max(self.cut_until, self._spell())

    def _spell(self) -> float:
        """The end of a time around that of a lease, where hand-overs are decided."""
        return self._kernel.now + (self._dice() + self._dice()) / 2 * _SPELL_SECONDS


def _nothing() -> None:
    pass
