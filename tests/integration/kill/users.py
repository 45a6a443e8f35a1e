"""The people and the hub: servers are created, started, stopped, deleted and made again, at random by a seed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES, PODS, SECRETS
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import AlreadyExists, ApiError, NotFound, UnknownOutcome, Unreachable, Unreadable
from jupyternetes.spawner.start import bodies
from tests.integration.kill.timeline import Timeline
from tests.integration.kill.world import PRIMARY, Server

Step = Callable[[Instance], Awaitable[None]]
_TROUBLE = (ApiError, UnknownOutcome, Unreachable, Unreadable, TimeoutError)


@dataclass(frozen=True, slots=True)
class Start:
    """One start of one Instance; without a start id there is only one."""

    uid: str
    start_id: str


class Losses:
    """Which starts lost their primary pod, as far as the test knows for certain, and where it does not know."""

    def __init__(self) -> None:
        self.certain: set[Start] = set()
        self.possible: set[Start] = set()


@dataclass
class User:
    """Does something with one server, waits, does the next. ``pause`` is the mean wait in seconds."""

    server: Server
    hub: Client
    nodes: Client
    timeline: Timeline
    losses: Losses
    pause: float
    rng: Random = field(init=False)

    async def run(self, until: asyncio.Event, rng: Random) -> None:
        """Go on until the event is set; a step in hand is finished."""
        self.rng = rng
        while not await self._waited(until):
            try:
                async with asyncio.timeout(10):
                    await self._step()
            except _TROUBLE as error:
                self._note(f"failed: {type(error).__name__}")

    async def _waited(self, until: asyncio.Event) -> bool:
        try:
            async with asyncio.timeout(self.rng.expovariate(1 / self.pause)):
                return await until.wait()
        except TimeoutError:
            return until.is_set()

    async def _step(self) -> None:
        live = await self._read()
        if live is None:
            await self._create()
        elif not live.metadata.deleting:
            await self._choose(live)(live)

    def _choose(self, live: Instance) -> Step:
        if self.server.old_client:
            steps: dict[Step, int] = {self._leave: 4, self._recreate: 4, self._lose_pod: 2}
        elif live.spec.suspend:
            steps = {self._start: 7, self._leave: 2, self._recreate: 1}
        else:
            steps = {self._stop: 5, self._start: 2, self._leave: 1, self._recreate: 1, self._lose_pod: 2}
        return self.rng.choices([*steps], [*steps.values()])[0]

    async def _create(self) -> None:
        order = self.server.order
        body = bodies.new_instance(order)
        if self.server.old_client:
            body["spec"] = {"template": {"name": self.server.template}, "variables": dict(order.variables)}
        self._note("is created")
        made = await self.hub.create(INSTANCES, self.server.namespace, body)
        if not self.server.old_client:
            await self._hand_over(made, bodies.FIRST_START)

    async def _start(self, live: Instance) -> None:
        await self._hand_over(live, bodies.next_start_id(live))

    async def _hand_over(self, live: Instance, start_id: str) -> None:
        order = self.server.order
        while True:
            try:
                await self.hub.create(SECRETS, self.server.namespace, bodies.start_secret(order, live, start_id))
                break
            except AlreadyExists:
                start_id = bodies.following(start_id)
        self._note(f"start {start_id}")
        await self._patch(bodies.start_patch(order, live, start_id))

    async def _stop(self, live: Instance) -> None:
        self._note(f"stop of start {live.spec.start_id}")
        await self._patch(bodies.stop_patch(self.server.order.owner, live, now=self.rng.random() < 0.3))

    async def _leave(self, live: Instance) -> None:
        await self._delete(live)
        self.server = replace(self.server, number=self.server.number + 1)

    async def _delete(self, live: Instance) -> None:
        self._note(f"delete {live.metadata.uid[:8]}")
        await self.hub.delete(INSTANCES, self.server.namespace, self.server.name, uid=live.metadata.uid)

    async def _recreate(self, live: Instance) -> None:
        await self._delete(live)
        if await self._read() is None:
            await self._create()

    async def _lose_pod(self, live: Instance) -> None:
        """A recorded pod vanishes with its node."""
        entry, record = self.rng.choice(sorted(live.status.pods.items()) or [("", None)])
        if record is None or not record.uid or record.start_id != live.spec.start_id or record.state == "Stopped":
            return
        start = Start(live.metadata.uid, live.spec.start_id)
        spent = entry == PRIMARY and bool(start.start_id)
        self._note(f"loses pod {record.resource_name}")
        if spent:
            self.losses.possible.add(start)
        with suppress(NotFound):
            await self.nodes.delete(PODS, self.server.namespace, record.resource_name, uid=record.uid, grace_seconds=0)
        if spent:
            self.losses.certain.add(start)

    async def _patch(self, operations: list[bodies.Body]) -> None:
        await self.hub.json_patch(INSTANCES, self.server.namespace, self.server.name, operations)

    async def _read(self) -> Instance | None:
        try:
            return await self.hub.get(INSTANCES, self.server.namespace, self.server.name)
        except NotFound:
            return None

    def _note(self, text: str) -> None:
        self.timeline.note(f"{self.server.key}: {text}", self.server.key)
