"""The simulated world does what it is meant to: late caches, bounded writes, processes that stop between two steps."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tools.simulation.candidate import Candidate
from tools.simulation.kernel import Kernel, Reply, Task
from tools.simulation.operator import Operator
from tools.simulation.process import Faults, Process
from tools.simulation.rules import Rules
from tools.simulation.server import Failure, Server
from tools.simulation.times import Times
from tools.simulation.world import History, Instance, Kind, Made

CALM = Faults(calm=-1.0)
TIMES = Times()
BOUND = TIMES.bound(TIMES.duration)


class Bystander(Process):
    """Only does what a test has it do."""

    def __init__(self, kernel: Kernel, server: Server, seed: int = 1) -> None:
        super().__init__(kernel, Random(seed), CALM, kernel.now)  # noqa: S311
        self._server = server
        server.watchers.append(self)

    def newest(self, what: str) -> int:
        return getattr(self._server, what).version


class Even(Random):
    """No request is lost, refused or slow."""

    def random(self) -> float:
        return 0.5


def world(kind: Kind = Kind.PODS, seed: int = 1, times: Times = TIMES) -> tuple[Kernel, Server]:
    kernel = Kernel()
    return kernel, Server(kernel, Random(seed), times, kind)  # noqa: S311


def even_world() -> tuple[Kernel, Server, Bystander]:
    """One of even dice."""
    kernel = Kernel()
    server = Server(kernel, Even(), TIMES, Kind.PODS)
    return kernel, server, Bystander(kernel, server)


def test_actions_run_in_the_order_of_their_times_and_then_of_their_asking() -> None:
    kernel, seen = Kernel(), []
    for when, name in ((2.0, "c"), (1.0, "a"), (1.0, "b"), (9.0, "never")):
        kernel.at(when, seen.append, name)

    kernel.run(5.0)

    assert seen == ["a", "b", "c"]


def test_a_frozen_process_goes_on_where_it_was_stopped() -> None:
    kernel, server = world()
    process, steps = Bystander(kernel, server), []

    def task() -> Task:
        yield 1.0
        process.frozen_until = 30.0
        yield 1.0
        steps.append(kernel.now)

    process.run(task())
    kernel.run(100)

    assert len(steps) == 1
    assert 30.0 <= steps[0] < 30.1


def test_what_a_killed_process_sent_goes_its_way() -> None:
    kernel, server = world()
    process, answers = Bystander(kernel, server), []

    def task() -> Task:
        answers.append((yield lambda reply: server.create(process, Instance(1), BOUND, reply)))

    server.put_instance(Instance(1))
    for _ in range(20):
        process.run(task())
    process.die()
    kernel.run(100)

    assert 10 < len(server.objects.latest) <= 20
    assert answers == []


def test_a_write_commits_within_its_bound_or_not_at_all() -> None:
    kernel, server = world(Kind.CLAIMS)
    process, outcomes = Bystander(kernel, server), []
    for number in range(2000):
        kernel.at(
            number * 20.0,
            server.create,
            process,
            Instance(1),
            BOUND,
            lambda answer, when: outcomes.append((answer, when)),
        )

    kernel.run(50_000)

    delays = [committed % 20.0 for committed in server.objects.times[1:]]
    assert max(delays) <= BOUND.way + BOUND.granted <= TIMES.write_bound
    unknown = sum(answer is Failure.UNKNOWN for answer, _ in outcomes)
    refused = sum(answer is Failure.REFUSED for answer, _ in outcomes)
    lost = len(outcomes) - refused - len(delays)
    assert 0 < lost < unknown, "some without an answer were carried out, and some were not"


def test_a_server_that_stood_still_carries_out_what_waited() -> None:
    kernel, server = world()
    server.frozen = (0.0, 20.0)
    process, answers = Bystander(kernel, server), []
    for _ in range(20):
        server.create(process, Instance(1), BOUND, lambda answer, when: answers.append((answer, when)))

    kernel.run(100)

    assert min(server.objects.times[1:]) > 20.0 > TIMES.write_bound
    assert all(answer is Failure.UNKNOWN or answer is Failure.REFUSED for answer, _ in answers)


def test_a_list_that_was_behind_is_made_up_for_by_the_watch() -> None:
    kernel, server = world()
    server.put_instance(Instance(1))
    process = Bystander(kernel, server)

    process.listed("instances", 0, behind=10.0)
    before = process.seen["instances"]
    kernel.run(10.0)

    assert before == 0
    assert process.seen["instances"] == 1


def test_events_arrive_late_and_in_order() -> None:
    kernel, server = world()
    process, seen = Bystander(kernel, server), []
    process.listed("objects", 0, behind=0.0)
    for _ in range(50):
        server.make(Instance(1))
    while process.seen["objects"] < 50 and kernel.now < 100:
        kernel.run(kernel.now + 0.01)
        seen.append(process.seen["objects"])
        kernel.now += 0.01

    assert seen == sorted(seen)
    assert seen[0] < 50


def test_a_history_tells_what_was_newest_in_the_past() -> None:
    history = History[int](0)
    history.commit(5.0, 1)
    history.commit(9.0, 2)

    assert [history.version_at(when) for when in (1.0, 5.0, 8.0, 9.5)] == [0, 1, 1, 2]


POD = Made(7, owner=1, version=1, start=2)
"""What is on record for the second start of the Instance 1 once it was written."""


def answered(kernel: Kernel, write: Callable[[Reply], None]) -> object:
    """The answer to a write."""
    answers: list[object] = []
    write(lambda answer, when: answers.append(answer))
    kernel.run(kernel.now + 10)
    [answer] = answers
    return answer


@pytest.mark.parametrize("meanwhile", [Instance(1), Instance(1, start=3)], ids=["others' words", "a start"])
def test_record_holds_whatever_others_wrote(meanwhile: Instance) -> None:
    kernel, server, process = even_world()
    seen = Instance(1)
    server.put_instance(seen)
    server.put_instance(meanwhile)

    answer = answered(kernel, lambda reply: server.record(process, seen, POD, BOUND, reply))

    assert answer == server.instances.version == 3
    assert server.instances.latest == meanwhile._replace(record=7, recorded_start=2)


@pytest.mark.parametrize(
    "latest",
    [Instance(1, record=8), Instance(1, recorded_start=1), Instance(2)],
    ids=["another record", "the record of another start", "another Instance"],
)
def test_record_does_not_hold_where_what_it_replaces_is_not_as_seen(latest: Instance) -> None:
    kernel, server, process = even_world()
    server.put_instance(Instance(1))
    server.put_instance(latest)

    answer = answered(kernel, lambda reply: server.record(process, Instance(1), POD, BOUND, reply))

    assert answer is Failure.INVALID
    assert server.instances.latest == latest


@pytest.mark.parametrize("version", [1, 2])
def test_record_that_names_a_version_holds_on_the_newest_only(version: int) -> None:
    kernel, server, process = even_world()
    server.put_instance(Instance(1))
    server.put_instance(Instance(1))

    answer = answered(kernel, lambda reply: server.record_on(process, version, POD, BOUND, reply))

    holds = version == 2
    assert answer == (3 if holds else Failure.CONFLICT)
    assert server.instances.latest == (Instance(1, record=7, recorded_start=2) if holds else Instance(1))


@pytest.mark.parametrize(("kind", "same"), [(Kind.PODS, False), (Kind.CLAIMS, True), (Kind.OWNED_CLAIMS, False)])
def test_claims_outlive_their_instance_unless_it_owns_them(kind: Kind, same: bool) -> None:
    kernel, server = world(kind)
    server.put_instance(Instance(1))
    made = server.make(Instance(1))

    server.put_instance(None)
    kernel.run(100)

    assert bool(server.objects.latest) is same
    assert kind.same(made, Instance(2)) is same


@pytest.mark.parametrize(("kind", "same"), [(Kind.PODS, False), (Kind.CLAIMS, True), (Kind.OWNED_CLAIMS, True)])
def test_pod_is_that_of_one_start(kind: Kind, same: bool) -> None:
    made = Made(1, owner=1, version=1, start=1)

    assert kind.same(made, Instance(1, start=1))
    assert kind.same(made, Instance(1, start=2)) is same


def note(holder: Candidate, over: list[float], kernel: Kernel) -> None:
    """When a write that the holder begins now is over."""
    if holder.valid:
        over.append(kernel.now + TIMES.bound(holder.left).total)


def test_a_second_candidate_leads_only_after_the_first_can_write_no_more() -> None:
    for seed in range(30):
        kernel, server = world(seed=seed)
        first, second = (Bystander(kernel, server, seed + number) for number in (100, 200))
        holder, successor = (Candidate(kernel, server, process, Rules(), TIMES) for process in (first, second))
        led: list[float] = []
        first.run(holder.stand(lambda: None))
        kernel.at(30.0, second.run, successor.stand(lambda led=led, kernel=kernel: led.append(kernel.now)))
        kernel.at(40.0, setattr, first, "no_renewal_until", 1000.0)
        over: list[float] = []
        for tick in range(1000):
            kernel.at(tick / 10, note, holder, over, kernel)

        kernel.run(100.0)

        assert len(led) == 1, f"seed {seed}"
        assert max(over) <= led[0]
        assert led[0] <= 40.0 + TIMES.duration + TIMES.renewal.timeout + 4 * TIMES.retry


def test_record_that_did_not_hold_is_written_on_its_version_and_then_decided_again() -> None:
    kernel, server, process = even_world()
    server.put_instance(Instance(1))
    asked: list[str] = []
    record, record_on = server.record, server.record_on

    def tested(*arguments: Any) -> None:
        if not asked:
            server.put_instance(Instance(1, record=99))
        asked.append("tested")
        record(*arguments)

    def on_version(*arguments: Any) -> None:
        asked.append("on its version")
        record_on(*arguments)

    server.record, server.record_on = tested, on_version
    Operator(kernel, Even(), server, process, Rules(lease=False), TIMES, Kind.PODS).start()
    kernel.run(10.0)

    assert asked[:2] == ["tested", "on its version"]
    assert asked[-1] == "tested"
    assert [server.instances.latest] == [Instance(1, record=made.number) for made in server.objects.latest]


def held() -> tuple[Kernel, Server, Bystander, Candidate]:
    """A lease that has been held for some seconds, in a world of even dice."""
    kernel, server, process = even_world()
    holder = Candidate(kernel, server, process, Rules(), TIMES)
    process.run(holder.stand(lambda: None))
    kernel.run(10.0)
    return kernel, server, process, holder


def taken_over(rules: Rules, frozen: tuple[float, float] | None) -> float:
    """When a successor leads whose holder died after ten seconds."""
    kernel, server, process, _ = held()
    process.die()
    successor, led = Bystander(kernel, server), []
    successor.run(Candidate(kernel, server, successor, rules, TIMES).stand(lambda: led.append(kernel.now)))
    server.frozen = frozen
    kernel.run(100.0)
    return led[0]


@pytest.mark.parametrize(("silence_added", "later"), [(True, 8.0), (False, 0.0)])
def test_a_silence_of_the_server_delays_the_take_over_by_as_much(silence_added: bool, later: float) -> None:
    rules = Rules(silence_added=silence_added)

    usual, after_silence = taken_over(rules, None), taken_over(rules, (15.0, 23.0))

    assert usual == pytest.approx(10.0 + TIMES.duration, abs=2 * TIMES.retry)
    assert after_silence - usual == pytest.approx(later, abs=2 * TIMES.retry)


def test_a_release_copes_with_a_renewal_under_way() -> None:
    kernel, server, process, holder = held()
    before, write = server.lease.number, server.write_lease
    released: list[float] = []

    def leave() -> Task:
        yield from holder.release()
        released.append(kernel.now)

    def renew(*arguments) -> None:
        server.write_lease = write
        write(*arguments)
        process.run(leave())

    server.write_lease = renew
    kernel.run(100.0)

    assert server.lease == (None, before + 2), "the renewal came first, and the release after it"
    assert len(released) == 1
    assert not holder.valid


def test_renewals_of_the_lease_do_not_keep_a_schedule_from_its_rest() -> None:
    kernel, server = world()
    process = Bystander(kernel, server)
    for _ in range(20):
        server.write_lease(process, process, 0, lambda answer, when: None)

    assert server.in_flight == 0
