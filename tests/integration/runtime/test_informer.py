"""The informer on a real API server that is restarted, frozen and compacted under it (B63)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.store import Change
from tests.integration.runtime.gadgets import GADGETS, Gadget, gadget
from tools.cluster import Cluster


class Follower:
    """Runs an informer and waits for what it tells."""

    def __init__(self, informer: Informer[Gadget]) -> None:
        self.informer = informer
        self.told: list[Change[Gadget]] = []
        self._changed = asyncio.Event()
        informer.subscribe(self._hear)
        self.task = asyncio.create_task(informer.run())

    def _hear(self, change: Change[Gadget]) -> None:
        self.told.append(change)
        self._changed.set()

    async def until(self, *names: str) -> None:
        async with asyncio.timeout(60):
            while sorted(obj.metadata.name for obj in self.informer.values()) != sorted(names):
                self._changed.clear()
                await self._changed.wait()


Follow = Callable[..., Awaitable[Follower]]


@pytest.fixture
async def follow(client: Client, namespace: str) -> AsyncIterator[Follow]:
    followers: list[Follower] = []

    async def start(inactivity: float = 90) -> Follower:
        informer = Informer(client, GADGETS, namespaces=[namespace], inactivity=inactivity)
        followers.append(Follower(informer))
        await informer.wait_synced()
        return followers[-1]

    yield start
    for follower in followers:
        follower.task.cancel()
    await asyncio.gather(*(follower.task for follower in followers), return_exceptions=True)


async def test_additions_changes_and_deletions_arrive(client: Client, namespace: str, follow: Follow) -> None:
    await client.create(GADGETS, namespace, gadget("early"))
    follower = await follow()
    await follower.until("early")

    await client.create(GADGETS, namespace, gadget("late", size=1))
    await client.merge_patch(GADGETS, namespace, "late", {"spec": {"size": 2}})
    await client.delete(GADGETS, namespace, "early")
    await follower.until("late")

    late = follower.informer.get(namespace, "late")
    assert late is not None
    assert late.spec.size == 2
    assert [change.initial for change in follower.told] == [True, False, False, False]
    assert follower.informer.has_reached(late)


async def test_object_that_does_not_fit_spoils_nothing(client: Client, namespace: str, follow: Follow) -> None:
    await client.create(GADGETS, namespace, gadget("a"))
    with pytest.raises(errors.UnknownOutcome, match="cannot be read"):
        await client.create(GADGETS, namespace, gadget("odd", size="very big"))

    follower = await follow()
    await client.create(GADGETS, namespace, gadget("b"))
    await follower.until("a", "b")

    assert [key.name for key in follower.informer.broken] == ["odd"]


async def test_watch_from_a_version_that_is_gone_is_410(client: Client, namespace: str) -> None:
    with pytest.raises(errors.Gone):
        async for _ in client.watch(GADGETS, namespace, resource_version="1"):
            pass


@pytest.mark.parametrize("while_away", [True, False], ids=["changes missed", "nothing missed"])
async def test_restart_of_the_api_server_loses_nothing_B63(
    client: Client, cluster: Cluster, namespace: str, follow: Follow, while_away: bool
) -> None:
    for name in ("stays", "goes"):
        await client.create(GADGETS, namespace, gadget(name))
    follower = await follow()
    await follower.until("stays", "goes")

    await asyncio.to_thread(cluster.restart, "kube-apiserver")
    if while_away:
        async with await Client.connect(cluster.kubeconfig, user_agent="other") as other:
            await other.delete(GADGETS, namespace, "goes")
            await other.create(GADGETS, namespace, gadget("comes"))
        await follower.until("stays", "comes")
    else:
        await client.create(GADGETS, namespace, gadget("comes"))
        await follower.until("stays", "goes", "comes")


async def test_frozen_api_server_is_noticed_and_caught_up_with_B63(
    client: Client, cluster: Cluster, namespace: str, follow: Follow
) -> None:
    await client.create(GADGETS, namespace, gadget("a"))
    follower = await follow(inactivity=1)
    await follower.until("a")

    cluster.freeze("kube-apiserver")
    try:
        async with asyncio.timeout(30):
            while not isinstance(follower.informer.last_error, errors.Unreachable):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        cluster.thaw("kube-apiserver")

    async with await Client.connect(cluster.kubeconfig, user_agent="other") as other:
        await other.create(GADGETS, namespace, gadget("b"))
    await follower.until("a", "b")
