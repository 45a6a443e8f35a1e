"""A watch that is read too slowly in a burst: the API server ends it for that, and nothing is missed (B63).

It keeps only a few events for a watcher whose connection takes no more. When they are full it closes the watch: in the
regular way, but what it had kept is never sent.
"""

import asyncio
import re

from jupyternetes.runtime.client import Client
from tests.integration.faults.following import Follow
from tests.integration.runtime.gadgets import GADGETS
from tests.support.faultproxy import FaultProxy, HoldBack, Match
from tools.cluster import Cluster

WATCHES = Match(client="informer", verb="watch", resource=GADGETS.plural)
PADDING = {"annotations": {"padding": "x" * 200_000}}
"""So that a few dozen events fill all buffers between the API server and the informer."""
MOST = 400


async def test_watch_that_is_ended_for_being_read_slowly_is_resumed_without_a_gap_B63(
    proxy: FaultProxy, follow: Follow, gadget_cluster: Cluster, gadget_namespace: str, direct: Client
) -> None:
    follower = await follow()
    await follower.begin()
    with proxy.fault(HoldBack(), WATCHES):
        sent = await burst(gadget_cluster, direct, gadget_namespace)
        await follower.change_everything()

    await follower.settled()

    slow, resumed = proxy.log.entries(verb="watch", client="informer")
    read = [change.new for change in follower.told if change.new and change.new.metadata.name == "stays"]
    assert slow.events < sent, "the rest was never sent"
    assert len(read) > sent, "the next watch told of it"
    assert int(slow.query["resourceVersion"]) < int(resumed.query["resourceVersion"])
    assert len(proxy.log.entries(verb="list", client="informer")) == 1


async def burst(cluster: Cluster, direct: Client, namespace: str) -> int:
    """Change one object until the API server has had enough of a watcher; the answer is how often."""
    before = await watchers_ended(cluster)
    for number in range(MOST):
        await direct.merge_patch(GADGETS, namespace, "stays", {"metadata": PADDING, "spec": {"size": number}})
        if number % 10 == 9 and await watchers_ended(cluster) > before:
            return number + 1
    raise AssertionError(f"the API server keeps the watch through {MOST} changes of 200 kB")


async def watchers_ended(cluster: Cluster) -> float:
    """How many watches of Gadgets the API server has ended for being read too slowly."""
    metrics = await asyncio.to_thread(cluster.kubectl, "get", "--raw", "/metrics")
    counted = rf"^apiserver_terminated_watchers_total\{{.*{GADGETS.plural}.*\}} (\S+)$"
    return sum(map(float, re.findall(counted, metrics, re.M)))
