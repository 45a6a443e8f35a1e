"""Workers: what each kind of failure leads to, in virtual time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry

from jupyternetes.runtime import backoff
from jupyternetes.runtime.controller import Controller, Gate, Result, TerminalError
from jupyternetes.runtime.errors import (
    ApiError,
    Conflict,
    Invalid,
    Status,
    TooLarge,
    TooManyRequests,
    UnknownOutcome,
)
from jupyternetes.runtime.metrics import ControllerMetrics

pytestmark = pytest.mark.looptime

Reconcile = Callable[[str], Awaitable[Result | None]]


def refused(kind: type[ApiError], code: int, retry_after: float | None = None) -> ApiError:
    return kind("create pods lab/a", Status(code, kind.__name__, "no"), retry_after)


class Passes:
    """A reconcile function that does what a script says, and notes when it was called."""

    def __init__(self, *script: Exception | Result | float | None) -> None:
        self.script = list(script)
        self.at: list[tuple[str, float]] = []
        self.called = asyncio.Condition()

    async def __call__(self, key: str) -> Result | None:
        self.at.append((key, asyncio.get_running_loop().time()))
        async with self.called:
            self.called.notify_all()
        step = self.script.pop(0) if self.script else None
        if isinstance(step, float):
            await asyncio.sleep(step)
            return None
        if isinstance(step, Exception):
            raise step
        return step

    async def wait(self, number: int) -> list[float]:
        async with self.called, asyncio.timeout(10_000):
            await self.called.wait_for(lambda: len(self.at) >= number)
        await asyncio.sleep(0.001)
        return [time for _, time in self.at]


class Bench:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = ControllerMetrics(self.registry)
        self.tasks: list[asyncio.Task[None]] = []

    def start(self, reconcile: Reconcile, **options: float) -> Controller[str]:
        controller = Controller[str]("test", reconcile, metrics=self.metrics, **options)  # type: ignore[arg-type]
        self.tasks.append(asyncio.create_task(controller.run()))
        return controller

    def count(self, outcome: str) -> float | None:
        return self.registry.get_sample_value(
            "jupyternetes_reconcile_total", {"controller": "test", "outcome": outcome}
        )


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    for task in bench.tasks:
        task.cancel()
    await asyncio.gather(*bench.tasks, return_exceptions=True)


async def test_success_is_not_repeated(bench: Bench) -> None:
    passes = Passes()
    controller = bench.start(passes)

    controller.enqueue("lab/a")
    await passes.wait(1)
    await asyncio.sleep(1000)

    assert len(passes.at) == 1
    assert bench.count("success") == 1


async def test_requeue_comes_when_it_was_asked_for(bench: Bench) -> None:
    passes = Passes(Result(requeue_after=42))
    controller = bench.start(passes)

    controller.enqueue("lab/a")
    first, second = await passes.wait(2)

    assert second - first == pytest.approx(42, abs=0.01)
    assert bench.count("requeued") == 1


async def test_failure_is_tried_again_within_a_minute_for_ever_and_logged_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    passes = Passes(*[refused(Invalid, 422)] * 15)
    controller = bench.start(passes)

    controller.enqueue("lab/a")
    times = await passes.wait(16)
    waits = [later - earlier for earlier, later in pairwise(times)]

    assert waits[0] <= backoff.BASE + 0.01
    assert 15 <= max(waits) <= backoff.CAP + 0.01
    assert [record.getMessage() for record in caplog.records if record.name.endswith("controller")] == [
        "failed: create pods lab/a: 422 Invalid: no",
        "succeeded after failures",
    ]
    assert bench.count("error") == 15


async def test_another_failure_of_the_same_object_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "jupyternetes.runtime.controller")
    passes = Passes(refused(Invalid, 422), ValueError("a bug"), ValueError("a bug"))
    controller = bench.start(passes)

    controller.enqueue("lab/a")
    await passes.wait(4)
    await controller.drain(1)

    assert [record.getMessage() for record in caplog.records] == [
        "failed: create pods lab/a: 422 Invalid: no",
        "failed: a bug",
        "succeeded after failures",
    ]
    assert caplog.records[0].exc_info is None, "a refusal says it all in one line"
    assert caplog.records[1].exc_info is not None, "a bug needs its traceback"


async def test_conflict_is_tried_again_at_once_and_quietly(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    passes = Passes(refused(Conflict, 409))
    controller = bench.start(passes)

    controller.enqueue("lab/a")
    first, second = await passes.wait(2)

    assert second - first <= 0.03
    assert bench.count("conflict") == 1
    assert caplog.records == []


PAUSES = [
    (refused(TooManyRequests, 429, 7), 7),
    (refused(TooManyRequests, 429), 1),
    (UnknownOutcome("create: 503", settled_at=0, retry_after=9), 9),
    (refused(TooManyRequests, 429, 3600), 30),
]


@pytest.mark.parametrize(("error", "seconds"), PAUSES, ids=["Retry-After", "none given", "503", "too long"])
async def test_asked_to_wait_all_workers_pause_R01(bench: Bench, error: Exception, seconds: float) -> None:
    passes = Passes(error)
    controller = bench.start(passes, workers=4)

    controller.enqueue("lab/a")
    await passes.wait(1)
    for name in ("b", "c", "d"):
        controller.enqueue(f"lab/{name}")
    times = await passes.wait(5)

    assert min(times[1:]) - times[0] == pytest.approx(seconds, abs=0.01)
    assert {key for key, _ in passes.at[1:]} == {"lab/a", "lab/b", "lab/c", "lab/d"}
    assert bench.count("throttled") == 1


async def test_longer_pause_is_not_cut_short_by_a_shorter_one() -> None:
    gate, loop = Gate(), asyncio.get_running_loop()
    begun = loop.time()

    gate.pause(10)
    gate.pause(1)
    await gate.passed()

    assert loop.time() - begun == pytest.approx(10)


async def test_terminal_error_waits_for_a_change(bench: Bench) -> None:
    passes = Passes(TerminalError("no such field"))
    controller = bench.start(passes)

    controller.enqueue("lab/a")
    await passes.wait(1)
    await asyncio.sleep(1000)
    assert len(passes.at) == 1

    controller.enqueue("lab/a")
    await passes.wait(2)
    assert (bench.count("terminal"), bench.count("success")) == (1, 1)


async def test_pass_that_takes_too_long_is_cancelled_and_tried_again(bench: Bench) -> None:
    passes = Passes(3600.0)
    controller = bench.start(passes, timeout=5)

    controller.enqueue("lab/a")
    first, second = await passes.wait(2)

    assert 5 <= second - first <= 5.3
    assert bench.count("timeout") == 1


async def test_workers_work_at_the_same_time_but_never_on_one_key(bench: Bench) -> None:
    active: list[str] = []
    most = 0

    async def reconcile(key: str) -> None:
        nonlocal most
        assert key not in active
        active.append(key)
        most = max(most, len(active))
        await asyncio.sleep(0.4)
        active.remove(key)

    controller = bench.start(reconcile, workers=3)
    for _ in range(3):
        for number in range(6):
            controller.enqueue(f"lab/{number}")
        await asyncio.sleep(0.1)
    await asyncio.sleep(20)

    assert most == 3
    assert bench.count("success") == 9, "six keys once, and once more the three that were in hand meanwhile"


async def test_body_that_is_too_large_is_not_sent_again_for_ever_C13(bench: Bench) -> None:
    passes = Passes(*(refused(TooLarge, 413) for _ in range(9)))
    controller = bench.start(passes)
    controller.enqueue("lab/a")

    await asyncio.sleep(3600)

    assert len(passes.at) == 1
    assert bench.count("terminal") == 1


async def test_passes_that_are_held_up_do_not_wait_for_each_other_C11(bench: Bench) -> None:
    """As where an admission webhook takes six seconds about each pod of a class."""
    ended: list[float] = []

    async def reconcile(_: str) -> None:
        await asyncio.sleep(6)
        ended.append(asyncio.get_running_loop().time())

    controller = bench.start(reconcile)
    begun = asyncio.get_running_loop().time()
    for number in range(200):
        controller.enqueue(f"lab/{number}")
    await asyncio.sleep(30)

    assert len(ended) == 200
    assert max(ended) - begun < 6 + 2


async def test_drain_finishes_what_is_in_hand_and_takes_nothing_more_B65(bench: Bench) -> None:
    passes = Passes(3.0)
    controller = bench.start(passes, workers=1)
    controller.enqueue("lab/a")
    controller.enqueue("lab/b")
    await passes.wait(1)

    await controller.drain(10)
    await bench.tasks[0]

    assert [key for key, _ in passes.at] == ["lab/a"]
    assert bench.count("success") == 1


async def test_drain_gives_up_on_what_takes_too_long_B65(bench: Bench) -> None:
    passes = Passes(3600.0)
    controller = bench.start(passes, workers=2)
    controller.enqueue("lab/a")
    begun = (await passes.wait(1))[0]

    await controller.drain(10)
    await bench.tasks[0]

    assert asyncio.get_running_loop().time() - begun == pytest.approx(10, abs=0.1)
    assert bench.count("success") == 0


async def test_drain_ends_a_pause(bench: Bench) -> None:
    passes = Passes(refused(TooManyRequests, 429, 25))
    controller = bench.start(passes, workers=1)
    controller.enqueue("lab/a")
    begun = (await passes.wait(1))[0]
    controller.enqueue("lab/b")
    await asyncio.sleep(1)

    await controller.drain(10)
    await bench.tasks[0]

    assert asyncio.get_running_loop().time() - begun < 2
    assert len(passes.at) == 1


async def test_metrics_exist_at_zero_B67(bench: Bench) -> None:
    bench.start(Passes())

    for outcome in ("success", "requeued", "conflict", "throttled", "error", "terminal", "timeout"):
        assert bench.count(outcome) == 0
    assert bench.registry.get_sample_value("jupyternetes_queue_depth", {"controller": "test"}) == 0


async def test_synchronous_passes_leave_the_event_loop_to_others(bench: Bench) -> None:
    async def reconcile(_: str) -> None:
        return

    controller = bench.start(reconcile, workers=2)
    for number in range(100):
        controller.enqueue(f"lab/{number}", behind=True)
    turns = 0
    while controller.queue:
        turns += 1
        await asyncio.sleep(0)

    assert turns >= 50


@pytest.mark.parametrize("options", [{"workers": 0}, {"timeout": 0}])
def test_nonsense_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="controller x: workers and timeout must be positive"):
        Controller[str]("x", Passes(), metrics=ControllerMetrics(CollectorRegistry()), **options)  # type: ignore[arg-type]
