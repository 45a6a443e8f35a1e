"""Starts that fail and are given up at random moments: whatever happens, nothing is left running unknown."""

import asyncio
import random

import pytest
from tornado.web import HTTPError

from jupyternetes.runtime.errors import UnknownOutcome, Unreachable
from jupyternetes.spawner import JupyternetesSpawner
from tests.unit.spawner.fake_cluster import Call, FakeClient, refused
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging


class Weather:
    """Faults at the requests of a start: refused, never sent, answer lost, or carried out after the client gave up."""

    def __init__(self, client: FakeClient, chance: random.Random) -> None:
        self.client = client
        self.chance = chance
        self.rough = True
        client.before = self.before
        client.after = self.after

    def before(self, call: Call) -> None:
        if self.rough and self.chance.random() < 0.2:
            raise self.chance.choice(
                [Unreachable("no"), refused(500, "InternalError"), refused(429, "TooManyRequests")]
            )

    def after(self, call: Call) -> None:
        if self.rough and call[0] in ("create", "patch") and self.chance.random() < 0.2:
            raise UnknownOutcome("lost", settled_at=asyncio.get_running_loop().time() + 5)


async def give_up_or_finish(spawner: JupyternetesSpawner, chance: random.Random) -> bool:
    """One start as the hub runs it; whether it succeeded."""
    start = asyncio.ensure_future(spawner.start())
    if chance.random() < 0.6:
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        await asyncio.sleep(chance.choice([0, 0, 0.1, 1, 10]))
        start.cancel()
    await asyncio.wait([start])
    assert start.cancelled() or start.exception() is None or isinstance(start.exception(), HTTPError)
    return not start.cancelled() and start.exception() is None


@pytest.mark.looptime
@pytest.mark.parametrize("seed", range(40))
async def test_nothing_is_left_running_unknown_L14_L15_L16_R01_R05(
    hubs: Hubs, client: FakeClient, operators: Obliging, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    weather = Weather(client, chance)
    spawner = hubs.spawner()

    for _ in range(4):
        if await give_up_or_finish(spawner, chance):
            assert await spawner.poll() is None
        if await spawner.poll() is None:
            await spawner.stop()
        assert all(instance["spec"]["suspend"] for instance in client.instances.values())
        if chance.random() < 0.5:  # the hub restarts
            state = spawner.get_state()
            hubs.hub = type(hubs.hub)(ip="10.0.0.1", port=8081, base_url="/jh/hub/")
            spawner = hubs.spawner()
            spawner.load_state(state)

    weather.rough = False
    assert await spawner.start() == "http://10.1.2.3:8888"
    assert len(client.instances) == 1
