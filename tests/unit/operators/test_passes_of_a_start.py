"""How often operators look at an Instance while its server starts: what they did themselves is no news to them."""

import asyncio
import random

from tests.unit.operators.properties_world import World
from tests.unit.runtime.properties_time import in_fake_time

_LAG = 0.05  # seconds


async def watches_lag(world: World) -> None:
    """An API server answers a create a little before its watches tell of it."""
    while True:
        for watch in world.kube.watches:
            watch.held = True
        await asyncio.sleep(_LAG)
        world.release_watches()
        await asyncio.sleep(0)


async def passes_of_two_starts() -> list[dict[str, int]]:
    """Of each operator when an Instance is made, in its first start, and in a later one."""
    world = World(random.Random(0), rough=0.0)  # noqa: S311
    passes: list[dict[str, int]] = []

    async def count(do: str) -> None:
        before = {name: life.passes() for name, life in world.lives.items()}
        getattr(world, do)("a")
        await asyncio.sleep(20.0)
        passes.append({name: life.passes() - before[name] for name, life in world.lives.items()})

    world.begin()
    await asyncio.sleep(1.0)
    lagging = asyncio.create_task(watches_lag(world))
    for do in ("make", "start", "stop", "start"):
        await count(do)
    lagging.cancel()
    made, first, _, later = passes
    return [made, first, later]


def test_what_an_operator_made_itself_is_no_news_to_it() -> None:
    made, first, later = in_fake_time(passes_of_two_starts())

    assert made == {"pvcs": 2, "pods": 0, "pod-status": 0}, "the claim, and after a while a report on it"
    assert first == {"pvcs": 1, "pods": 1, "pod-status": 3}
    assert later == {"pvcs": 1, "pods": 1, "pod-status": 3}
