"""The rows of the table, and the running of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields, replace

from tools.simulation.catalogue import RULES, STANDSTILL_RULES, Rule
from tools.simulation.rules import Rules
from tools.simulation.schedule import Schedule, Verdict
from tools.simulation.world import Kind

_CHUNK = 500
_KINDS = (Kind.PODS, Kind.CLAIMS, Kind.PODS, Kind.OWNED_CLAIMS)


@dataclass(frozen=True, slots=True)
class Row:
    """One set of rules, in one kind of world."""

    title: str
    rules: Rules
    server_freezes: bool = False

    def schedule(self, seed: int) -> Schedule:
        """The schedule of this seed: pods and claims take turns."""
        return Schedule(seed, _KINDS[seed % len(_KINDS)], self.rules, server_freezes=self.server_freezes)


@dataclass(slots=True)
class Tally:
    """Counts of schedules. ``witness`` is the seed of the first one that did harm."""

    pods: int = 0
    pods_ever_two: int = 0
    pods_two: int = 0
    pods_none: int = 0
    claims: int = 0
    claims_two: int = 0
    claims_replaced: int = 0
    claims_none: int = 0
    unsettled: int = 0
    witness: int | None = None

    @property
    def harm(self) -> int:
        """Schedules with any harm, some of them counted twice."""
        return self.pods_ever_two + self.pods_none + self.claims_two + self.claims_replaced + self.claims_none

    def add(self, seed: int, verdict: Verdict) -> None:
        """Count one more."""
        before = self.harm
        self.unsettled += not verdict.settled
        if _KINDS[seed % len(_KINDS)] is Kind.PODS:
            self.pods += 1
            self.pods_ever_two += verdict.ever_two
            self.pods_two += verdict.two
            self.pods_none += verdict.none
        else:
            self.claims += 1
            self.claims_two += verdict.two
            self.claims_replaced += verdict.replaced
            self.claims_none += verdict.none
        if self.harm > before and self.witness is None:
            self.witness = seed

    def __iadd__(self, later: "Tally") -> "Tally":
        for field in fields(self):
            if field.name != "witness":
                setattr(self, field.name, getattr(self, field.name) + getattr(later, field.name))
        self.witness = later.witness if self.witness is None else self.witness
        return self


def _without(rule: Rule, *, server_freezes: bool = False) -> Row:
    return Row(rule.row, replace(Rules(), **{rule.switch: False}), server_freezes)


ALL = Row("all rules", Rules())
WITHOUT = {rule.switch: _without(rule) for rule in RULES}
FEW = (
    Row("no rule: the cache alone", Rules.none()),
    Row("no rule but: extras go", Rules.none(removal_of_extras=True)),
)
FROZEN = (replace(ALL, server_freezes=True), *(_without(rule, server_freezes=True) for rule in STANDSTILL_RULES))
ROWS = (ALL, *WITHOUT.values(), *FEW, *FROZEN)


def tally(row: Row, seeds: range) -> Tally:
    """Run the schedules of these seeds."""
    total = Tally()
    for seed in seeds:
        total.add(seed, row.schedule(seed).run())
    return total


def run(rows: Sequence[Row], first: int, schedules: int, progress: Callable[[], None]) -> list[Tally]:
    """Run so many schedules of each row, on all processors; calls ``progress`` after each part of ``parts``."""
    jobs = list(_jobs(len(rows), first, schedules))
    totals = [Tally() for _ in rows]
    with ProcessPoolExecutor() as pool:
        results = pool.map(tally, [rows[index] for index, _ in jobs], [seeds for _, seeds in jobs])
        for (index, _), result in zip(jobs, results, strict=True):
            totals[index] += result
            progress()
    return totals


def parts(rows: Sequence[Row], first: int, schedules: int) -> int:
    """How often ``run`` reports progress."""
    return sum(1 for _ in _jobs(len(rows), first, schedules))


def as_json(result: Tally) -> Mapping[str, int | None]:
    """The tally as plain data."""
    return asdict(result)


def _jobs(rows: int, first: int, schedules: int) -> Iterator[tuple[int, range]]:
    end = first + schedules
    for index in range(rows):
        for begin in range(first, end, _CHUNK):
            yield index, range(begin, min(begin + _CHUNK, end))
