"""One operator process from start to end: fill the caches, wait to lead, work, and on a signal finish what is in hand.

Only the holder of the Lease works. A replica that stands by has filled its caches once, which shows that it could work,
and follows nothing until it leads: it then lists everything anew in any case, and to be sent each change meanwhile is
work for the API server and for itself.
"""

import asyncio
import logging
import signal
from collections.abc import Coroutine, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from jupyternetes.runtime import backoff
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.errors import Forbidden, NotFound, StartupError, Unauthorized, Unreachable
from jupyternetes.runtime.events import EventRecorder
from jupyternetes.runtime.health import HealthServer
from jupyternetes.runtime.heap import settle
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.metrics import StateCollector

log = logging.getLogger(__name__)


class Background(Protocol):
    """What goes on beside the controllers while this process leads."""

    async def run(self) -> None:
        """Go on until cancelled."""
        ...


@dataclass
class Process:
    """``hints`` say, for a resource type (``plural.group``) that the API server does not know, how to install it.

    The controllers work once all caches are filled, ``sync_timeout`` seconds at most, and ``lease`` is held. A list
    that is refused is asked for again for ``start_grace`` seconds. Passes in hand have ``drain_seconds`` to end on
    SIGTERM, by default as long as the lease lasts, which no write outlasts. ``client`` must heed the lease's
    ``writes_until``.
    """

    client: Client
    lease: Lease
    _: KW_ONLY
    informers: Sequence[Informer[Any]]
    controllers: Sequence[Controller[Any]]
    recorder: EventRecorder
    health_host: str | None
    health_port: int
    registry: CollectorRegistry
    background: Sequence[Background] = ()
    hints: Mapping[str, str] = field(default_factory=dict[str, str])
    sync_timeout: float = 60.0
    start_grace: float = 5.0
    drain_seconds: float | None = None

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, then end in order.

        Raises StartupError, LeaseLost, SetBack, or what made a part of it fail.
        """
        health = HealthServer(self.informers, self.registry)
        self.registry.register(StateCollector(self.client, self.informers, self.lease, asyncio.get_running_loop().time))
        parts: list[asyncio.Task[None]] = []
        with stop_signals() as stop:
            try:
                await self._listen(health)
                parts += [asyncio.create_task(self._follow(informer)) for informer in self.informers]
                await self._sync(parts, stop)
                await self._lead(parts, stop)
            finally:
                for part in parts:
                    part.cancel()
                await asyncio.gather(*parts, return_exceptions=True)
                await health.stop()

    async def _listen(self, health: HealthServer) -> None:
        try:
            port = await health.start(self.health_host, self.health_port)
        except OSError as error:
            where = f"{self.health_host or '*'}:{self.health_port}"
            raise StartupError(f"cannot listen on {where}: {error}") from error
        log.info("health and metrics on port %d", port)

    async def _follow(self, informer: Informer[Any]) -> None:
        """What is refused at the start may be allowed in a moment, and is asked for again.

        An API server that was just started answers before its authorizer has read the roles, and one of several learns
        a moment later than the others that a kind was installed.
        """
        loop = asyncio.get_running_loop()
        end, failures = loop.time() + self.start_grace, 0
        while True:
            try:
                return await informer.run()
            except (Forbidden, NotFound, Unauthorized) as error:
                if loop.time() >= end:
                    raise
                failures += 1
                if failures == 1:
                    log.warning("%s; asking again for %g s", error, self.start_grace)
            await asyncio.sleep(backoff.delay(failures, cap=1.0))

    async def _sync(self, parts: Sequence[asyncio.Task[None]], stop: asyncio.Event) -> None:
        async def all_synced() -> None:
            for informer in self.informers:
                await informer.wait_synced()

        await _first(parts, all_synced(), stop.wait(), limit=self.sync_timeout)
        # One that has given up says why; the others are merely not done yet.
        for informer, part in sorted(zip(self.informers, parts, strict=True), key=lambda pair: not pair[1].done()):
            failure = part.exception() if part.done() else informer.last_error
            if not informer.synced and not stop.is_set():
                raise StartupError(self._explain(informer, failure)) from failure
        settle()

    async def _lead(self, parts: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
        if stop.is_set():
            return
        for informer in self.informers:
            informer.rest()
        log.info("caches are filled, standing by")
        acquiring = asyncio.create_task(self.lease.acquire())
        try:
            await _first([*parts, acquiring], stop.wait())
            await _raise_failures(parts)
            if not acquiring.done():
                return  # told to stop
            await acquiring
            parts.append(asyncio.create_task(self.lease.hold()))
            await self._relist(parts)
            await self._work(parts, stop)
        finally:
            acquiring.cancel()
            await self._give_up_lease()

    async def _relist(self, parts: Sequence[asyncio.Task[None]]) -> None:
        """What the last leader did in its last moment may not have reached our caches."""

        async def all_listed() -> None:
            await asyncio.gather(*(informer.relist() for informer in self.informers))

        await _first(parts, all_listed())
        await _raise_failures(parts)

    async def _give_up_lease(self) -> None:
        """A write that was cut off may still happen: whoever comes next must not look before that is over.

        The API server may have stood still and begun to count late, but no longer than the lease stayed valid.
        """
        if asyncio.get_running_loop().time() < self.client.unsettled_until + self.lease.times.renew_deadline:
            log.info("a request got no answer, so the lease is left to run out")
            return
        await self.lease.release()

    async def _work(self, parts: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
        parts += [asyncio.create_task(each.run()) for each in (self.recorder, *self.background)]
        workers = [asyncio.create_task(controller.run()) for controller in self.controllers]
        parts += workers
        log.info("leading, working")
        await _first(parts, stop.wait())
        await _raise_failures(parts)
        log.info("stopping: finishing what is in hand")
        seconds = self.lease.times.duration if self.drain_seconds is None else self.drain_seconds
        await asyncio.gather(*(controller.drain(seconds) for controller in self.controllers))
        await asyncio.gather(*workers)

    def _explain(self, informer: Informer[Any], failure: BaseException | None) -> str:
        name = informer.resource.full_name
        match failure:
            case NotFound():
                hint = self.hints.get(name, "install its CustomResourceDefinition")
                return f"the API server does not know {name} ({failure}); {hint}"
            case Forbidden():
                return f"{failure}; this account needs get, list and watch on {name}"
            case Unauthorized():
                return f"{failure}; {self.client.server} refused the credentials"
            case Unreachable():
                return f"{failure}; is {self.client.server} right, and reachable from here?"
            case None:
                return f"{name} could not be listed within {self.sync_timeout:g} s; is {self.client.server} overloaded?"
            case _:
                return f"{name} could not be listed: {failure}"


async def _raise_failures(parts: Sequence[asyncio.Task[None]]) -> None:
    """None of the parts ends by itself while all is well."""
    for part in parts:
        if part.done():
            await part
            raise RuntimeError("a part of the process ended by itself")


async def _first(
    tasks: Sequence[asyncio.Task[None]], *others: Coroutine[Any, Any, object], limit: float | None = None
) -> None:
    """Until one of them has ended, or ``limit`` seconds are over; ``others`` are given up then."""
    waiting = [asyncio.ensure_future(other) for other in others]
    try:
        await asyncio.wait([*tasks, *waiting], timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for other in waiting:
            other.cancel()


@contextmanager
def stop_signals() -> Generator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
