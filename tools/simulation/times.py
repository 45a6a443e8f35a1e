"""The times of the real programs, in seconds: the simulator is about them, so it has none of its own."""

from dataclasses import dataclass

from jupyternetes.runtime.lease import LeaseTimes
from jupyternetes.runtime.transport import READ_TIMEOUT
from jupyternetes.runtime.wire import WriteBound
from tools.simulation.rules import Rules

#: What the API server grants a request that does not bound itself.
_UNBOUNDED = 60.0
_LEASE = LeaseTimes()
_WRITES = WriteBound(_LEASE.write_bound)


@dataclass(frozen=True, slots=True)
class Times:
    """Of one run; ``of`` bends those that a rule is about where it is switched off."""

    duration: float = _LEASE.duration
    renew_deadline: float = _LEASE.renew_deadline
    renew_every: float = _LEASE.renew_every
    retry: float = _LEASE.retry
    usual_silence: float = 1.5 * _LEASE.retry
    write_bound: float = _WRITES.total  # what operators go by
    settling: float = _WRITES.total + _LEASE.renew_deadline  # what keeps a process from releasing its lease
    way: float = _WRITES.way  # what is so: on the way, and once the API server has read it
    granted: float = _WRITES.server
    write_timeout: float = _WRITES.limits.total or 0.0
    read_timeout: float = READ_TIMEOUT.total or 0.0

    @classmethod
    def of(cls, rules: Rules) -> "Times":
        """The times of operators that keep ``rules``."""
        return cls(
            renew_deadline=_LEASE.renew_deadline if rules.lease_arithmetic else _LEASE.duration,
            granted=_WRITES.server if rules.bounded_writes else _UNBOUNDED,
        )
