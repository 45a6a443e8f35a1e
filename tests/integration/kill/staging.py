"""Everybody in place and at work: operators behind their relays, nodes, users, who answers gates, and who disturbs."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing

from jupyternetes.runtime.client import Client
from tests.integration.kill.chance import chance
from tests.integration.kill.conftest import OPERATORS, Arena
from tests.integration.kill.disruptions import SHARES, Disruptor
from tests.integration.kill.kubelet import Nodes
from tests.integration.kill.lease import LEASE_SECONDS
from tests.integration.kill.ledger import Ledger
from tests.integration.kill.record import Record
from tests.integration.kill.replicas import Fleet, make_replicas
from tests.integration.kill.run import Run, beside
from tests.integration.kill.third import Third
from tests.integration.kill.timeline import Timeline
from tests.integration.kill.trail import Trail
from tests.integration.kill.world import OTHER_KIND
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Kube
from tests.support.operators import Launch

PAUSE = 0.6
"""Mean seconds between two disruptions."""


@asynccontextmanager
async def running(
    arena: Arena, record: Record, launch: Launch, shares: Mapping[str, int] = SHARES
) -> AsyncGenerator[Run]:
    """The run, with operators and nodes at work; ``shares`` is how often each disruption is done, in proportion."""
    timeline, rng = Timeline(), chance(record.seed, "surroundings")
    options = [
        f"--lease-seconds={LEASE_SECONDS}",
        f"--lease-namespace={RELEASE_NAMESPACE}",
        f"--template-namespace={RELEASE_NAMESPACE}",
        OTHER_KIND,
    ]
    replicas = await make_replicas(arena.operators, arena.server, arena.logs, options, launch)
    timeline.sources |= {replica.relay.source: replica.name for replica in replicas}
    fleet = Fleet(replicas, rng, timeline)
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(await Client.connect(arena.hub, user_agent="hub"))
        nodes = await stack.enter_async_context(await Client.connect(arena.cluster.kubeconfig, user_agent="nodes"))
        disruptor = Disruptor(fleet, arena.cluster, timeline, PAUSE, LEASE_SECONDS)
        trail, ledger = Trail(arena.cluster.audit_log), Ledger(OPERATORS)
        third = Third(stack.enter_context(closing(Kube(arena.third))), chance(rng.random()))
        run = Run(arena.kube, hub, nodes, trail, fleet, disruptor, timeline, record, ledger, shares, third)
        kubelet = Nodes(arena.kube, chance(rng.random()))
        await stack.enter_async_context(run.accounted_for())
        await stack.enter_async_context(beside(fleet.run(), kubelet.run(), third.run(), run.keep_listening()))
        yield run
