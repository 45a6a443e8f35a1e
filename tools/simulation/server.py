"""The API server and the way to it: requests that are slow, lost, or answered into the void."""

from collections.abc import Callable
from enum import Enum
from random import Random
from typing import NamedTuple, Protocol, TypeVar

from tools.simulation.kernel import Kernel, Reply
from tools.simulation.times import Bound, Times
from tools.simulation.world import History, Instance, Kind, Made

R = TypeVar("R")

_PROMPT = 0.05
_REFUSED, _LOST, _UNANSWERED, _SLOW = 0.02, 0.05, 0.12, 0.25  # shares of the writes
_READS_LOST = 0.03
_GARBAGE_SECONDS = 5.0


class Failure(Enum):
    """Answers that are none."""

    UNKNOWN = "it may have happened, or may yet"
    UNREACHABLE = "nothing was sent"
    REFUSED = "429: nothing was done"
    CONFLICT = "409: the object is a newer one"
    INVALID = "422: a test of a JSON Patch did not hold"
    NOT_FOUND = "404"


class LeaseRecord(NamedTuple):
    """``number`` is one more with each write; ``holder`` None: released."""

    holder: object | None
    number: int


class Watcher(Protocol):
    """A process as the server sees it."""

    cut_until: float

    def announced(self, what: str, version: int) -> None:
        """Something was committed that its watch will deliver."""
        ...


class Server:
    """Stores all there is, counts what must not happen, and answers as the dice say."""

    def __init__(self, kernel: Kernel, random: Random, times: Times, kind: Kind) -> None:
        self.instances = History[Instance | None](None)
        self.objects = History[tuple[Made, ...]](())
        self.lease = LeaseRecord(None, 0)
        self.watchers: list[Watcher] = []
        self.in_flight = 0
        self.frozen: tuple[float, float] | None = None
        self.ever_two = False
        self.replaced = False
        self._kernel, self._dice, self._times, self._kind = kernel, random.random, times, kind
        self._numbers = 0

    # What operators ask for. A write's outcome is drawn when it is sent.

    def create(self, sender: Watcher, owner: Instance, bound: Bound, reply: Reply) -> None:
        """Make an object under a name of the server's choice. Answers with it."""
        self._write(sender, lambda: self.make(owner), bound, reply)

    def delete(self, sender: Watcher, obj: Made, bound: Bound, reply: Reply) -> None:
        """Delete exactly this object."""
        self._write(sender, lambda: self.remove(obj.number), bound, reply)

    def record(self, sender: Watcher, seen: Instance | None, obj: Made, bound: Bound, reply: Reply) -> None:
        """Write the object's name into the Instance's status. Answers with the new version.

        Only where uid and record are still as ``seen``, if given; what others wrote meanwhile does not matter.
        """
        self._write(sender, lambda: self._record(seen, obj), bound, reply)

    def record_on(self, sender: Watcher, version: int, obj: Made, bound: Bound, reply: Reply) -> None:
        """The same where ``version`` is the Instance's newest."""
        self._write(sender, lambda: self._record_on(version, obj), bound, reply)

    def write_lease(self, sender: Watcher, holder: object | None, number: int, reply: Reply) -> None:
        """Replace the lease record of this number. Answers with the new number."""
        self._write(sender, lambda: self._take(holder, number), self._times.renewal, reply, matters=False)

    def read(self, sender: Watcher, look: Callable[[], R], reply: Reply) -> None:
        """Answer with what ``look`` sees once the request arrives."""
        now = self._kernel.now
        if sender.cut_until > now or self._dice() < _READS_LOST:
            reply(Failure.UNREACHABLE, now + self._dice() * 2)
            return
        at = self._arrival(now) + self._dice() * _PROMPT
        if at - now > self._times.read_timeout:
            reply(Failure.UNREACHABLE, now + self._times.read_timeout)
            return
        self._kernel.at(at, lambda: reply(look(), self._kernel.now))

    def find(self, number: int) -> Made | None:
        """The object of this name."""
        return next((obj for obj in self.objects.latest if obj.number == number), None)

    def labelled(self) -> tuple[Made, ...]:
        """What a list by label shows."""
        return tuple(obj for obj in self.objects.latest if obj.labelled)

    # What happens on the server at once.

    def make(self, owner: Instance) -> Made:
        """Commit a new object, for the Instance as it was seen."""
        instance, others = self.instances.latest, self.objects.latest
        if instance is not None and instance.uid != owner.uid:
            instance = None
        self._numbers += 1
        made = Made(self._numbers, owner.uid, self.objects.version + 1, start=owner.start)
        rivals = any(self._kind.same(obj, owner) for obj in others)
        self.ever_two |= rivals
        self.replaced |= rivals or (instance is not None and instance.record is not None)
        self._commit_objects((*others, made))
        if self._kind.owned and instance is None:
            self._collect(made)
        return made

    def remove(self, number: int) -> Failure | None:
        """Commit a deletion."""
        left = tuple(obj for obj in self.objects.latest if obj.number != number)
        if len(left) == len(self.objects.latest):
            return Failure.NOT_FOUND
        self._commit_objects(left)
        return None

    def unlabel(self, number: int) -> None:
        """Somebody removes an object's labels."""
        objects = self.objects.latest
        self._commit_objects(tuple(o._replace(labelled=False) if o.number == number else o for o in objects))

    def put_instance(self, instance: Instance | None) -> None:
        """Commit a state of the Instance; what it owns goes with it."""
        self.instances.commit(self._kernel.now, instance)
        if instance is None and self._kind.owned:
            for obj in self.objects.latest:
                self._collect(obj)
        for watcher in self.watchers:
            watcher.announced("instances", self.instances.version)

    def _collect(self, orphan: Made) -> None:
        self._later(self._kernel.now + self._dice() * _GARBAGE_SECONDS, lambda: self.remove(orphan.number))

    def _commit_objects(self, objects: tuple[Made, ...]) -> None:
        self.objects.commit(self._kernel.now, objects)
        for watcher in self.watchers:
            watcher.announced("objects", self.objects.version)

    def _record(self, seen: Instance | None, obj: Made) -> int | Failure:
        instance = self.instances.latest
        if instance is None:
            return Failure.NOT_FOUND
        if seen is not None and instance.tested != seen.tested:
            return Failure.INVALID
        return self._put_record(instance, obj)

    def _record_on(self, version: int, obj: Made) -> int | Failure:
        instance = self.instances.latest
        if instance is None:
            return Failure.NOT_FOUND
        if version != self.instances.version:
            return Failure.CONFLICT
        return self._put_record(instance, obj)

    def _put_record(self, instance: Instance, obj: Made) -> int:
        self.put_instance(instance._replace(record=obj.number, recorded_start=obj.start))
        return self.instances.version

    def _take(self, holder: object | None, number: int) -> int | Failure:
        if number != self.lease.number:
            return Failure.CONFLICT
        self.lease = LeaseRecord(holder, number + 1)
        return self.lease.number

    # The way there and back.

    def _write(
        self, sender: Watcher, perform: Callable[[], object], bound: Bound, reply: Reply, *, matters: bool = True
    ) -> None:
        now, dice = self._kernel.now, self._dice
        if sender.cut_until > now:
            unsent = dice() < 0.5
            reply(Failure.UNREACHABLE if unsent else Failure.UNKNOWN, now + dice() * bound.timeout)
            return
        fate = dice()
        if fate < _REFUSED:
            reply(Failure.REFUSED, now + dice() * _PROMPT)
            return
        # An answer that breaks off may do so before the server has got to the request.
        broken_off = now + dice() * bound.timeout
        if fate < _LOST:
            reply(Failure.UNKNOWN, broken_off)
            return
        commit = self._commit_time(now, bound)
        answer = commit + dice() * _PROMPT
        given_up = broken_off if fate < _UNANSWERED else now + bound.timeout
        if fate < _UNANSWERED or answer > given_up:
            reply(Failure.UNKNOWN, given_up)
            self._later(commit, perform, matters=matters)
        else:
            self._later(commit, lambda: reply(perform(), answer), matters=matters)

    def _commit_time(self, sent: float, bound: Bound) -> float:
        """A request that waits unread in front of a server that stands still has its time before it, and many to it."""
        slow = self._dice() < _SLOW
        left = sent + self._dice() * (bound.way if slow else _PROMPT / 2)
        read = self._arrival(left)
        commit = read + self._dice() * (bound.granted if slow or read > left else _PROMPT / 2)
        resumed = self._arrival(commit)
        return resumed + self._dice() * _PROMPT if resumed > commit else commit

    def _arrival(self, sent: float) -> float:
        if self.frozen is None:
            return sent
        start, end = self.frozen
        return end if start <= sent < end else sent

    def _later(self, when: float, action: Callable[[], object], *, matters: bool = True) -> None:
        self.in_flight += matters

        def act() -> None:
            self.in_flight -= matters
            action()

        self._kernel.at(when, act)
