"""Workers that take keys from a queue and reconcile them, for ever, without hurting the API server or the log."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic

from jupyternetes.runtime import backoff, logs
from jupyternetes.runtime.errors import (
    ApiError,
    Conflict,
    Fenced,
    NotLeader,
    TooLarge,
    TooManyRequests,
    UnknownOutcome,
    Unreachable,
)
from jupyternetes.runtime.metrics import ControllerMetrics, Outcome
from jupyternetes.runtime.queue import K, Priority, QueueClosed, WorkQueue
from jupyternetes.runtime.turns import Turn, Turns

log = logging.getLogger(__name__)

_CONFLICT_BASE = 0.02  # seconds: by then the cache has usually seen the other's write
_DEFAULT_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """Of a pass that went well; ``requeue_after`` asks for another one in so many seconds."""

    requeue_after: float | None = None


class TerminalError(Exception):
    """Trying again is useless until the object changes."""


class Gate:
    """Open, or closed for a while: what the API server asks of one worker, all of them do."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._timer: asyncio.TimerHandle | None = None

    def pause(self, seconds: float) -> None:
        """Close for so long, or until the end of a longer pause."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        if self._timer is not None:
            until = max(until, self._timer.when())
            self._timer.cancel()
        self._open.clear()
        self._timer = loop.call_at(until, self.open)

    def open(self) -> None:
        """End the pause."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._open.set()

    async def passed(self) -> None:
        """Until it is open."""
        await self._open.wait()


class Controller(Generic[K]):
    """``reconcile`` gets a key and nothing else, reads the state from caches, and may be called again at any time.

    ``timeout``, in seconds, bounds one pass: a safeguard, since each request has its own bound. ``name`` appears in
    logs and metrics. ``workers`` passes run at a time, more while some are held up: more than the client sends requests
    at a time would wait for their turn with what they decided, and find it outdated.
    """

    def __init__(
        self,
        name: str,
        reconcile: Callable[[K], Awaitable[Result | None]],
        *,
        workers: int = 16,
        timeout: float = 300.0,
        metrics: ControllerMetrics,
    ) -> None:
        if workers < 1 or timeout <= 0:
            raise ValueError(f"controller {name}: workers and timeout must be positive, not {workers} and {timeout}")
        self.name = name
        self.queue = WorkQueue[K]()
        self._reconcile = reconcile
        self._turns = Turns(workers)
        self._timeout = timeout
        self._metrics = metrics
        self._gate = Gate()
        self._passes: set[asyncio.Task[None]] = set()
        self._reported: dict[K, str] = {}
        metrics.declare(name, lambda: len(self.queue))

    def enqueue(self, key: K, *, behind: bool = False) -> None:
        """Something about this key changed; ``behind``: nobody waits for it, so it queues behind all others."""
        self.queue.add(key, priority=Priority.BEHIND if behind else Priority.LIVE)

    async def run(self) -> None:
        """Work until cancelled or drained."""
        async with asyncio.TaskGroup() as group:
            with contextlib.suppress(QueueClosed):
                while True:
                    await self._begin_next(group)

    async def drain(self, seconds: float) -> None:
        """Take no more keys and let the passes in hand end; those that take longer are cancelled."""
        self.queue.close()
        self._gate.open()
        if self._passes:
            _, unfinished = await asyncio.wait(self._passes, timeout=seconds)
            for task in unfinished:
                task.cancel()

    async def _begin_next(self, group: asyncio.TaskGroup) -> None:
        """Begin the pass over the next key, once there is a turn for it: until then a more urgent one may come."""
        turn = self._turns.turn()
        await turn.wait()
        try:
            key = await self.queue.get()
        except BaseException:
            turn.end()
            raise
        task = group.create_task(self._work(key, turn))
        self._passes.add(task)
        task.add_done_callback(self._passes.discard)

    async def _work(self, key: K, turn: Turn) -> None:
        try:
            await self._gate.passed()
            if not self.queue.closed:
                turn.start()
                await self._pass(key)
        finally:
            self.queue.done(key)
            turn.end()

    async def _pass(self, key: K) -> None:
        started = time.perf_counter()
        with logs.fields(controller=self.name, object=str(key), reconcile=f"{random.getrandbits(32):08x}"):
            try:
                async with asyncio.timeout(self._timeout):
                    result = await self._reconcile(key)
            except Fenced as fence:
                self.queue.add_after(key, fence.seconds)
                outcome = Outcome.FENCED
            except asyncio.CancelledError:
                if _told_to_end():
                    raise
                # Something below gave up on its own; a worker that ended over it would take its key along for ever.
                outcome = self._failed(key, RuntimeError("the pass was cancelled from within"))
            except Exception as error:
                outcome = self._failed(key, error)
            else:
                outcome = self._succeeded(key, result)
        self._metrics.observe(self.name, outcome, time.perf_counter() - started)

    def _succeeded(self, key: K, result: Result | None) -> Outcome:
        self.queue.forget(key)
        if self._reported.pop(key, None) is not None:
            log.info("succeeded after failures")
        if result is None or result.requeue_after is None:
            return Outcome.SUCCESS
        self.queue.add_after(key, result.requeue_after)
        return Outcome.REQUEUED

    def _failed(self, key: K, error: Exception) -> Outcome:
        if isinstance(error, Conflict):
            self.queue.retry(key, base=_CONFLICT_BASE)
            return Outcome.CONFLICT
        outcome = Outcome.TIMEOUT if isinstance(error, TimeoutError) else Outcome.ERROR
        if isinstance(error, TerminalError | TooLarge):
            outcome = Outcome.TERMINAL
            self.queue.forget(key)
        else:
            self.queue.retry(key)
        pause = _pause(error)
        if pause is not None:
            outcome = Outcome.THROTTLED
            self._gate.pause(min(pause, backoff.CAP))
        self._report(key, error)
        return outcome

    def _report(self, key: K, error: Exception) -> None:
        """An object that fails in the same way again and again is logged once."""
        text = str(error) or type(error).__name__
        if self._reported.get(key) == text:
            return
        self._reported[key] = text
        expected = isinstance(error, ApiError | UnknownOutcome | Unreachable | NotLeader | TerminalError)
        log.warning("failed: %s", text, exc_info=None if expected else error)


def _told_to_end() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _pause(error: Exception) -> float | None:
    """The seconds for which the API server wants to be left alone."""
    if isinstance(error, ApiError | UnknownOutcome) and error.retry_after is not None:
        return error.retry_after
    return _DEFAULT_PAUSE if isinstance(error, TooManyRequests) else None
