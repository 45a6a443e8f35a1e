"""One schedule: what people and faults do to the operators of one Instance, and what is left in the end."""

from dataclasses import dataclass
from random import Random

from tools.simulation.candidate import Candidate
from tools.simulation.kernel import Kernel
from tools.simulation.operator import Operator
from tools.simulation.process import Faults, Process
from tools.simulation.rules import Rules
from tools.simulation.server import Server
from tools.simulation.times import Times
from tools.simulation.world import Instance, Kind

_END = 400.0
_RESTART_SECONDS = 5.0
_SETTLED_CHECK = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one schedule. ``two`` and ``none``: that many when all had come to rest; ``settled``: it had."""

    ever_two: bool
    two: bool
    none: bool
    replaced: bool
    settled: bool


class _Process(Process):
    """Knows how far the server is."""

    server: Server

    def newest(self, what: str) -> int:
        return getattr(self.server, what).version


class Schedule:
    """Built from a seed; ``run`` it once."""

    def __init__(self, seed: int, kind: Kind, rules: Rules, *, server_freezes: bool = False) -> None:
        self.random = Random(seed)  # noqa: S311 (dice, not secrets)
        self.kernel = Kernel()
        self.rules, self.kind, self.times, self.faults = rules, kind, Times.of(rules), Faults()
        self.server = Server(self.kernel, self.random, self.times, kind)
        self.replicas = 1 + (self.random.random() < 0.7)
        self.operators: list[Operator] = []
        self.lost_by_hand = False
        self._uids = 0
        self._plan(server_freezes)

    def run(self) -> Verdict:
        """What came of it."""
        for _ in range(self.replicas):
            self._start_replica()
        self.kernel.at(self.faults.calm, self._look)
        self.kernel.run(_END)
        server, instance = self.server, self.server.instances.latest
        assert instance is not None, "the plan ends with an Instance"  # noqa: S101
        left = [obj for obj in server.objects.latest if self.kind.same(obj, instance)]
        none = not left and not (self.lost_by_hand and instance.record is not None)
        return Verdict(server.ever_two, len(left) > 1, none, server.replaced, self.kernel.stopped)

    # What people do

    def _plan(self, server_freezes: bool) -> None:
        dice, at = self.random.random, self.kernel.at
        created = 0.5 + dice()
        creations = [created]
        if self.kind is Kind.CLAIMS and dice() < 0.1:
            at(created - dice(), self._restore)
        at(created, self._create_instance)
        if dice() < 0.6:
            for _ in range(1 + int(dice() * 3)):
                created = self._replace_instance(created + dice() * 6)
                creations.append(created)
            if dice() < 0.6 and created < 12:
                # When there is something to make again, the leader's last renewal is about as old as it may be.
                created = self._replace_instance(created + 12 + dice() * 4)
                creations.append(created)
                at(created - self.times.renew_deadline + self.times.renew_every * (0.5 + dice()), self._refuse_renewals)
        elif dice() < 0.2:
            at(created + 3 + dice() * 15, self._meddle, dice() < 0.5)
        for _ in range(3):
            at(1 + dice() * 20, self._touch)
        if server_freezes:
            self._plan_standstill(self.random.choice(creations) + dice() * (0.2 if dice() < 0.7 else 8))

    def _plan_standstill(self, begin: float) -> None:
        dice, reach = self.random.random, self.times.renew_deadline
        self.server.frozen = (begin, begin + dice() * 26)
        fate = dice()
        if fate < 0.3:
            self.kernel.at(begin + dice() * reach, self._replace_leader)
        elif fate < 0.6:
            self.kernel.at(max(0.5, begin - dice() * reach), self._refuse_renewals)

    def _replace_instance(self, deleted: float) -> float:
        """Delete the Instance, and make one of the same name soon after, or only start it anew; returns when."""
        created = deleted + 0.05 + self.random.random() * 1.5
        if self.kind is Kind.PODS and self.random.random() < 0.5:
            self.kernel.at(created, self._start_anew)
        else:
            self.kernel.at(deleted, self.server.put_instance, None)
            self.kernel.at(created, self._create_instance)
        return created

    def _start_anew(self) -> None:
        """A hub's next start, which waits for nobody."""
        instance = self.server.instances.latest
        assert instance is not None, "the plan begins with an Instance"  # noqa: S101
        self.server.put_instance(instance._replace(start=instance.start + 1))

    def _create_instance(self) -> None:
        self._uids += 1
        self.server.put_instance(Instance(self._uids))

    def _touch(self) -> None:
        """Somebody else writes another part of the Instance's status."""
        if self.server.instances.latest is not None:
            self.server.put_instance(self.server.instances.latest)

    def _refuse_renewals(self) -> None:
        """The leader's writes of the lease fail for a while, and nothing else."""
        for operator in self.operators:
            if operator.leading:
                operator.process.no_renewal_until = self.kernel.now + 2 * self.times.duration

    def _replace_leader(self) -> None:
        """As a rolling update does."""
        for operator in self.operators:
            if operator.leading:
                operator.process.stop()

    def _restore(self) -> None:
        """A claim comes back from a backup."""
        self.server.make(Instance(0))

    def _meddle(self, remove: bool) -> None:
        """Remove the labels of what was made, or a claim itself; only once every cache shows that it is on record."""
        instance, server = self.server.instances.latest, self.server
        shown = [server.instances.states[operator.process.seen["instances"]] for operator in self.operators]
        if instance is None or instance.record is None or any(s is None or s.record is None for s in shown):
            if self.kernel.now < self.faults.calm:
                self.kernel.at(self.kernel.now + 5, self._meddle, remove)
        elif remove and self.kind is not Kind.PODS:
            self.lost_by_hand = True
            server.remove(instance.record)
        else:
            server.unlabel(instance.record)

    # Processes

    def _start_replica(self) -> None:
        process = _Process(self.kernel, self.random, self.faults, self.kernel.now)
        process.server = self.server
        operator = Operator(self.kernel, self.random, self.server, process, self.rules, self.times, self.kind)
        if self.rules.lease:
            operator.candidate = Candidate(self.kernel, self.server, process, self.rules, self.times)
        process.on_death = lambda: self._died(operator)
        self.operators.append(operator)
        self.server.watchers.append(process)
        operator.start()

    def _died(self, operator: Operator) -> None:
        self.operators.remove(operator)
        self.server.watchers.remove(operator.process)
        self.kernel.at(self.kernel.now + self.random.random() * _RESTART_SECONDS, self._start_replica)

    def _look(self) -> None:
        """End the schedule once nothing is under way."""
        if self._at_rest():
            self.kernel.stopped = True
        else:
            self.kernel.at(self.kernel.now + _SETTLED_CHECK, self._look)

    def _at_rest(self) -> bool:
        server, operators = self.server, self.operators
        newest = {"instances": server.instances.version, "objects": server.objects.version}
        working = [operator for operator in operators if operator.leading or not self.rules.lease]
        return (
            not server.in_flight
            and len(operators) == self.replicas
            and bool(working)
            and all(operator.at_rest(newest) for operator in working)
            and all(operator.process.idle for operator in operators)
        )
