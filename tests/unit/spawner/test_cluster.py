"""What all spawners of a hub share."""

import asyncio
from typing import Any, cast

from jupyternetes.spawner.cluster.connection import Cluster


class NoClient:
    async def close(self) -> None:
        return None


async def test_event_loop_comes_round_between_any_two_turns() -> None:
    cluster = Cluster(cast("Any", NoClient()))
    rounds, turns = 0, list[int]()

    async def go_round() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    async def start() -> None:
        await cluster.yield_to_loop()
        turns.append(rounds)

    going = asyncio.create_task(go_round())
    await asyncio.gather(*(start() for _ in range(50)))
    going.cancel()

    assert turns == sorted(set(turns)), "no two in one round"
