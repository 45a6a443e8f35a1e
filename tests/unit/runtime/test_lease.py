"""Who may write: one holder at a time, and between two of them a gap in which the last write of the first ends."""

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from jupyternetes.runtime.errors import LeaseLost
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.wire import WriteBound
from tests.unit.runtime.lease_store import LeaseStore

if TYPE_CHECKING:
    from jupyternetes.runtime.client import Client

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

TIMES = LeaseTimes()


@pytest.fixture
def store() -> LeaseStore:
    return LeaseStore()


def candidate(store: LeaseStore, name: str) -> Lease:
    return Lease(cast("Client", store), "lab", "jupyternetes-pods", name, TIMES)


def now() -> float:
    return asyncio.get_running_loop().time()


async def kill(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def test_first_candidate_makes_the_lease_and_may_write(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    assert not lease.valid

    await lease.acquire()

    assert lease.valid
    assert store.record is not None
    spec = store.record["spec"]
    assert (spec["holderIdentity"], spec["leaseDurationSeconds"], spec["leaseTransitions"]) == ("a", 15, 0)
    assert spec["acquireTime"] == spec["renewTime"]


async def test_second_candidate_waits_as_long_as_the_first_renews_B26(store: LeaseStore) -> None:
    first, second = candidate(store, "a"), candidate(store, "b")
    await first.acquire()
    holding = asyncio.create_task(first.hold())

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(second.acquire(), 120)

    assert (first.valid, second.valid, set(store.writes)) == (True, False, {"a"})
    await kill(holding)


async def test_holder_that_dies_is_followed_when_no_write_of_it_can_happen_any_more_B26(store: LeaseStore) -> None:
    first, second = candidate(store, "a"), candidate(store, "b")
    await first.acquire()
    died, until = now(), first.writes_until

    await second.acquire()

    assert until <= now()
    assert TIMES.duration <= now() - died <= TIMES.duration + 2 * TIMES.retry
    assert store.record is not None
    assert store.record["spec"]["leaseTransitions"] == 1


async def test_lease_that_was_given_up_is_taken_within_a_second_B65(store: LeaseStore) -> None:
    first, second = candidate(store, "a"), candidate(store, "b")
    await first.acquire()
    taking = asyncio.create_task(second.acquire())
    await asyncio.sleep(4.5)

    await first.release()
    released = now()
    await taking

    assert not first.valid
    assert now() - released <= 1
    assert store.holder == "b"


async def test_holder_that_cannot_renew_stops_in_time_and_says_why(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    await lease.acquire()
    acquired = now()
    store.down = True

    with pytest.raises(LeaseLost, match=r"within 10 s .no API server"):
        await lease.hold()

    assert now() - acquired <= TIMES.renew_deadline + TIMES.renew_every
    assert not lease.valid


async def test_short_outage_is_survived(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    await lease.acquire()
    holding = asyncio.create_task(lease.hold())
    await asyncio.sleep(3)
    store.down = True
    await asyncio.sleep(5)
    store.down = False

    await asyncio.sleep(60)

    assert lease.valid
    await kill(holding)


async def test_answer_counts_from_when_the_renewal_was_begun(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    store.delay = 3.0

    await lease.acquire()  # looks, then writes: three seconds each

    await asyncio.sleep(TIMES.renew_deadline - store.delay - 0.1)
    assert lease.valid
    await asyncio.sleep(0.2)
    assert not lease.valid


async def test_lost_answers_of_our_own_writes_are_recognised(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    store.lose_answers = 1
    await lease.acquire()
    holding = asyncio.create_task(lease.hold())
    store.lose_answers = 1
    await asyncio.sleep(TIMES.duration * 4)

    assert lease.valid
    assert set(store.writes) == {"a"}
    await kill(holding)


async def test_edit_by_hand_does_not_cost_the_lease(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    await lease.acquire()
    holding = asyncio.create_task(lease.hold())
    store.edit()

    await asyncio.sleep(TIMES.duration * 2)

    assert lease.valid
    await kill(holding)


async def test_holder_that_was_frozen_writes_nothing_and_ends_B26(store: LeaseStore) -> None:
    frozen, other = candidate(store, "a"), candidate(store, "b")
    await frozen.acquire()
    await other.acquire()  # waits until the lease is over; the first does not run meanwhile
    writes = len(store.writes)

    with pytest.raises(LeaseLost):
        await frozen.hold()
    await frozen.release()

    assert len(store.writes) == writes
    assert other.valid


async def test_holder_who_finds_another_one_ends_at_once(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    await lease.acquire()
    assert store.record is not None
    store.record["spec"]["holderIdentity"] = "b"
    store.edit()

    with pytest.raises(LeaseLost, match="held by b"):
        await lease.hold()

    assert not lease.valid


async def test_lease_that_somebody_deleted_is_lost(store: LeaseStore) -> None:
    lease = candidate(store, "a")
    await lease.acquire()
    store.record = None

    with pytest.raises(LeaseLost, match="it was deleted"):
        await lease.hold()


async def test_candidates_that_come_together_are_told_apart(store: LeaseStore) -> None:
    store.delay = 0.01
    candidates = [candidate(store, f"candidate-{number}") for number in range(5)]
    taking = [asyncio.create_task(each.acquire()) for each in candidates]

    await asyncio.wait(taking, return_when=asyncio.FIRST_COMPLETED)

    assert sum(each.valid for each in candidates) == 1
    await asyncio.gather(*map(kill, taking))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"duration": 10.0}, "could not be over when somebody else takes over"),
        ({"renew_every": 10.0}, "more frequent"),
        ({"retry": 0.0}, "positive"),
    ],
)
async def test_times_with_which_two_could_write_are_refused(wrong: dict[str, float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        LeaseTimes(**wrong)


@pytest.mark.parametrize("duration", [0.1, 1.0, 3.0, 7.3, 15.0])
async def test_times_of_a_shorter_lease_keep_their_ratio(duration: float) -> None:
    times = LeaseTimes.lasting(duration)

    assert times.renew_deadline == pytest.approx(duration * 2 / 3)
    assert times.write_bound == pytest.approx(duration * 4 / 5)


async def test_longer_lease_gives_its_writes_the_time_C11() -> None:
    times = LeaseTimes.lasting(60)

    assert (times.renew_every, times.retry) == (TIMES.renew_every, TIMES.retry)
    assert times.duration - times.write_bound == TIMES.duration - TIMES.write_bound


async def test_lease_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="must last"):
        LeaseTimes.lasting(0)


@pytest.mark.parametrize(("webhook_seconds", "duration"), [(1, 15), (10, 15), (17.5, 22.5), (30, 35)])
async def test_write_of_a_holder_that_renews_outlasts_a_webhook_C11(
    store: LeaseStore, webhook_seconds: float, duration: float
) -> None:
    times = LeaseTimes.outlasting(webhook_seconds)
    lease = Lease(cast("Client", store), "lab", "jupyternetes-pods", "a", times)
    await lease.acquire()
    await asyncio.sleep(times.renew_every)

    bound = WriteBound(times.write_bound).within(lease.writes_until - now())

    assert times.duration == duration
    assert bound is not None
    assert bound.server >= webhook_seconds + 1, "so long before the next renewal"


async def test_longer_lease_is_long_on_record_too_C11(store: LeaseStore) -> None:
    times = LeaseTimes.outlasting(17.5)
    await Lease(cast("Client", store), "lab", "jupyternetes-pods", "a", times).acquire()

    assert store.record is not None
    assert store.record["spec"]["leaseDurationSeconds"] == 23, "a candidate with other settings must not be early"


async def test_release_waits_for_a_renewal_that_is_under_way_B65(store: LeaseStore) -> None:
    first, second = candidate(store, "a"), candidate(store, "b")
    await first.acquire()
    holding = asyncio.create_task(first.hold())
    taking = asyncio.create_task(second.acquire())
    store.delay = 0.3
    await asyncio.sleep(TIMES.renew_every + 0.1)

    await first.release()
    released = now()
    await taking

    assert not first.valid
    assert now() - released <= TIMES.retry + 3 * store.delay
    with pytest.raises(LeaseLost):
        await holding


async def test_standstill_of_the_api_server_is_added_to_the_wait(store: LeaseStore) -> None:
    first, second = candidate(store, "a"), candidate(store, "b")
    await first.acquire()
    died = now()
    taking = asyncio.create_task(second.acquire())
    await asyncio.sleep(5)
    store.down = True
    await asyncio.sleep(30)
    store.down = False

    await taking

    assert now() - died >= TIMES.duration + 30 - TIMES.retry, "what it was sent before may be carried out only now"


async def test_lease_that_somebody_deleted_is_not_taken_before_its_holder_notices(store: LeaseStore) -> None:
    first, second = candidate(store, "a"), candidate(store, "b")
    await first.acquire()
    taking = asyncio.create_task(second.acquire())
    await asyncio.sleep(3)
    store.record = None
    deleted = now()

    await taking

    assert now() - deleted >= TIMES.duration
