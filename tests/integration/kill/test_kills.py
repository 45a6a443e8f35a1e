"""Two replicas of each operator are killed, frozen and cut off while servers start and stop; at rest all is right.

``KILLS`` sets how many kills the long run has, ``SEED`` which disruptions come in which order. The operating system and
the network still decide what exactly they meet, so a seed that failed may pass once.
"""

import os

import pytest

from tests.integration.kill.conftest import Arena
from tests.integration.kill.lease import LEASE_SECONDS, STRETCH
from tests.integration.kill.record import Record
from tests.integration.kill.staging import running
from tests.support.forked import forking
from tools.cluster import Steps

ROUND = 50
"""Kills between two rests."""
LONG, SHORT = int(os.environ.get("KILLS", "1000")), 16
SEED = int(os.environ["SEED"]) if "SEED" in os.environ else None

# urllib3 leaves a connection open that broke off during its handshake, as those do whose API server is killed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")


async def test_nothing_is_doubled_lost_or_missed_when_operators_die_R04(arena: Arena, steps: Steps) -> None:
    record = Record(seed=SEED if SEED is not None else 4, wanted=SHORT)

    async with running(arena, record, forking()) as run:
        await run.round(SHORT)

    steps.say(str(record))
    assert record.kills == SHORT
    assert record.doubled_pods == 0


@pytest.mark.long
@pytest.mark.timeout(600 * STRETCH + (3 + LEASE_SECONDS) * LONG)
async def test_nothing_is_doubled_lost_or_missed_in_many_kills_R04(arena: Arena, steps: Steps) -> None:
    record = Record.resume(seed=SEED, wanted=LONG)
    steps.say(f"kill test: {record}")

    async with running(arena, record, forking()) as run:
        while not record.complete:
            await run.round(min(ROUND, LONG - record.kills))
            record.save()
            steps.say(str(record))

    steps.say(f"for the documentation: {record.summarize()}")
    assert record.kills >= LONG
    assert record.doubled_pods == 0
