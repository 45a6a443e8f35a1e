"""How often progress is written: everything that nobody waits for shares one budget."""

import asyncio
from typing import Any

import msgspec
import pytest

from jupyternetes.api.fields import POD_STATUS_OPERATOR
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pod_status.reconciler import PodStatusReconciler
from jupyternetes.operators.status.owned_fields import owned_fields
from jupyternetes.runtime.objects import ObjectKey
from tests.support.objects import NAMESPACE, instance, pod, serving


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

    def change(self, _: Instance, status: Any) -> Any:
        return status

    async def make(self, known: Instance, _: Any) -> None:
        self.written.append(known.metadata.name)

    def normal(self, *_: object) -> None:
        return None


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


class Flapping(Cluster):
    """One server that was ready, and what the kubelet says of it now; what is written is kept."""

    def __init__(self) -> None:
        super().__init__(1)
        self.found = serving()
        self.states: list[str] = []

    def by_index(self, _: str, uid: str) -> list[Any]:
        return [self.found] if uid == "uid-notebook-1" else []

    def change(self, known: Instance, status: Any) -> Any:
        fields = owned_fields(status, POD_STATUS_OPERATOR)
        return None if fields == owned_fields(known.status, POD_STATUS_OPERATOR) else fields

    async def make(self, _: Instance, fields: Any) -> None:
        self.states.append(fields["pods"]["notebook"].get("state", "Processed"))
        record = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}
        pods = {"notebook": record | fields["pods"]["notebook"]}
        self.instances["i0"] = _named(instance(startId="2", status=fields | {"pods": pods}), "i0")

    def readiness(self, ready: bool) -> None:
        running = {"name": "notebook", "ready": ready, "state": {"running": {}}}
        condition = {"type": "Ready", "status": str(ready), "reason": "" if ready else "ContainersNotReady"}
        status = {"phase": "Running", "podIP": "10.1.2.3", "conditions": [condition], "containerStatuses": [running]}
        self.found = pod(status=status, spec={"nodeName": "node-1"})


async def _ready_server() -> tuple[Flapping, PodStatusReconciler]:
    cluster = Flapping()
    passes = reconciler(cluster)
    await passes.reconcile(cluster.keys[0])
    assert cluster.states == ["Running"]
    return cluster, passes


@pytest.mark.looptime
async def test_hiccup_of_readiness_is_not_written_at_all_C28() -> None:
    cluster, passes = await _ready_server()
    for _ in range(5):
        cluster.readiness(False)
        result = await passes.reconcile(cluster.keys[0])
        assert result is not None
        assert result.requeue_after == pytest.approx(10.0)
        await asyncio.sleep(3)
        cluster.readiness(True)
        await passes.reconcile(cluster.keys[0])
        await asyncio.sleep(1)

    assert cluster.states == ["Running"]


@pytest.mark.looptime
async def test_readiness_that_stays_away_is_written_once_after_ten_seconds_and_its_return_at_once_C28() -> None:
    cluster, passes = await _ready_server()
    cluster.readiness(False)
    await passes.reconcile(cluster.keys[0])
    await asyncio.sleep(9)
    await passes.reconcile(cluster.keys[0])
    assert cluster.states == ["Running"]

    await asyncio.sleep(1)
    await passes.reconcile(cluster.keys[0])
    assert cluster.states == ["Running", "Processed"]

    cluster.readiness(True)
    await passes.reconcile(cluster.keys[0])
    assert cluster.states == ["Running", "Processed", "Running"]
