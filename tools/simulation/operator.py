"""The simulated operators: what a pass over the one key does, with each rule behind its switch.

Written after jupyternetes.operators.pods and .pvcs and the runtime below them, and as simple as the rules allow.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from tools.simulation.candidate import Candidate
from tools.simulation.kernel import Effect, Kernel, Reply, Task
from tools.simulation.process import Process
from tools.simulation.rules import Rules
from tools.simulation.server import Failure, Server
from tools.simulation.times import Bound, Times
from tools.simulation.world import Instance, Kind, Made

_BACK_OFF = 1.0
_CONFLICT_BACK_OFF = 0.05
_THINKING = 0.002
_NO_SIGN_OF_LIFE = float("-inf")
_STALE_LISTS, _STALE_SECONDS = 0.3, 30.0
_TAKES_WORDS_AWAY = 0.2  # share of the reports that a JSON Patch cannot make


class NotLeader(Exception):  # noqa: N818 (as in the runtime)
    """A write was held back."""


class PassFailed(Exception):  # noqa: N818
    """The pass ends; another follows after so many seconds."""

    def __init__(self, seconds: float = _BACK_OFF) -> None:
        self.seconds = seconds
        super().__init__()


@dataclass(slots=True)
class Operator:
    """The worker of one process, with what it remembers beside its caches."""

    kernel: Kernel
    random: Random
    server: Server
    process: Process
    rules: Rules
    times: Times
    kind: Kind
    candidate: Candidate | None = None
    leading: bool = False
    stale_seconds: float = 0.0
    _expected: dict[int, Made] = field(default_factory=dict[int, Made])
    _doubtful_until: float | None = None
    _in_hand: bool = False
    _timers: int = 0
    _unsettled_until: float = 0.0
    _written: tuple[int, Instance | None] | None = None  # the Instance with its version, as our last write left it

    def start(self) -> None:
        """Begin, and be ready to be told to stop."""
        if not self.rules.consistent_list and self.random.random() < _STALE_LISTS:
            self.stale_seconds = self.random.random() * _STALE_SECONDS
        self.process.on_stop = self._stop
        self.process.run(self._live(), hazardous=True)

    # From start to end

    def _live(self) -> Task:
        yield from self._fill_caches()
        if self.candidate is not None:
            self.process.run(self.candidate.stand(self._lead))
            while not self.leading:
                yield self.process.wait
                self.process.looked()
            if self.rules.relist_on_leading:
                yield from self._fill_caches()
        self.process.wake()
        while not self.process.stopping:
            yield self.process.wait
            if self.process.stopping:
                return  # what ends it is under way
            self.process.looked()
            seconds = yield from self._guarded_pass()
            if seconds is not None:
                self._timers += 1
                self.kernel.at(self.kernel.now + seconds, self._again)
        yield from self._end()

    def at_rest(self, newest: Mapping[str, int]) -> bool:
        """Whether it has seen everything and has nothing left to do."""
        return not self._timers and self._doubtful_until is None and self.process.seen == newest

    def _again(self) -> None:
        self._timers -= 1
        self.process.wake()

    def _lead(self) -> None:
        self.leading = True
        self.process.wake()

    def _stop(self) -> None:
        if self._in_hand and self.rules.settle_before_release:
            return
        self.process.run(self._end())

    def _end(self) -> Task:
        settled = self.kernel.now >= self._unsettled_until or not self.rules.settle_before_release
        if self.candidate is not None and settled:
            yield from self.candidate.release()
        self.process.die()

    def _fill_caches(self) -> Task:
        for what in ("objects", "instances"):
            version = yield from self._until_answered(what)
            behind = self.stale_seconds
            self.process.listed(what, version, behind)

    def _until_answered(self, what: str) -> Task:
        history: Any = getattr(self.server, what)
        while True:
            version = yield self._reading(lambda: history.version_at(self.kernel.now - self.stale_seconds))
            if not isinstance(version, Failure):
                return version
            yield _BACK_OFF

    # One pass

    def _guarded_pass(self) -> Task:
        self._in_hand = True
        try:
            return (yield from self._pass())
        except PassFailed as failure:
            return failure.seconds
        except NotLeader:
            self.process.die()
            return None
        finally:
            self._in_hand = False

    def _pass(self) -> Task:
        if self.candidate is not None and not self.candidate.valid:
            raise NotLeader
        version, instance = self._instance()
        if instance is None:
            return
        yield from self._settle()
        known = self._known()
        yield _THINKING
        if self.kind is Kind.PODS:
            chosen = yield from self._pod(instance, known)
        else:
            chosen = yield from self._claim(instance, known)
        if chosen is not None and chosen.number != instance.record:
            yield from self._record(version, instance, chosen)

    def _pod(self, instance: Instance, known: list[Made]) -> Task:
        leftover = [obj for obj in known if not self.kind.same(obj, instance)]
        if leftover:
            yield from self._delete(leftover)
            return None
        ranked = self._rank(instance, known)
        if self.rules.removal_of_extras:
            yield from self._delete(ranked[1:])
        if ranked:
            return ranked[0]
        found = yield from self._recorded(instance)
        return found or (yield from self._create(instance))

    def _claim(self, instance: Instance, known: list[Made]) -> Task:
        ranked = self._rank(instance, known)
        if instance.record is not None and self.rules.proof_of_absence:
            if ranked and ranked[0].number == instance.record:
                return ranked[0]
            return (yield from self._recorded(instance))  # if it is gone, that is reported, and none is made
        if ranked:
            return ranked[0]
        if self.rules.list_before_first_claim:
            listed = self._rank(instance, (yield from self._read(self.server.labelled)))
            if listed:
                return listed[0]
        return (yield from self._create(instance))

    def _rank(self, instance: Instance, objects: Iterable[Made]) -> list[Made]:
        """Those that can be the Instance's, the one to keep first."""
        own = [obj for obj in objects if self.kind.same(obj, instance)]
        return sorted(own, key=lambda obj: (obj.number != instance.record, obj.number))

    def _recorded(self, instance: Instance) -> Task:
        """The object that is on record for the present start, if the server has it."""
        number = instance.record
        if number is None or instance.recorded_start != instance.start or not self.rules.proof_of_absence:
            return None
        return (yield from self._read(lambda: self.server.find(number)))

    # What is known

    def _instance(self) -> tuple[int, Instance | None]:
        """The newer of what the cache shows and what was written or read last, and its version."""
        version = self.process.seen["instances"]
        cached = self.server.instances.states[version]
        newer, written = self._written or (version, None)
        if written is not None and cached is not None and written.uid == cached.uid and newer > version:
            return newer, written
        self._written = None
        return version, cached

    def _known(self) -> list[Made]:
        seen = self.process.seen["objects"]
        cached = [obj for obj in self.server.objects.states[seen] if obj.labelled]
        if self.rules.expectations:
            self._expected = {number: obj for number, obj in self._expected.items() if obj.version > seen}
            numbers = {obj.number for obj in cached}
            cached += [obj for number, obj in self._expected.items() if number not in numbers]
        return cached

    def _settle(self) -> Task:
        """After a create without an answer: nothing until it cannot happen any more, then a live list."""
        if self._doubtful_until is None:
            return
        if self.kernel.now < self._doubtful_until:
            raise PassFailed(self._doubtful_until - self.kernel.now)
        asked = self.kernel.now
        listed = yield from self._read(self.server.labelled)
        slow = self.rules.sign_of_life and self.kernel.now - asked > self.times.prompt_list
        if self._doubtful_until == _NO_SIGN_OF_LIFE or slow:
            self._doubtful_until = self.kernel.now + self.times.write_bound
            raise PassFailed(self.times.write_bound)
        self._doubtful_until = None
        self._expected.update({obj.number: obj for obj in listed})

    # Requests

    def _create(self, instance: Instance) -> Task:
        begun, bound = self._may_write()
        made = yield lambda reply: self.server.create(self.process, instance, bound, reply)
        self._note(made, begun, bound)
        if made is Failure.UNKNOWN and self.rules.fence:
            self._doubtful_until = _NO_SIGN_OF_LIFE if self.rules.sign_of_life else begun + self.times.write_bound
        if isinstance(made, Failure):
            raise PassFailed
        self._expected[made.number] = made
        return made

    def _delete(self, objects: list[Made]) -> Task:
        for obj in objects:
            answer = yield from self._write(partial(self.server.delete, self.process, obj))
            if answer is Failure.UNREACHABLE or answer is Failure.UNKNOWN or answer is Failure.REFUSED:
                raise PassFailed

    def _record(self, version: int, instance: Instance, obj: Made) -> Task:
        """By a patch that tests what it replaces; if there can be none, or it did not hold, by one of that version."""
        answer: int | Failure = Failure.INVALID
        seen = instance if self.rules.tested_records else None
        if seen is None or self.random.random() >= _TAKES_WORDS_AWAY:
            answer = yield from self._write(partial(self.server.record, self.process, seen, obj))
        if answer is Failure.INVALID:
            answer = yield from self._write(partial(self.server.record_on, self.process, version, obj))
        if answer is Failure.CONFLICT and self._written is not None:
            yield from self._read_instance()
        if isinstance(answer, Failure):
            raise PassFailed(_CONFLICT_BACK_OFF if answer is Failure.CONFLICT else _BACK_OFF)
        self._written = answer, self.server.instances.states[answer]

    def _write(self, write: Callable[[Bound, Reply], None]) -> Task:
        """Its answer, noted."""
        begun, bound = self._may_write()
        answer = yield partial(write, bound)
        self._note(answer, begun, bound)
        return answer

    def _read_instance(self) -> Task:
        """The cache may be older than what we remember, and what we remember is not the newest."""
        self._written = yield from self._read(lambda: (self.server.instances.version, self.server.instances.latest))

    def _may_write(self) -> tuple[float, Bound]:
        """When the write begins, and how long it may take."""
        if self.candidate is None:
            return self.kernel.now, self.times.bound(self.times.write_bound)
        if self.rules.check_at_wire and not self.candidate.valid:
            raise NotLeader
        return self.kernel.now, self.times.bound(self.candidate.left)

    def _note(self, answer: object, begun: float, bound: Bound) -> None:
        if answer is Failure.UNKNOWN:
            settled = begun + bound.total + self.times.renew_deadline
            self._unsettled_until = max(self._unsettled_until, settled)

    def _read(self, look: Any) -> Task:
        answer = yield self._reading(look)
        if isinstance(answer, Failure):
            raise PassFailed
        return answer

    def _reading(self, look: Any) -> Effect:
        return lambda reply: self.server.read(self.process, look, reply)
