"""The work queue (B62)."""

import asyncio
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jupyternetes.runtime import backoff
from jupyternetes.runtime.queue import Priority, QueueClosed, WorkQueue

pytestmark = pytest.mark.looptime


def now() -> float:
    return asyncio.get_running_loop().time()


async def drain(queue: WorkQueue[str], number: int) -> list[str]:
    keys = [await queue.get() for _ in range(number)]
    for key in keys:
        queue.done(key)
    return keys


async def test_same_key_is_merged_B62() -> None:
    queue = WorkQueue[str]()
    for key in ("a", "b", "a", "a"):
        queue.add(key)

    assert len(queue) == 2
    assert await drain(queue, 2) == ["a", "b"]
    assert len(queue) == 0


async def test_key_is_never_with_two_workers_and_gets_one_more_pass_B62() -> None:
    queue = WorkQueue[str]()
    queue.add("a")
    key = await queue.get()
    for _ in range(3):
        queue.add("a")

    assert len(queue) == 0, "not while it is being processed"
    queue.done(key)
    assert len(queue) == 1
    assert await drain(queue, 1) == ["a"]
    assert len(queue) == 0


async def test_live_changes_overtake_the_initial_list() -> None:
    queue = WorkQueue[str]()
    for key in ("old1", "old2", "old3"):
        queue.add(key, priority=Priority.BEHIND)
    queue.add("new")
    queue.add("old3")
    queue.add("old3", priority=Priority.BEHIND)

    assert await drain(queue, 4) == ["new", "old3", "old1", "old2"]


async def test_delayed_add_keeps_the_earliest_B62() -> None:
    queue = WorkQueue[str]()
    queue.add_after("a", 10)
    queue.add_after("a", 3)
    queue.add_after("a", 20)

    assert await queue.get() == "a"
    assert now() == pytest.approx(3)
    queue.done("a")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.get(), 60)


async def test_wait_of_next_to_nothing_passes() -> None:
    """Or whoever finds his time not over, for want of digits, would look again for ever."""
    queue = WorkQueue[str]()
    begun = now()
    queue.add_after("a", 1e-15)

    assert await queue.get() == "a"
    assert now() > begun


async def test_immediate_add_supersedes_a_delayed_one() -> None:
    queue = WorkQueue[str]()
    queue.add_after("a", 5)
    queue.add("a")
    queue.add_after("a", 1)

    assert await drain(queue, 1) == ["a"]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.get(), 60)


async def test_back_off_grows_is_capped_and_resets_B62() -> None:
    queue = WorkQueue[str]()

    waits = [queue.retry("a") for _ in range(12)]

    for number, wait in enumerate(waits):
        full = min(backoff.CAP, backoff.BASE * 2**number)
        assert full / 2 <= wait <= full
    assert max(waits) <= 30
    assert queue.retry("b") <= backoff.BASE, "each key has its own"
    queue.forget("a")
    assert queue.retry("a") <= backoff.BASE


def test_back_off_stays_finite() -> None:
    assert backoff.delay(1_000_000) <= backoff.CAP


async def test_close_wakes_all_and_ends_delays_B62() -> None:
    queue = WorkQueue[str]()
    waiting = [asyncio.create_task(queue.get()) for _ in range(3)]
    await asyncio.sleep(0)
    queue.add_after("late", 1)

    queue.close()
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(result) for result in results] == [QueueClosed] * 3
    queue.add("a")
    queue.add_after("a", 1)
    await asyncio.sleep(5)
    assert len(queue) == 0
    with pytest.raises(QueueClosed):
        await queue.get()


async def test_close_drops_what_waits_but_not_what_is_in_hand() -> None:
    queue = WorkQueue[str]()
    queue.add("in hand")
    queue.add("waits")
    key = await queue.get()
    queue.add(key)

    queue.close()
    queue.done(key)

    assert len(queue) == 0


async def test_done_without_get_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        WorkQueue[str]().done("a")


async def test_cancelled_get_loses_no_key() -> None:
    queue = WorkQueue[str]()
    impatient, patient = (asyncio.create_task(queue.get()) for _ in range(2))
    await asyncio.sleep(0)

    queue.add("a")
    impatient.cancel()

    assert await asyncio.wait_for(patient, 1) == "a"


KEYS = st.sampled_from(["a", "b", "c", "d"])


class QueueMachine(RuleBasedStateMachine):
    """Any interleaving of adds and workers: no key is lost, none is with two workers."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.queue = WorkQueue[str]()
        self.wanted: set[str] = set()
        self.in_hand: set[str] = set()

    def teardown(self) -> None:
        self.loop.close()

    def run(self, awaitable: Any) -> Any:
        return self.loop.run_until_complete(awaitable)

    @rule(key=KEYS, priority=st.sampled_from(Priority))
    def add(self, key: str, priority: Priority) -> None:
        self.queue.add(key, priority=priority)
        self.wanted.add(key)

    @precondition(lambda self: self.wanted - self.in_hand)
    @rule()
    def get(self) -> None:
        key = self.run(asyncio.wait_for(self.queue.get(), 5))
        assert key not in self.in_hand
        assert key in self.wanted
        self.wanted.remove(key)
        self.in_hand.add(key)

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data())
    def done(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.in_hand)))
        self.queue.done(key)
        self.in_hand.remove(key)

    @precondition(lambda self: not self.wanted - self.in_hand)
    @rule()
    def nothing_to_get(self) -> None:
        waiting = self.loop.create_task(self.queue.get())
        self.run(asyncio.sleep(0))
        assert not waiting.done()
        waiting.cancel()
        self.run(asyncio.gather(waiting, return_exceptions=True))

    @invariant()
    def length_counts_what_can_be_had(self) -> None:
        assert len(self.queue) == len(self.wanted - self.in_hand)


TestQueueMachine = QueueMachine.TestCase
