"""The work queue with real workers in time: whatever is added whenever, what its contract promises holds (B62)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyternetes.runtime import backoff
from jupyternetes.runtime.queue import Priority, QueueClosed, WorkQueue
from tests.unit.runtime.properties_time import in_fake_time

KEYS = ("a", "b", "c")
_TICK = 1e-5  # seconds: more than rounding, less than any time below


@dataclass(frozen=True)
class Step:
    """``after`` seconds, somebody does something about a key; ``seconds`` is how long the next pass over it takes."""

    after: float
    action: str
    key: str
    seconds: float


@dataclass
class Pass:
    key: str
    number: int  # its place in the order of everything that happened
    begun: float
    ended: float = float("inf")


@dataclass
class Wish:
    """That ``key`` be looked at, from ``due`` on."""

    key: str
    number: int
    due: float


ACTIONS = ("add", "add initial", "in 1", "in 3", "in 20", "fails", "fails", "worker goes")
STEPS = st.lists(
    st.builds(
        Step,
        after=st.sampled_from([0, 0, 0, 0.5, 1, 4]),
        action=st.sampled_from(ACTIONS),
        key=st.sampled_from(KEYS),
        seconds=st.sampled_from([0, 0.25, 2, 5]),
    ),
    max_size=40,
)


@dataclass
class Workshop:
    """A queue, its workers, and a record of what happened."""

    workers: int
    queue: WorkQueue[str] = field(default_factory=WorkQueue[str])
    passes: list[Pass] = field(default_factory=list[Pass])
    wishes: list[Wish] = field(default_factory=list[Wish])
    waits: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])  # failures in a row, and the wait
    in_hand: set[str] = field(default_factory=set[str])
    closed_workers: int = 0
    _seconds: dict[str, float] = field(default_factory=dict[str, float])
    _to_fail: set[str] = field(default_factory=set[str])
    _failures: dict[str, int] = field(default_factory=dict[str, int])
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    _number: int = 0

    def open(self) -> None:
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self.workers)]

    async def follow(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.after:
                await asyncio.sleep(step.after)
            self._seconds[step.key] = step.seconds
            self._do(step)
            if step.action == "worker goes":
                await self._replace_worker()

    async def rest(self, seconds: float = 200.0) -> None:
        """Longer than anything that was asked for takes."""
        await asyncio.sleep(seconds)

    async def ended(self) -> list[object]:
        async with asyncio.timeout(60):
            return await asyncio.gather(*self._tasks, return_exceptions=True)

    def all_at_work(self) -> bool:
        """Whether no worker has failed."""
        return not any(task.done() for task in self._tasks)

    def of(self, key: str) -> list[Pass]:
        return [each for each in self.passes if each.key == key]

    def _do(self, step: Step) -> None:
        match step.action.split():
            case ["add"]:
                self._wish(step.key)
                self.queue.add(step.key)
            case ["add", "initial"]:
                self._wish(step.key)
                self.queue.add(step.key, priority=Priority.BEHIND)
            case ["in", seconds]:
                self._wish(step.key, float(seconds))
                self.queue.add_after(step.key, float(seconds))
            case ["fails"]:
                self._to_fail.add(step.key)

    async def _replace_worker(self) -> None:
        """A worker that waits is cancelled, perhaps just when it is given a key; another takes its place."""
        task = self._tasks.pop(0)
        if len(self.in_hand) == 0:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            task = asyncio.create_task(self._work())
        self._tasks.append(task)

    def _wish(self, key: str, delay: float = 0.0) -> None:
        self.wishes.append(Wish(key, self._next(), _now() + delay))

    async def _work(self) -> None:
        while True:
            try:
                key = await self.queue.get()
            except QueueClosed:
                self.closed_workers += 1
                return
            try:
                await self._pass(key)
            finally:
                self.queue.done(key)

    async def _pass(self, key: str) -> None:
        assert key not in self.in_hand, f"two workers have {key}"
        self.in_hand.add(key)
        this = Pass(key, self._next(), _now())
        self.passes.append(this)
        await asyncio.sleep(self._seconds.pop(key, 0))
        self.in_hand.remove(key)
        this.ended = _now()
        if key in self._to_fail:
            self._to_fail.remove(key)
            self._failures[key] = self._failures.get(key, 0) + 1
            number, asked = self._next(), _now()
            wait = self.queue.retry(key)
            self.waits.append((self._failures[key], wait))
            self.wishes.append(Wish(key, number, asked + wait))
        else:
            self._failures.pop(key, None)
            self.queue.forget(key)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _work_through(steps: Sequence[Step], workers: int) -> Workshop:
    shop = Workshop(workers)
    shop.open()
    await shop.follow(steps)
    await shop.rest()
    assert shop.all_at_work()
    return shop


@given(STEPS, st.integers(1, 2 * len(KEYS)))
def test_every_add_is_followed_by_a_later_completed_pass_B62(steps: list[Step], workers: int) -> None:
    shop = in_fake_time(_work_through(steps, workers))

    for wish in shop.wishes:
        later = [each for each in shop.of(wish.key) if each.number > wish.number and each.ended < float("inf")]
        assert later, f"{wish} was lost"
    assert len(shop.queue) == 0
    assert shop.in_hand == set()


@given(STEPS)
def test_the_earliest_deadline_wins_and_is_kept_B62(steps: list[Step]) -> None:
    """With a worker free for each key, every pass begins the moment that it is due and its key is free."""
    shop = in_fake_time(_work_through(steps, len(KEYS)))

    for key in KEYS:
        passes = shop.of(key)
        for before, this in pairwise([Pass(key, 0, 0, 0), *passes]):
            asked = [w.due for w in shop.wishes if w.key == key and before.number < w.number < this.number]
            assert asked, "nobody asked for this pass"
            assert this.begun == pytest.approx(max(min(asked), before.ended), abs=_TICK)


@given(STEPS)
def test_back_off_grows_with_each_failure_and_resets_with_a_success_B62(steps: list[Step]) -> None:
    shop = in_fake_time(_work_through(steps, 2))

    for failures, wait in shop.waits:
        full = min(backoff.CAP, backoff.BASE * 2 ** (failures - 1))
        assert full / 2 <= wait <= full


@given(STEPS, st.integers(1, 2 * len(KEYS)))
@settings(max_examples=50)
def test_close_wakes_all_lets_what_is_in_hand_end_and_starts_nothing_B62(steps: list[Step], workers: int) -> None:
    async def story() -> Workshop:
        shop = Workshop(workers)
        shop.open()
        await shop.follow(steps)
        begun, in_hand = len(shop.passes), set(shop.in_hand)
        shop.queue.close()
        for key in KEYS:
            shop.queue.add(key)
            shop.queue.add_after(key, 1)
        await shop.rest()
        assert len(shop.passes) == begun, "a pass began after the end"
        assert all(each.ended < float("inf") for each in shop.passes if each.key in in_hand)
        assert await shop.ended() == [None] * workers
        assert shop.closed_workers == workers
        return shop

    shop = in_fake_time(story())
    assert (len(shop.queue), shop.in_hand) == (0, set())
