"""What is stored: one Instance name, and the pods or claims made for it, each with its whole history.

A cache is a place in that history, which is all that a watch's delay amounts to.
"""

from enum import Enum
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S")


class Kind(Enum):
    """What the simulated operator makes, one of it for the Instance."""

    PODS = "pods"
    CLAIMS = "claims"
    OWNED_CLAIMS = "claims with the reclaim policy Delete"

    @property
    def owned(self) -> bool:
        """Whether it goes with the Instance; else it is found by the next one of that name."""
        return self is not Kind.CLAIMS

    def same(self, made: "Made", instance: "Instance") -> bool:
        """Whether an object counts as that of the Instance; a pod is that of one start of it."""
        if self is Kind.PODS and made.start != instance.start:
            return False
        return made.owner == instance.uid or not self.owned


class Made(NamedTuple):
    """A pod or claim. ``number`` is its uid, its name and its age in one."""

    number: int
    owner: int  # uid of the Instance it was made for
    version: int  # place in the history at which it was made
    labelled: bool = True  # False: somebody removed the labels, so no cache and no list shows it
    start: int = 0  # the start of that Instance


class Instance(NamedTuple):
    """``record`` is the number of the object that its status names, ``recorded_start`` the start of that one.

    ``start`` is the hub's to write: a new one wants a pod of its own.
    """

    uid: int
    record: int | None = None
    recorded_start: int = 0
    start: int = 0

    @property
    def tested(self) -> tuple[int, int | None, int]:
        """What a record tests: the uid, and what it replaces."""
        return self.uid, self.record, self.recorded_start


class History(Generic[S]):
    """All states of one resource type; a version is the index of a state."""

    __slots__ = ("states", "times")

    def __init__(self, first: S) -> None:
        self.states = [first]
        self.times = [0.0]

    @property
    def version(self) -> int:
        """The newest version."""
        return len(self.states) - 1

    @property
    def latest(self) -> S:
        """The newest state."""
        return self.states[-1]

    def commit(self, now: float, state: S) -> None:
        """Add a state."""
        self.states.append(state)
        self.times.append(now)

    def version_at(self, when: float) -> int:
        """The version that was the newest at a time in the past."""
        version = self.version
        while version and self.times[version] > when:
            version -= 1
        return version
