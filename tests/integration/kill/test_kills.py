"""Two replicas of each operator are killed, frozen and cut off while servers start and stop; at rest all is right.

``KILLS`` sets how many kills the long run has, ``SEED`` which disruptions come in which order. The operating system and
the network still decide what exactly they meet, so a seed that failed may pass once.
"""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from jupyternetes.runtime.client import Client
from tests.integration.kill.chance import chance
from tests.integration.kill.conftest import OPERATORS, Arena
from tests.integration.kill.disruptions import Disruptor
from tests.integration.kill.kubelet import Nodes
from tests.integration.kill.ledger import Ledger
from tests.integration.kill.record import Record
from tests.integration.kill.replicas import Fleet, make_replicas
from tests.integration.kill.run import Run, beside
from tests.integration.kill.timeline import Timeline
from tests.integration.kill.trail import Trail
from tests.support.forked import forking
from tests.support.installation import RELEASE_NAMESPACE
from tools.cluster import Steps

LEASE_SECONDS = 3.0
PAUSE = 0.6
"""Mean seconds between two disruptions."""
ROUND = 50
"""Kills between two rests."""
LONG, SHORT = int(os.environ.get("KILLS", "1000")), 16
SEED = int(os.environ["SEED"]) if "SEED" in os.environ else None

# urllib3 leaves a connection open that broke off during its handshake, as those do whose API server is killed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")


@asynccontextmanager
async def running(arena: Arena, record: Record) -> AsyncIterator[Run]:
    """The run, with operators and nodes at work."""
    timeline, rng = Timeline(), chance(record.seed, "surroundings")
    options = [
        f"--lease-seconds={LEASE_SECONDS}",
        f"--lease-namespace={RELEASE_NAMESPACE}",
        f"--template-namespace={RELEASE_NAMESPACE}",
    ]
    replicas = await make_replicas(arena.operators, arena.server, arena.logs, options, forking())
    timeline.sources |= {replica.relay.source: replica.name for replica in replicas}
    fleet = Fleet(replicas, rng, timeline)
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(await Client.connect(arena.hub, user_agent="hub"))
        nodes = await stack.enter_async_context(await Client.connect(arena.cluster.kubeconfig, user_agent="nodes"))
        disruptor = Disruptor(fleet, arena.cluster, timeline, PAUSE, LEASE_SECONDS)
        trail, ledger = Trail(arena.cluster.audit_log), Ledger(OPERATORS)
        run = Run(arena.kube, hub, nodes, trail, fleet, disruptor, timeline, record, ledger)
        kubelet = Nodes(arena.kube, chance(rng.random()))
        await stack.enter_async_context(beside(fleet.run(), kubelet.run(), run.keep_listening()))
        yield run


async def test_nothing_is_doubled_lost_or_missed_when_operators_die_R04(arena: Arena, steps: Steps) -> None:
    record = Record(seed=SEED if SEED is not None else 4, wanted=SHORT)

    async with running(arena, record) as run:
        await run.round(SHORT)

    steps.say(str(record))
    assert record.kills == SHORT


@pytest.mark.long
@pytest.mark.timeout(600 + 6 * LONG)
async def test_nothing_is_doubled_lost_or_missed_in_many_kills_R04(arena: Arena, steps: Steps) -> None:
    record = Record.resume(seed=SEED, wanted=LONG)
    steps.say(f"kill test: {record}")

    async with running(arena, record) as run:
        while not record.complete:
            await run.round(min(ROUND, LONG - record.kills))
            record.save()
            steps.say(str(record))

    assert record.kills >= LONG
