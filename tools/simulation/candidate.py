"""One process's side of the lease: to get it, to keep it, and to know when it no longer does."""

from collections.abc import Callable

from tools.simulation.kernel import Kernel, Task
from tools.simulation.process import Process
from tools.simulation.rules import Rules
from tools.simulation.server import Failure, LeaseRecord, Server
from tools.simulation.times import Times


class Candidate:
    """Works as jupyternetes.runtime.lease does."""

    def __init__(self, kernel: Kernel, server: Server, process: Process, rules: Rules, times: Times) -> None:
        self._kernel, self._server, self._process, self._rules, self._times = kernel, server, process, rules, times
        self._number = -1
        self._good_until = float("-inf")
        self._released = False
        self._seen = -1
        self._seen_at = self._answered_at = self._longest_silence = 0.0

    @property
    def valid(self) -> bool:
        """Whether a write may be begun now."""
        return self._kernel.now < self._good_until

    @property
    def left(self) -> float:
        """Seconds until somebody else can hold the lease."""
        return self._good_until + self._times.duration - self._times.renew_deadline - self._kernel.now

    def stand(self, leading: Callable[[], None]) -> Task:
        """Wait for the lease, say so, and renew it until it is lost; the process ends then."""
        while not (yield from self._take()):
            yield self._times.retry
        leading()
        yield from self._hold()
        if not self._released:
            self._process.die()

    def release(self) -> Task:
        """Give it up, also when a renewal is under way."""
        if not self.valid:
            return
        self._good_until = float("-inf")
        self._released = True
        while (yield lambda reply: self._send(None, reply)) is Failure.CONFLICT:
            record = yield self._read
            if not isinstance(record, LeaseRecord) or record.holder is not self._process:
                return
            self._number = record.number

    def _take(self) -> Task:
        record = yield self._read
        if not isinstance(record, LeaseRecord):
            return False
        self._look(record)
        if record.holder not in (None, self._process) and self._kernel.now < self._free_at():
            return False
        self._number = record.number
        return not isinstance((yield from self._write()), Failure)

    def _look(self, record: LeaseRecord) -> None:
        now = self._kernel.now
        if record.number != self._seen:
            self._seen, self._seen_at, self._longest_silence = record.number, now, 0.0
        else:
            self._longest_silence = max(self._longest_silence, now - self._answered_at)
        self._answered_at = now

    def _free_at(self) -> float:
        times = self._times
        added = max(0.0, self._longest_silence - times.usual_silence) if self._rules.silence_added else 0.0
        return self._seen_at + times.duration + added

    def _hold(self) -> Task:
        pause = self._times.renew_every
        while self.valid:
            yield pause
            deadline = self._good_until
            if self._kernel.now >= deadline:
                return
            answer = yield from self._write()
            if answer is Failure.CONFLICT:
                answer = yield self._read
                if isinstance(answer, LeaseRecord):
                    if answer.holder is not self._process:
                        return
                    self._number = answer.number
            if self._kernel.now >= deadline:
                return  # nobody waited for that answer
            pause = self._times.retry if isinstance(answer, Failure) else self._times.renew_every

    def _write(self) -> Task:
        begun = self._kernel.now
        if begun < self._process.no_renewal_until:
            return Failure.REFUSED
        answer = yield lambda reply: self._send(self._process, reply)
        if not isinstance(answer, Failure):
            self._number = answer
            if not self._released:
                self._good_until = begun + self._times.renew_deadline
        return answer

    def _send(self, holder: Process | None, reply: Callable[[object, float], None]) -> None:
        self._server.write_lease(self._process, holder, self._number, reply)

    def _read(self, reply: Callable[[object, float], None]) -> None:
        self._server.read(self._process, lambda: self._server.lease, reply)
