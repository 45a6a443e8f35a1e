"""How often progress is written: everything that nobody waits for shares one budget."""

import asyncio
from typing import Any

import msgspec
import pytest

from jupyternetes.api.instance import Instance
from jupyternetes.operators.pod_status.reconciler import PodStatusReconciler
from jupyternetes.runtime.objects import ObjectKey
from tests.support.objects import NAMESPACE, instance, pod


class Cluster:
    """Instances by name, each with a pod that is under way, and what is written of them; nothing is ever kept."""

    def __init__(self, number: int) -> None:
        record = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}
        known = instance(startId="2", status={"pods": {"notebook": record}})
        self.instances = {f"i{each}": _named(known, f"i{each}") for each in range(number)}
        self.written: list[str] = []
        self.keys = [ObjectKey(NAMESPACE, name) for name in self.instances]

    def get(self, _: str, name: str) -> Instance | None:
        return self.instances.get(name)

    def by_index(self, _: str, uid: str) -> list[Any]:
        return [pod()] if uid == "uid-notebook-1" else []

    def latest(self, cached: Instance) -> Instance:
        return cached

    def forget(self, _: ObjectKey) -> None:
        return None

    def changes(self, *_: object) -> bool:
        return True

    async def write(self, known: Instance, _: object) -> bool:
        self.written.append(known.metadata.name)
        return False


class NoEvents:
    def by_index(self, _: str, __: str) -> list[Any]:
        return []


def _named(known: Instance, name: str) -> Instance:
    return msgspec.structs.replace(known, metadata=msgspec.structs.replace(known.metadata, name=name))


def reconciler(cluster: Cluster) -> PodStatusReconciler:
    parts: Any = cluster
    events: Any = NoEvents()
    return PodStatusReconciler(client=parts, instances=parts, pods=parts, events=events, status=parts, announcer=parts)


@pytest.mark.looptime
@pytest.mark.parametrize(("number", "hold"), [(1, 1.0), (5, 1.0), (100, 20.0)])
async def test_progress_is_held_for_a_second_or_until_five_a_second_suffice(number: int, hold: float) -> None:
    cluster = Cluster(number)
    passes = reconciler(cluster)
    for key in cluster.keys:
        await passes.reconcile(key)

    result = await passes.reconcile(cluster.keys[0])

    assert result is not None
    assert result.requeue_after == pytest.approx(hold)
    await asyncio.sleep(hold)
    assert cluster.written == []
    assert await passes.reconcile(cluster.keys[0]) is None
    assert cluster.written == ["i0"]


@pytest.mark.looptime
async def test_instance_that_is_gone_has_no_share_in_the_budget() -> None:
    cluster = Cluster(100)
    passes = reconciler(cluster)
    for key in cluster.keys:
        await passes.reconcile(key)
    for key in cluster.keys[1:]:
        del cluster.instances[key.name]
        await passes.reconcile(key)

    result = await passes.reconcile(cluster.keys[0])

    assert result is not None
    assert result.requeue_after == pytest.approx(1.0)


@pytest.mark.looptime
async def test_new_pod_that_the_cache_does_not_show_yet_is_asked_for_after_a_while() -> None:
    class Behind(Cluster):
        def by_index(self, _: str, __: str) -> list[Any]:
            return []

    class Server:
        def __init__(self) -> None:
            self.asked: list[str] = []

        async def get(self, _: object, __: str, name: str) -> Any:
            self.asked.append(name)
            return pod()

    cluster, server = Behind(1), Server()
    passes = reconciler(cluster)
    passes.client = server  # type: ignore[assignment]

    result = await passes.reconcile(cluster.keys[0])

    assert result is not None
    assert result.requeue_after == pytest.approx(3.0)
    assert server.asked == []
    await asyncio.sleep(3)
    await passes.reconcile(cluster.keys[0])
    assert server.asked == ["notebook-1"]
