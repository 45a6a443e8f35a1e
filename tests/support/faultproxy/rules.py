"""Which fault strikes what, how often, and who waits for that."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Generic, Self, TypeVar

import pytest

from tests.support.faultproxy.seen import Seen
from tests.support.waiting import PATIENCE

F = TypeVar("F", covariant=True)


@dataclass(frozen=True, slots=True)
class Match:
    """Shell patterns over what a request is about; ``client`` is the name of its line, ``agent`` its User-Agent."""

    client: str = "*"
    verb: str = "*"
    resource: str = "*"
    namespace: str = "*"
    name: str = "*"
    agent: str = "*"

    def matches(self, seen: Seen) -> bool:
        pairs = (
            (seen.client, self.client),
            (seen.verb, self.verb),
            (seen.resource, self.resource),
            (seen.namespace, self.namespace),
            (seen.name, self.name),
            (seen.agent, self.agent),
        )
        return all(fnmatchcase(value, pattern) for value, pattern in pairs)


@dataclass(eq=False)
class Rule(Generic[F]):
    """A fault in force: it passes over ``skip`` strikes, then strikes ``times`` times (None: for ever).

    Also a context manager, which lifts it at its end.
    """

    fault: F
    match: Match
    times: int | None
    skip: int
    remove: Callable[["Rule[F]"], None]
    lifted: asyncio.Event = field(default_factory=asyncio.Event)
    _claimed: int = 0
    _hits: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def hits(self) -> int:
        """How often it has struck."""
        return self._hits

    def wait(self, hits: int = 1, *, seconds: float = PATIENCE) -> None:
        """Until it has struck so often; fails after ``seconds``."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._hits < hits:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    pytest.fail(f"{self} struck {self._hits} times in {seconds:g} s, not {hits}")

    def lift(self) -> None:
        """End it; what it holds goes on."""
        self.remove(self)

    def applies_to(self, seen: Seen) -> bool:
        """Whether it would strike this; called by the proxy."""
        return self.match.matches(seen) and (self.times is None or self._claimed < self.skip + self.times)

    def claim(self) -> bool:
        """Count something that it may strike; whether it does."""
        self._claimed += 1
        return self._claimed > self.skip

    def strike(self) -> None:
        """Note that it struck."""
        with self._changed:
            self._hits += 1
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.lift()

    def __str__(self) -> str:
        return f"{self.fault} on {self.match}"
