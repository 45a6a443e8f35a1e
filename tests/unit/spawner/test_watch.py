"""The watch that all spawners of a hub share."""

import asyncio

import pytest

from jupyternetes.runtime.decoding import Listing
from jupyternetes.spawner.cluster.watch import InstanceWatch
from tests.support.objects import NAMESPACE, instance


class Away:
    """A cluster that answers nothing."""

    async def list(self, *_: object, **__: object) -> None:
        await asyncio.Event().wait()


async def test_instance_that_came_and_went_unseen_is_known_to_be_gone_with_the_next_list() -> None:
    watch = InstanceWatch(Away(), NAMESPACE, "")  # type: ignore[arg-type]
    made = instance()
    gone = asyncio.ensure_future(watch.until("a", lambda: True if watch.newest(made) is None else None))
    await asyncio.sleep(0)
    assert not gone.done()

    await watch._informer.replace(NAMESPACE, Listing("20"))

    assert await asyncio.wait_for(gone, 5)


async def test_what_a_hub_holds_when_it_has_seen_its_instances_is_left_out_of_collections_of_garbage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settled = asyncio.Event()
    monkeypatch.setattr("jupyternetes.spawner.cluster.follow.settle", settled.set)
    watch = InstanceWatch(Away(), NAMESPACE, "")  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert not settled.is_set()

    await watch._informer.replace(NAMESPACE, Listing("20"))

    await asyncio.wait_for(settled.wait(), 5)
