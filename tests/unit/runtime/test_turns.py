"""Few at a time while they are quick, many once they are held up, and nobody forgotten; in virtual time."""

import asyncio

import pytest

from jupyternetes.runtime.turns import Turns

pytestmark = pytest.mark.looptime


class Crowd:
    """So many who take a turn of ``seconds`` each, all at once."""

    def __init__(self, turns: Turns, number: int, seconds: float) -> None:
        self.active = self.most = 0
        self.tasks = [asyncio.create_task(self._member(turns, seconds)) for _ in range(number)]

    async def _member(self, turns: Turns, seconds: float) -> None:
        async with turns.turn():
            self.active += 1
            self.most = max(self.most, self.active)
            await asyncio.sleep(seconds)
            self.active -= 1

    async def done(self) -> float:
        """Until all had their turn; how long that took."""
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*self.tasks)
        return asyncio.get_running_loop().time() - begun


async def test_quick_ones_are_few_at_a_time() -> None:
    crowd = Crowd(Turns(16), 200, 0.4)

    await crowd.done()

    assert crowd.most == 16


async def test_ones_that_are_held_up_soon_go_all_at_once_C11() -> None:
    crowd = Crowd(Turns(16), 200, 6.0)

    assert await crowd.done() < 6.0 + 2.0
    assert crowd.most == 200


async def test_there_is_a_bound_on_all_of_them_C11() -> None:
    crowd = Crowd(Turns(4, most=10), 100, 6.0)

    assert await crowd.done() < 11 * 6.0
    assert crowd.most == 10


async def test_room_is_as_before_once_nobody_is_held_up_any_more() -> None:
    turns = Turns(4)
    await Crowd(turns, 50, 6.0).done()
    crowd = Crowd(turns, 50, 0.1)

    await crowd.done()

    assert crowd.most == 4


async def test_those_who_give_up_leave_their_place_to_others() -> None:
    turns = Turns(1)
    crowd = Crowd(turns, 5, 0.3)
    await asyncio.sleep(0.1)
    for task in crowd.tasks[:3]:  # one who has a turn, and two who wait
        task.cancel()
    await asyncio.wait(crowd.tasks[:3])

    await asyncio.gather(*crowd.tasks[3:])
    again = Crowd(turns, 3, 0.1)
    await again.done()

    assert again.most == 1


async def test_turn_that_comes_just_as_its_taker_gives_up_is_passed_on() -> None:
    turns = Turns(1)
    holder = turns.turn()
    await holder.wait()
    waiting = [asyncio.create_task(turns.take()) for _ in range(2)]
    await asyncio.sleep(0.1)

    holder.end()
    waiting[0].cancel()

    await asyncio.wait_for(waiting[1], 1)
