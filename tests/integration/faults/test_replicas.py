"""Two replicas of an operator, of which one works: whatever happens to that one, there is one pod (B26)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from math import inf

import pytest

from tests.integration.faults.site import LEASE_SECONDS, Site
from tests.support.faultproxy import Hold, Match
from tests.support.faultproxy.log import Entry
from tests.support.operators import WORKING, Operator
from tests.support.templates import order
from tests.support.waiting import eventually

STANDING_BY = "standing by"


class Pair:
    """Two replicas of the Pod operator; ``leader`` works and ``standby`` waits."""

    def __init__(self, site: Site, leader: Operator, standby: Operator) -> None:
        self._site = site
        self.leader = leader
        self.standby = standby

    def wait_for_standby(self) -> None:
        """Until the standby works. From now on it is started again if it ends, as kubelet would."""
        self.standby.wait_says(WORKING)
        self._site.operators["pods"] = self.standby
        self._site.left_alone.discard("pods")

    def turn(self) -> None:
        """The standby has become the leader."""
        self.leader, self.standby = self.standby, self.leader

    def are_settled(self) -> bool:
        """Start those that have ended; whether one works and the other stands by."""
        for operator in (self.leader, self.standby):
            if not operator.runs:
                operator.launch()
        if WORKING in self.standby.life:
            self.turn()
        return WORKING in self.leader.life and STANDING_BY in self.standby.life

    def last_word(self, operator: Operator) -> float:
        """When a replica last wrote to the Lease, in seconds since the epoch."""
        return max(each.arrived for each in self.writes(operator) if _is_about_lease(each) and each.status == 200)

    def taken_over(self, *, since: float) -> float:
        """When the standby got the Lease."""
        return min(e.arrived for e in self.writes(self.standby, since) if _is_about_lease(e) and e.status == 200)

    def writes_without_the_lease(self, operator: Operator) -> list[Entry]:
        """What a replica wrote before it got the Lease, which a busy machine may have made the other one lose."""
        writes = self.writes(operator)
        taken = min((each.arrived for each in writes if _is_about_lease(each) and each.status == 200), default=inf)
        return [each for each in writes if not _is_about_lease(each) and each.arrived < taken]

    def writes(self, operator: Operator, since: float = 0.0) -> list[Entry]:
        """What a replica sent that may change something."""
        entries = self._site.proxy.log.entries(since=since, client=operator.log.stem)
        return [entry for entry in entries if entry.seen is not None and entry.seen.writes]


@pytest.fixture(scope="module")
def replicas(site: Site) -> Iterator[Pair]:
    second = site.replica("pods", "pods-2")
    first = site.operators["pods"]
    yield Pair(site, first, second)
    site.operators["pods"] = first
    if second.runs:
        second.stop()


@pytest.fixture
def pair(site: Site, replicas: Pair) -> Pair:
    """One that works and one that stands by, whatever the last test did to them."""
    site.left_alone.add("pods")
    eventually(replicas.are_settled)
    return replicas


def test_two_replicas_make_one_pod_of_each_instance_B26(site: Site, pair: Pair) -> None:
    labs = [site.lab() for _ in range(4)]

    for lab in labs:
        lab.hub.first_start("a", order())

    for lab in labs:
        site.check_serves(lab)
    assert pair.writes_without_the_lease(pair.standby) == []


def test_replica_that_is_told_to_stop_is_followed_within_2_seconds_B26_B65(site: Site, pair: Pair) -> None:
    lab = site.lab()
    with stalls() as stalled:
        told = time.time()
        assert pair.leader.stop() == 0
        pair.wait_for_standby()

    assert pair.taken_over(since=told) - pair.last_word(pair.leader) < 2 + sum(stalled)
    pair.turn()
    lab.hub.first_start("a", order())
    site.check_serves(lab)


def test_usual_lease_passes_on_within_2_seconds_of_the_signal_B26_B65(site: Site, pair: Pair) -> None:
    """With the times of a release: a candidate looks once a second, and works once its caches are listed anew."""
    for operator in (pair.leader, pair.standby):
        operator.stop()
    leader, standby = (site.replica("pods", f"usual-{number}", options=()) for number in range(2))
    with leader:
        standby.launch()
        standby.wait_says(STANDING_BY)
        with stalls() as stalled:
            told = time.time()
            assert leader.stop() == 0
            standby.wait_says(WORKING)
        assert standby.stop() == 0

    assert said_at(standby, WORKING) - told < 2 + sum(stalled)


@contextmanager
def stalls() -> Iterator[list[float]]:
    """For how long this machine had no time meanwhile, in seconds: what others needed of it is no delay of ours."""
    stalled, over, step = list[float](), threading.Event(), 0.01

    def measure() -> None:
        before = time.monotonic()
        while not over.wait(step):
            now = time.monotonic()
            stalled.append(now - before - step)
            before = now

    measuring = threading.Thread(target=measure)
    measuring.start()
    try:
        yield stalled
    finally:
        over.set()
        measuring.join()


def said_at(operator: Operator, text: str) -> float:
    """When it logged that, in seconds since the epoch."""
    line = next(line for line in operator.life.splitlines() if text in line)
    return datetime.fromisoformat(line.split()[0]).timestamp()


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(False, id="create not heard", marks=pytest.mark.long),
        pytest.param(True, id="create done"),
    ],
)
def test_replica_that_is_killed_is_followed_within_the_lease_B26_R04(site: Site, pair: Pair, after: bool) -> None:
    lab = site.lab()
    match = Match(verb="create", resource="pods", namespace=lab.namespace)
    with stalls() as stalled:
        with site.proxy.fault(Hold(after=after), match, times=1) as held:
            lab.hub.first_start("a", order())
            held.wait()
            killed = time.time()
            pair.leader.kill()
        pair.wait_for_standby()

    # The candidate has seen the last renewal a moment after it was made, and looks a few times a second.
    silence = pair.taken_over(since=killed) - pair.last_word(pair.leader)
    assert LEASE_SECONDS < silence < LEASE_SECONDS + 2 + sum(stalled)
    pair.turn()
    site.check_serves(lab)


def test_replica_that_was_frozen_past_its_lease_writes_nothing_and_ends_B26(site: Site, pair: Pair) -> None:
    working, frozen = site.lab(), site.lab()
    match = Match(verb="create", resource="pods", namespace=frozen.namespace)
    with site.proxy.fault(Hold(), match, times=1) as held:
        frozen.hub.first_start("a", order())
        held.wait()
        pair.leader.freeze()
        working.hub.first_start("a", order())
        pair.wait_for_standby()
        site.check_serves(working)
        site.check_serves(frozen)

    thawed = time.time()
    site.proxy.log.note("thawed")
    pair.leader.thaw()

    eventually(lambda: pair.leader.exit_code, until=lambda code: code is not None)
    assert pair.leader.exit_code == 1
    assert "lost the lease" in pair.leader.life
    # A renewal that was on its way when it froze is refused, if it is heard at all.
    written = [e for e in pair.writes(pair.leader, since=thawed) if not _is_about_lease(e) or e.status == 200]
    assert written == []
    pair.turn()
    for lab in (working, frozen):
        site.check_single(lab)


def test_replica_that_is_cut_off_ends_before_the_other_one_works_B26(site: Site, pair: Pair) -> None:
    lab = site.lab()
    line = site.proxy.line(pair.leader.log.stem, site.accounts["pods"])
    line.cut_off(hang=True)
    lab.hub.first_start("a", order())

    pair.wait_for_standby()

    site.check_serves(lab)
    eventually(lambda: pair.leader.exit_code, until=lambda code: code is not None)
    assert pair.leader.exit_code == 1
    line.restore()
    pair.turn()
    site.check_single(lab)


def _is_about_lease(entry: Entry) -> bool:
    return entry.seen is not None and entry.seen.resource == "leases"
