"""One service, asked again and again."""

from collections.abc import Callable, Iterator
from threading import Event

import pytest

from jupyternetes.api import dependency_reasons as reasons
from jupyternetes.api.hub_dependencies import DependencyKind, HubDependency
from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.watch import Dependency, Watch
from tests.support.waiting import PATIENCE, eventually

SOON = 0.01
LIMIT = 0.05


class Service:
    """Answers, fails or hangs, as a test likes, and counts the questions."""

    def __init__(self) -> None:
        self.questions = 0
        self.hangs = False
        self.error: Exception | None = None
        self.step = reasons.NO_ANSWER
        self.answers = Event()
        self.answers.set()

    def ask(self) -> None:
        self.questions += 1
        self.hangs = not self.answers.is_set()
        self.answers.wait()
        if self.error is not None:
            raise self.error

    def cut(self) -> None:
        self.error = ConnectionResetError()
        self.answers.set()


Start = Callable[..., Watch]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def watched(service: Service) -> Iterator[Start]:
    """Starts a watch, which ends with the test; where nothing is to be late, its ``limit`` is a long one."""
    stopped = Event()
    watches: list[Watch] = []

    def start(dependency: Dependency, interval: float = SOON, limit: float = LIMIT) -> Watch:
        watches.append(Watch(dependency, interval=interval, limit=limit, stopped=stopped))
        watches[-1].start()
        return watches[-1]

    yield start
    stopped.set()
    service.answers.set()
    for watch in watches:
        watch.join()


def dependency(service: Service) -> Dependency:
    return Dependency(
        DependencyKind.PROXY, HostPort("proxy", 8001), ask=service.ask, cut=service.cut, late=lambda: service.step
    )


def test_service_that_answers_is_up(watched: Start, service: Service) -> None:
    watch = watched(dependency(service))

    seen = eventually(watch.look, until=lambda seen: seen.up)

    assert seen.seconds is not None
    assert seen.since
    assert (seen.kind, seen.host, seen.port, seen.message) == ("proxy", "proxy", 8001, "")


def test_service_that_fails_is_down_until_it_answers(watched: Start, service: Service) -> None:
    service.error = ConnectionRefusedError()
    watch = watched(dependency(service), limit=PATIENCE)

    seen = eventually(watch.look, until=lambda seen: seen.up is False)
    assert (seen.reason, seen.message, seen.seconds) == ("Refused", "The connection is refused.", None)
    eventually(lambda: watch.down_for() > 2 * SOON)

    service.error = None
    assert eventually(watch.look, until=lambda seen: seen.up).message == ""
    assert watch.down_for() == 0


def test_service_that_hangs_is_down_and_not_asked_again(watched: Start, service: Service) -> None:
    watch = watched(dependency(service))
    eventually(watch.look, until=lambda seen: seen.up)
    service.answers.clear()
    eventually(lambda: service.hangs)
    questions = service.questions

    seen = eventually(watch.look, until=lambda seen: seen.up is False and seen.lasted > 3 * LIMIT)

    assert (seen.up, seen.reason, seen.seconds) == (False, "NoAnswer", None)
    assert service.questions == questions

    service.answers.set()
    assert eventually(watch.look, until=lambda seen: seen.up).message == ""


def test_reason_of_a_question_that_hangs_is_that_of_its_step(watched: Start, service: Service) -> None:
    service.answers.clear()
    service.step = reasons.NAME_LOOKUP_FAILED
    watch = watched(dependency(service))
    assert eventually(watch.look, until=lambda seen: seen.up is False).reason == "NameLookupFailed"

    service.step = reasons.NO_ANSWER_IN_TIME

    assert watch.look().reason == "NoAnswerInTime"


def test_reason_of_a_time_limit_that_passed_is_that_of_its_step(watched: Start, service: Service) -> None:
    service.error, service.step = TimeoutError(), reasons.NO_CONNECTION

    seen = eventually(watched(dependency(service)).look, until=lambda seen: seen.up is False)

    assert (seen.reason, seen.message) == ("NoConnection", "No connection comes about in time.")


def test_program_that_hangs_still_hangs_when_its_queue_is_full(watched: Start, service: Service) -> None:
    service.error, service.step = TimeoutError(), reasons.NO_ANSWER_IN_TIME
    watch = watched(dependency(service), limit=PATIENCE)
    eventually(watch.look, until=lambda seen: seen.up is False)
    questions = service.questions

    service.step = reasons.NO_CONNECTION
    eventually(lambda: service.questions > questions + 1)

    assert watch.look().reason == "NoAnswerInTime"


def test_question_that_hangs_is_cut(watched: Start, service: Service) -> None:
    service.answers.clear()
    service.step = reasons.NO_ANSWER_IN_TIME
    watch = watched(dependency(service), interval=1000)

    def cut_and_look() -> HubDependency:
        watch.cut_if_overdue()
        return watch.look()

    eventually(lambda: cut_and_look() and service.answers.is_set())
    eventually(watch.look, until=lambda seen: seen.reason == "NoAnswerInTime")
    assert service.questions == 1


def test_answer_that_comes_too_late_is_none_and_says_how_long_it_took(watched: Start, service: Service) -> None:
    service.answers.clear()
    watch = watched(dependency(service), interval=1000)
    since = eventually(watch.look, until=lambda seen: seen.up is False).since

    service.answers.set()

    seen = eventually(watch.look, until=lambda seen: seen.seconds is not None)
    assert (seen.up, seen.since) == (False, since)
    assert seen.seconds is not None
    assert seen.seconds >= LIMIT
    assert seen.reason == "SlowAnswer"
    assert seen.message == f"The answer took {seen.seconds:.1f} s, which is longer than 0.05 s."


def test_late_answer_counts_until_the_next_one_is_much_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits, looks = 0.0, [1.5, 1.5, 2.9, 5.9], list[float | None]()
    stopped = Event()
    monkeypatch.setattr("jupyternetes.hub_dependencies.watch.monotonic", lambda: now)

    def ask() -> None:
        nonlocal now
        now += waits.pop(0) * LIMIT
        looks.append(watch.look().seconds)
        if not waits:
            stopped.set()

    watch = Watch(Dependency(DependencyKind.PROXY, ask=ask), interval=0, limit=LIMIT, stopped=stopped)
    watch.start()
    assert watch.join(PATIENCE)

    assert looks == [None, *(pytest.approx(waited * LIMIT) for waited in (1.5, 1.5)), None]


def test_question_in_time_is_not_cut(service: Service) -> None:
    watch = Watch(dependency(service), interval=SOON, limit=LIMIT, stopped=Event())

    watch.cut_if_overdue()

    assert service.error is None


def test_since_stays_as_long_as_the_state(watched: Start, service: Service) -> None:
    watch = watched(dependency(service), limit=PATIENCE)
    since = eventually(watch.look, until=lambda seen: seen.up).since
    questions = service.questions

    eventually(lambda: service.questions, until=lambda now: now > questions + 2)

    assert watch.look().since == since


def test_service_that_is_not_asked_says_why(watched: Start) -> None:
    watch = watched(Dependency(DependencyKind.OAUTH, unasked="Only browsers go there."))

    assert watch.look() == HubDependency(kind="oauth", message="Only browsers go there.")
