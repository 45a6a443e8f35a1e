"""Does one service answer? Asked again and again in a thread of its own, which a service that hangs may block."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event, Thread
from time import monotonic

from jupyternetes.api.dependency_reasons import (
    BROKEN,
    NO_ANSWER,
    NO_ANSWER_IN_TIME,
    NO_CONNECTION,
    SLOW_ANSWER,
)
from jupyternetes.api.hub_dependencies import DependencyKind, HubDependency
from jupyternetes.api.reasons import Reason
from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.hub_dependencies.addresses import NOWHERE, HostPort
from jupyternetes.hub_dependencies.failures import explain


def _cannot_cut() -> None:
    """For questions that end by themselves."""


def _not_known() -> Reason:
    """For questions that do not say how far they have come."""
    return NO_ANSWER


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """A service, and how it is asked.

    ``ask`` returns if the service answers as it should, raises if not, and has time limits as far as its library gives
    them; None for a service that is not asked, and ``unasked`` says why. ``cut`` makes an ``ask`` that hangs end, and
    ``late`` is the reason if it is not answered in time; both are called from other threads and return at once.
    """

    kind: DependencyKind
    address: HostPort = NOWHERE
    dialect: str = ""
    ask: Callable[[], None] | None = None
    cut: Callable[[], None] = _cannot_cut
    late: Callable[[], Reason] = _not_known
    unasked: str = ""

    @property
    def key(self) -> tuple[str, str, HostPort]:
        """Two with the same key are the same service."""
        return self.kind, self.dialect, self.address


@dataclass(frozen=True, slots=True)
class _Moment:
    """By a clock that never jumps, and as people write it."""

    clock: float
    time: datetime


def _now() -> _Moment:
    return _Moment(monotonic(), utc_now())


@dataclass(frozen=True, slots=True)
class _Result:
    up: bool | None = None
    seconds: float | None = None
    reason: Reason | None = None
    since: _Moment | None = None


class Watch:
    """Asks for as long as the process lives, or until ``stopped`` is set.

    ``interval``: seconds from one question to the next. ``limit``: seconds after which an answer counts as none. A
    question that hangs is not asked a second time before it has ended, so each service costs one thread, however it
    fails. Whoever looks never waits.
    """

    def __init__(self, dependency: Dependency, *, interval: float, limit: float, stopped: Event) -> None:
        self.dependency = dependency
        self._interval = interval
        self._limit = limit
        self._stopped = stopped
        # Each is replaced as a whole, so that other threads can read it without a lock.
        self._asked: _Moment | None = None
        self._result = _Result()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to ask. The thread does not hold up the end of the process."""
        if self.dependency.ask is not None:
            self._thread = Thread(
                target=self._run, args=(self.dependency.ask,), name=f"hub-{self.dependency.kind}", daemon=True
            )
            self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the thread to end, for so long at most; whether it has."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def look(self) -> HubDependency:
        """What is known now."""
        result = self._current()
        return HubDependency(
            kind=self.dependency.kind,
            dialect=self.dependency.dialect,
            host=self.dependency.address.host,
            port=self.dependency.address.port,
            up=result.up,
            seconds=result.seconds,
            reason=result.reason.name if result.reason else "",
            message=result.reason.sentence if result.reason else self.dependency.unasked,
            since=rfc3339(result.since.time) if result.since else "",
            lasted=monotonic() - result.since.clock if result.since else 0.0,
        )

    def down_for(self) -> float:
        """Seconds for which it has not answered; 0 if it is up, or was not asked yet."""
        result = self._current()
        return monotonic() - result.since.clock if result.since is not None and not result.up else 0.0

    def cut_if_overdue(self) -> None:
        """Make a question that takes too long end, where that is possible."""
        asked = self._asked
        if asked is not None and monotonic() - asked.clock > self._limit:
            self.dependency.cut()

    def _current(self) -> _Result:
        asked, result = self._asked, self._result
        if asked is None or monotonic() - asked.clock <= self._patience(result):
            return result
        return _Result(up=False, reason=self._late(), since=result.since if result.up is False else asked)

    def _patience(self, last: _Result) -> float:
        """Seconds for which the last answer counts while the next is waited for.

        One that came too late may come late again: it is none only after twice the time.
        """
        return 2 * max(self._limit, last.seconds) if last.up is False and last.seconds is not None else self._limit

    def _late(self) -> Reason:
        """Why there is no answer in time.

        The kernel takes connections for a program that hangs until its queue is full, which our own questions fill in a
        few minutes. A program that hung when connections still came about hangs on.
        """
        late = self.dependency.late()
        return NO_ANSWER_IN_TIME if late is NO_CONNECTION and self._result.reason is NO_ANSWER_IN_TIME else late

    def _reason(self, failure: Reason | None, took: float) -> Reason | None:
        """What counts after a question that took so many seconds: None if it was answered in time."""
        if failure is None:
            slow = f"The answer took {took:.1f} s, which is longer than {self._limit:g} s."
            return replace(SLOW_ANSWER, sentence=slow) if took >= self._limit else None
        was_cut = failure is BROKEN and took >= self._limit
        return self._late() if failure is NO_ANSWER or was_cut else failure

    def _run(self, ask: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            asked = self._asked = _now()
            failure: Reason | None = None
            try:
                ask()
            except Exception as error:
                failure = explain(error)
            took = monotonic() - asked.clock
            reason = self._reason(failure, took)
            up = reason is None
            before = self._current()
            since = before.since if before.up is up else _now()
            self._result = _Result(up=up, seconds=took if failure is None else None, reason=reason, since=since)
            self._asked = None
            self._stopped.wait(self._interval - took)
