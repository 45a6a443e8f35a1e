"""The Pod status operator keeps the Events about its own pods, however much else a cluster tells."""

import asyncio
import json
import resource
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from itertools import islice
from multiprocessing import get_context
from typing import Any, cast

import msgspec
import pytest

from jupyternetes.api import labels
from jupyternetes.api.core import Event, Pod
from jupyternetes.api.resources import EVENTS, PODS
from jupyternetes.operators.assembly.assembly import Settings
from jupyternetes.operators.pod_status.pod_events import PodEvents
from jupyternetes.operators.pod_status.reconciler import UID_INDEX
from jupyternetes.operators.pod_status.wiring import build
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.requests import PAGE_SIZE, Request
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.store import Change
from tests.unit.runtime.following import eventually

Json = dict[str, Any]
FOREIGN = 100_000
LIMIT_BYTES = 20_000_000


def event_json(number: int, uid: str = "") -> Json:
    """An Event of the size that the kubelet and the scheduler write."""
    pod = {"kind": "Pod", "namespace": "jobs", "name": f"batch-{number:07}-x7k2p", "apiVersion": "v1"}
    manager = {"manager": "kubelet", "operation": "Update", "apiVersion": "v1", "fieldsV1": {"f:message": {}}}
    return {
        "metadata": {
            "name": f"batch-{number:07}-x7k2p.17c0ffee{number:08x}",
            "namespace": "jobs",
            "uid": f"00000000-0000-0000-0001-{number:012}",
            "resourceVersion": str(1000 + number),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [manager],
        },
        "involvedObject": pod | {"uid": uid or f"00000000-0000-0000-0000-{number:012}"},
        "type": "Normal",
        "reason": "Scheduled",
        "message": f"Successfully assigned jobs/batch-{number:07}-x7k2p to node-{number % 500}",
        "source": {"component": "kubelet", "host": f"node-{number % 500}"},
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }


def pod_json(uid: str, version: int = 5) -> Json:
    about = {"name": f"notebook-{uid}", "namespace": "jobs", "uid": uid, "resourceVersion": str(version)}
    return {"metadata": about | {"labels": {labels.INSTANCE: "a"}}}


def event(number: int, uid: str = "") -> Event:
    return msgspec.convert(event_json(number, uid), Event)


def pod(uid: str) -> Pod:
    return msgspec.convert(pod_json(uid), Pod)


def added(uid: str) -> Change[Pod]:
    return Change(None, pod(uid))


_TEMPLATE = json.dumps(event_json(9_999_999)).encode()


def foreign_event(number: int) -> bytes:
    """The same as bytes, made so quickly that a hundred thousand take a second."""
    return _TEMPLATE.replace(b"10000999", b"%08d" % (number + 1000)).replace(b"9999999", b"%07d" % number)


class Cluster:
    """Answers as the API server, from as many Events as a test wants; a page and a watch line at a time."""

    def __init__(self, events: Iterable[bytes] = (), pods: tuple[Json, ...] = ()) -> None:
        self._events = iter(events)
        self._pods = [json.dumps(each).encode() for each in pods]
        self.watched: dict[str, asyncio.Queue[bytes]] = {PODS.plural: asyncio.Queue(), EVENTS.plural: asyncio.Queue()}

    def tell(self, resource: Resource[Any], obj: Json) -> None:
        """A watch event about this object."""
        self.watched[resource.plural].put_nowait(json.dumps(obj).encode())

    async def read(self, request: Request) -> bytes:
        items = self._pods if request.resource == PODS.plural else []
        if request.resource == EVENTS.plural and request.query["limit"] != "1":
            items = list(islice(self._events, PAGE_SIZE))
        token = b"more" if len(items) == PAGE_SIZE else b""
        head = b'{"metadata": {"resourceVersion": "999", "continue": "%s"}, "items": [' % token
        return head + b",".join(items) + b"]}"

    async def stream(self, request: Request, _: float) -> AsyncGenerator[bytes]:
        queue = self.watched.setdefault(request.resource, asyncio.Queue())
        while True:
            objects = [await queue.get(), *(queue.get_nowait() for _ in range(queue.qsize()))]
            yield b"".join(b'{"type": "ADDED", "object": %s}\n' % each for each in objects)


@asynccontextmanager
async def followed(cluster: Cluster) -> AsyncIterator[tuple[Informer[Pod], Informer[Event]]]:
    """The operator's caches of pods and Events, filled."""
    client = Client(cast("Any", cluster), "t")
    informers = build(client, Lease(client, "lab", "l", "me", LeaseTimes()), Settings()).informers
    running = [asyncio.create_task(each.run()) for each in informers]
    await asyncio.gather(*(each.wait_synced() for each in informers))
    by_name = {each.resource.plural: each for each in informers}
    try:
        yield by_name[PODS.plural], by_name[EVENTS.plural]
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def cost_of(foreign: int) -> int:
    """Bytes by which this process grows over so many Events that are not ours, half of them listed."""
    before = peak_bytes()
    cluster = Cluster(map(foreign_event, range(foreign // 2)), (pod_json("known"),))
    async with followed(cluster) as (_, events):
        queue = cluster.watched[EVENTS.plural]
        for number in range(foreign // 2, foreign):
            queue.put_nowait(foreign_event(number))
            if queue.qsize() == PAGE_SIZE:
                await eventually(queue.empty, 60)
        cluster.tell(EVENTS, event_json(foreign, "known"))
        await eventually(lambda: len(events) > 0, 60)
        assert len(events) == 1
    return peak_bytes() - before


def measured(foreign: int) -> int:
    asyncio.run(cost_of(foreign // 100))  # what is allocated once for all is no cost of the Events
    return asyncio.run(cost_of(foreign))


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.timeout(300)
def test_a_hundred_thousand_foreign_events_cost_less_than_20_megabytes_C25(
    record_property: Callable[[str, object], None],
) -> None:
    """In a process of its own: this one has used more memory before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        cost = pool.submit(measured, FOREIGN).result()

    record_property("bytes", cost)
    assert cost < LIMIT_BYTES


async def test_events_of_our_pods_are_kept_C25() -> None:
    cluster = Cluster([foreign_event(2), json.dumps(event_json(1, "u1")).encode()], (pod_json("u1"),))

    async with followed(cluster) as (_, events):
        assert [each.involved_object.uid for each in events.values()] == ["u1"]
        cluster.tell(EVENTS, event_json(3, "u1"))
        await eventually(lambda: len(events.by_index(UID_INDEX, "u1")) == 2)


async def test_event_that_comes_before_its_pod_is_taken_in_with_it_C25() -> None:
    cluster = Cluster(pods=(pod_json("known"),))
    async with followed(cluster) as (_, events):
        told: list[str] = []
        events.subscribe(lambda change: told.append(change.new.involved_object.uid if change.new else "deleted"))
        for number, uid in enumerate(["u1", "", "u1", "known"]):
            cluster.tell(EVENTS, event_json(number, uid))
        await eventually(lambda: told == ["known"])

        cluster.tell(PODS, pod_json("u1", 2000))

        await eventually(lambda: told == ["known", "u1", "u1"])
        assert len(events.by_index(UID_INDEX, "u1")) == 2


def test_only_the_newest_wait_C25() -> None:
    ours = PodEvents(lambda _: False, limit=10)
    for number in [*range(50, 100), *range(50)]:
        ours.keep(event(number, f"u{number}"))

    waiting = [number for number in range(100) if ours.appeared(added(f"u{number}"))]

    assert set(range(90, 100)) <= set(waiting)
    assert len(waiting) < 20


def test_a_pod_gets_what_waited_for_it_once_and_in_its_newest_form_C25() -> None:
    ours = PodEvents(lambda _: False)
    again = msgspec.structs.replace(event(1, "u1"), reason="Again")
    for each in (event(1, "u1"), event(2, "u2"), again):
        assert not ours.keep(each)

    assert ours.appeared(Change(pod("u1"), None)) == []
    assert ours.appeared(Change(pod("u1"), pod("u1"))) == []
    assert ours.appeared(added("u1")) == [again]
    assert ours.appeared(added("u1")) == []


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_cached_object_that_is_no_longer_wanted_counts_as_deleted(wanted: bool) -> None:
    cluster, kept = Cluster([json.dumps(event_json(1)).encode()]), [True]
    client = Client(cast("Any", cluster), "t")
    informer = Informer(client, EVENTS, keep=lambda _: kept[-1])
    running = asyncio.create_task(informer.run())
    await informer.wait_synced()
    assert len(informer) == 1

    kept.append(wanted)
    newer = event_json(1) | {"reason": "Changed"}
    newer["metadata"]["resourceVersion"] = "2000"
    cluster.tell(EVENTS, newer)

    await eventually(lambda: [each.reason for each in informer.values()] == (["Changed"] if wanted else []))
    running.cancel()
