"""The kill test can fail: it notices the damage that operators do which lack one of their safeguards."""

import asyncio
import time
from collections.abc import Callable, Mapping

import pytest

from tests.integration.kill.breakages import (
    no_answer_is_taken_for_no,
    no_lease_is_ever_lost,
    the_cache_is_believed,
    the_lease_is_ignored,
)
from tests.integration.kill.chance import until
from tests.integration.kill.conftest import Arena
from tests.integration.kill.disruptions import DEAFEN, FREEZE, KILL, SHARES, UNTELL
from tests.integration.kill.record import Record
from tests.integration.kill.run import Run
from tests.integration.kill.staging import running
from tests.support.forked import forking
from tools.cluster import Steps

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]
SECONDS = 180
KILLS = 8
"""In each round."""
BREAKAGES: Mapping[Callable[[], None], Mapping[str, int]] = {
    the_cache_is_believed: {KILL: 1, DEAFEN: 6},
    no_answer_is_taken_for_no: {KILL: 1, UNTELL: 6},
    no_lease_is_ever_lost: {KILL: 1, FREEZE: 6},
    the_lease_is_ignored: SHARES,
}
"""And in which shares the disruptions find out soonest; whole operators are put to all of them."""


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.__name__.replace("_", " "))
async def test_damage_that_broken_operators_do_is_noticed(
    arena: Arena, steps: Steps, breakage: Callable[[], None]
) -> None:
    record = Record(seed=1, wanted=KILLS)
    begun = time.monotonic()

    async with running(arena, record, forking(breakage), BREAKAGES[breakage]) as run:
        rounds = await until_damaged(run)
        steps.say(f"{breakage.__name__}, after {time.monotonic() - begun:.0f} s: {damage(run) or rounds}")
        assert damage(run), rounds


async def until_damaged(run: Run) -> str:
    """Let the run go on until it has noticed damage, or for ``SECONDS``; how it ended."""
    seen = asyncio.create_task(until(lambda: damage(run)))
    rounds = asyncio.create_task(endless(run))
    await asyncio.wait([seen, rounds], timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in (seen, rounds):
        task.cancel()
    _, outcome = await asyncio.gather(seen, rounds, return_exceptions=True)
    return str(outcome) or f"nothing was noticed in {SECONDS} s"


async def endless(run: Run) -> None:
    while True:
        await run.round(KILLS)


def damage(run: Run) -> list[str]:
    """What was doubled so far: claims, which is for good, and pods, of which all but one are removed again."""
    return [*map(str, run.ledger.violations)]
