"""A run of the kill test: rounds of disruption, each followed by rest, in which everything has to be right."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from urllib3.exceptions import HTTPError

from jupyternetes.runtime.client import Client
from tests.integration.kill import invariants
from tests.integration.kill.chance import chance, in_thread
from tests.integration.kill.disruptions import Disruptor, deck
from tests.integration.kill.invariants import Snapshot, Violation
from tests.integration.kill.lease import LEASE_SECONDS, STRETCH
from tests.integration.kill.ledger import Ledger
from tests.integration.kill.record import FOLDER, Record
from tests.integration.kill.replicas import Fleet
from tests.integration.kill.third import Third
from tests.integration.kill.timeline import Timeline
from tests.integration.kill.trail import Trail
from tests.integration.kill.users import Losses, User
from tests.integration.kill.world import SERVERS
from tests.support.kube import Kube, Refused

REST_SECONDS = 60.0 * STRETCH
"""By then everything has to be right after the last disruption: leases, back-off, garbage collection."""
TIMELINE = FOLDER / "timeline.txt"
"""Of the last rounds, about everybody."""
COMPLETE_SECONDS = 60.0 * STRETCH
"""By then every replica leads or stands by."""
_DISRUPTION_SECONDS = 60.0 * STRETCH, 5.0 + LEASE_SECONDS
"""What a round's disruptions may take: these, and so many for each kill."""
_LAST_LINES = 400
_USER_PAUSE = 2.0
_LOOK = 0.4


class Wrong(AssertionError):  # noqa: N818 (what it holds is wrong with the operators)
    """What was found wrong."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("\n".join(map(str, violations)))
        self.violations = violations


@dataclass
class Run:
    """Everything that takes part; ``kube`` is the administrator, ``hub`` and ``nodes`` are clients."""

    kube: Kube
    hub: Client
    nodes: Client
    trail: Trail
    fleet: Fleet
    disruptor: Disruptor
    timeline: Timeline
    record: Record
    ledger: Ledger
    shares: Mapping[str, int]
    """How often each disruption is done, in proportion."""
    third: Third
    losses: Losses = field(default_factory=Losses)
    step: str = "before the first round"
    """What it is doing."""
    users: list[User] = field(init=False)

    def __post_init__(self) -> None:
        self.users = [User(server, self.hub, self.nodes, self.timeline, self.losses, _USER_PAUSE) for server in SERVERS]

    async def round(self, kills: int) -> None:
        """So many kills, and rest. Raises Wrong if something is wrong then, TimeoutError if a step does not end."""
        rng = chance(self.record.seed, self.record.rounds)
        before = Counter(self.disruptor.done)
        async with self._within(COMPLETE_SECONDS, "until every replica leads or stands by"):
            await self.fleet.complete()
        base, each = _DISRUPTION_SECONDS
        async with self._within(base + each * kills, f"disruptions with {kills} kills"):
            over = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for user in self.users:
                    group.create_task(user.run(over, chance(rng.random())))
                await self.disruptor.round(rng, deck(rng, kills, self.shares))
                over.set()
        begun = time.monotonic()
        async with self._within(2 * REST_SECONDS, "rest"):
            await self._rest()
        self._write_down()
        self.record.rounds += 1
        self.record.rest_seconds = max(self.record.rest_seconds, time.monotonic() - begun)
        self.record.doubled_pods += self.ledger.doubled_pods
        self.ledger.doubled_pods = 0
        self.record.done = dict(Counter(self.record.done) + self.disruptor.done - before)

    @asynccontextmanager
    async def _within(self, seconds: float, step: str) -> AsyncGenerator[None]:
        self.step = step
        self.timeline.note(f"round {self.record.rounds}: {step}")
        try:
            async with asyncio.timeout(seconds) as bound:
                yield
        except TimeoutError:
            if not bound.expired():
                raise
            raise TimeoutError(f"not over in {seconds:.0f} s: {step}") from None

    async def _rest(self) -> None:
        """Until everything is right, which must not take long; what can never become right again fails at once."""
        deadline, known = time.monotonic() + REST_SECONDS, list[Violation]()
        while True:
            self.listen()
            wrong = await in_thread(self._wrong) or self.ledger.unrest(time.time())
            if self.ledger.violations or self.fleet.crashes():
                raise Wrong(self.ledger.violations)
            if wrong and time.monotonic() > deadline:
                raise Wrong(wrong)
            if not wrong:
                return
            if wrong != known:
                self.timeline.note(f"still wrong: {len(wrong)}, such as {wrong[0]}")
            known = wrong
            await asyncio.sleep(_LOOK)

    def _wrong(self) -> list[Violation]:
        begun = time.time()
        try:
            now = Snapshot.take(self.kube)
        except (Refused, HTTPError, OSError) as error:
            return [Violation("cluster/api", f"no answer: {error}")]
        self.ledger.saw_pods(((pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in now.pods), begun)
        self.ledger.claims |= invariants.claims_by_uid(now)
        lost = invariants.claims_lost(now, self.ledger.claims)
        return self.third.asked_again + lost + invariants.violations(now, self.losses)

    async def keep_listening(self) -> None:
        """Read the audit log as it grows, until cancelled."""
        while True:
            self.listen()
            await asyncio.sleep(_LOOK)

    def listen(self) -> None:
        """Take in the requests answered since the last time."""
        for call in self.trail.news():
            self.timeline.heard(call)
            self.ledger.take_in(call)

    @asynccontextmanager
    async def accounted_for(self) -> AsyncGenerator[None]:
        """Whatever the block raises gets the report as a note, and the report is kept beside the timeline."""
        try:
            yield
        except BaseException as error:
            wrong = error.violations if isinstance(error, Wrong) else self.ledger.violations
            report = self.report(wrong)
            (FOLDER / "failure.txt").write_text(f"{error!r}\n{report}\n")
            error.add_note(report)
            raise

    def report(self, wrong: list[Violation]) -> str:
        """How to do it again, how far it came, what is wrong, and how that came about."""
        self.listen()
        self._write_down()
        concerned = {violation.about for violation in wrong}
        parts = [
            f"round {self.record.rounds} of KILLS={self.record.wanted} SEED={self.record.seed}, step: {self.step}",
            f"  done before this round: {self.record}",
            *(f"  {violation}" for violation in wrong),
            *self.fleet.crashes(),
            f"Timeline of what this concerns (of all: {TIMELINE}; the operators' logs lie beside it):",
            *(self.timeline.of(concerned) if concerned else self.timeline.everything()[-_LAST_LINES:]),
        ]
        return "\n".join(parts)

    def _write_down(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        TIMELINE.write_text("\n".join(self.timeline.everything()))


@asynccontextmanager
async def beside(*endless: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run these until the block ends; if one of them fails, so does the block."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in endless]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
    except BaseExceptionGroup as failures:
        if len(failures.exceptions) > 1:
            raise
        raise failures.exceptions[0] from None
