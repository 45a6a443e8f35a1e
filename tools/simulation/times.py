"""The times of the real programs, in seconds: the simulator is about them, so it has none of its own."""

from dataclasses import dataclass

from jupyternetes.runtime.expectations import PROMPT_SECONDS
from jupyternetes.runtime.lease import LeaseTimes
from jupyternetes.runtime.transport import READ_TIMEOUT
from jupyternetes.runtime.wire import WriteBound
from tools.simulation.rules import Rules

#: What the API server grants a request that does not bound itself.
_UNBOUNDED = 60.0
_LEASE = LeaseTimes()
_RENEWALS = WriteBound()


@dataclass(frozen=True, slots=True)
class Bound:
    """Of one write: ``total`` is what its sender goes by, the others what is so."""

    total: float
    way: float = _RENEWALS.way
    granted: float = _RENEWALS.server
    """Seconds that it has once the API server has read it."""

    @property
    def timeout(self) -> float:
        """When its sender gives up."""
        return self.total + self.way


@dataclass(frozen=True, slots=True)
class Times:
    """Of one run; ``of`` bends those that a rule is about where it is switched off."""

    duration: float = _LEASE.duration
    renew_deadline: float = _LEASE.renew_deadline
    renew_every: float = _LEASE.renew_every
    retry: float = _LEASE.retry
    usual_silence: float = 1.5 * _LEASE.retry
    write_bound: float = _LEASE.write_bound
    renewal: Bound = Bound(_RENEWALS.total)
    read_timeout: float = READ_TIMEOUT.total or 0.0
    prompt_list: float = PROMPT_SECONDS
    keeps_within_lease: bool = True
    keeps_bounds: bool = True

    @classmethod
    def of(cls, rules: Rules) -> "Times":
        """The times of operators that keep ``rules``."""
        return cls(
            renew_deadline=_LEASE.renew_deadline if rules.lease_arithmetic else _LEASE.duration,
            keeps_within_lease=rules.lease_arithmetic,
            keeps_bounds=rules.bounded_writes,
        )

    def bound(self, left: float) -> Bound:
        """Of a write that leaves when so much is left of the lease.

        It was connected in no time, or the time that this may take would have been kept back.
        """
        total = min(self.write_bound, left) if self.keeps_within_lease else self.write_bound
        return Bound(total, granted=max(0.0, total - _RENEWALS.way) if self.keeps_bounds else _UNBOUNDED)
