"""What wakes an Instance."""

from collections.abc import Callable

import msgspec
from prometheus_client import CollectorRegistry

from jupyternetes.api import labels
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES, PODS
from jupyternetes.operators.assembly.assembly import INSTANCE_INDEX
from jupyternetes.operators.assembly.wakes import labelled_instance, look_again, wake
from jupyternetes.operators.pods import wiring
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.decoding import Identity, Listing, WatchEvent
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.metrics import ControllerMetrics
from jupyternetes.runtime.objects import ObjectKey, key_of
from tests.support.objects import NAMESPACE, ended, instance, pod, serving

KEY = ObjectKey(NAMESPACE, "a")


async def nothing(_: ObjectKey) -> None:
    return None


class Bench:
    """Caches that a test fills, and the queue of a controller that does not work."""

    def __init__(
        self,
        *namespaces: str,
        view: Callable[[Pod], object] = lambda pod: pod,
        is_own_write: Callable[[Pod | None, Pod], bool] | None = None,
    ) -> None:
        self.instances = Informer(None, INSTANCES)  # type: ignore[arg-type] - nothing is asked of the API server
        self.pods = Informer(
            None,  # type: ignore[arg-type]
            PODS,
            namespaces=namespaces,
            indexers={INSTANCE_INDEX: labelled_instance},
        )
        controller = Controller[ObjectKey]("pods", nothing, metrics=ControllerMetrics(CollectorRegistry()))
        self.queue = controller.queue
        wake(self.pods, controller, labelled_instance, view=view, is_own_write=is_own_write)
        look_again(self.pods, controller, self.instances)

    async def woken(self) -> list[ObjectKey]:
        """The keys that were queued since the last call, in their order."""
        keys = [await self.queue.get() for _ in range(len(self.queue))]
        for key in keys:
            self.queue.done(key)
        return keys


def in_namespace(name: str, namespace: str) -> Instance:
    made = instance()
    return msgspec.structs.replace(
        made, metadata=msgspec.structs.replace(made.metadata, name=name, namespace=namespace, uid=f"uid-{name}")
    )


def modified(changed: Pod) -> WatchEvent[Pod]:
    meta = changed.metadata
    identity = Identity(meta.name, meta.namespace, meta.uid, meta.resource_version, meta.deletion_timestamp)
    return WatchEvent("MODIFIED", identity, changed)


async def test_pod_that_came_and_went_unseen_wakes_its_instance_with_the_next_list() -> None:
    bench = Bench()
    await bench.instances.replace(None, Listing("7", [instance()]))
    await bench.pods.replace(None, Listing("10"))
    expected = Expectations(
        bench.pods,
        None,  # type: ignore[arg-type]
        PODS,
        index=INSTANCE_INDEX,
        identity=lambda found: labelled_instance(found)[0],
        selector=lambda key: (key.namespace, ""),
    )
    expected.created(pod(resourceVersion="11"))
    assert [found.metadata.name for found in expected.find(KEY)] == ["notebook-1"]
    await bench.woken()

    await bench.pods.replace(None, Listing("20"))

    assert await bench.woken() == [KEY]
    assert expected.find(KEY) == []


async def test_instances_that_something_happened_to_come_before_the_others() -> None:
    bench = Bench()
    others = [in_namespace(f"other-{number}", NAMESPACE) for number in range(3)]
    await bench.instances.replace(None, Listing("7", [*others, instance()]))
    await bench.pods.replace(None, Listing("10", [pod(resourceVersion="9")]))
    await bench.woken()

    await bench.pods.replace(None, Listing("20"))

    assert await bench.woken() == [KEY, *map(key_of, others)]


async def test_list_of_one_namespace_wakes_the_instances_of_that_one() -> None:
    bench = Bench(NAMESPACE, "elsewhere")
    await bench.instances.replace(None, Listing("7", [instance(), in_namespace("b", "elsewhere")]))

    await bench.pods.replace("elsewhere", Listing("10"))

    assert await bench.woken() == [ObjectKey("elsewhere", "b")]


async def test_answer_to_an_own_write_wakes_nobody() -> None:
    bench = Bench(is_own_write=lambda _, new: new.metadata.resource_version == "11")

    bench.pods.apply(None, modified(pod(resourceVersion="11")))
    assert await bench.woken() == []
    bench.pods.apply(None, modified(pod(resourceVersion="12")))
    assert await bench.woken() == [KEY]


async def test_pod_operator_does_not_look_at_how_a_pod_fares() -> None:
    bench = Bench(view=wiring.view)
    await bench.pods.replace(None, Listing("10", [pod(resourceVersion="10")]))
    await bench.woken()

    bench.pods.apply(None, modified(serving(resourceVersion="11")))
    assert await bench.woken() == []
    for change in (
        ended(resourceVersion="12"),
        ended(resourceVersion="13", deletionTimestamp="2026-01-01T02:00:00Z"),
        ended(resourceVersion="14", labels={labels.INSTANCE: "a"}),
    ):
        bench.pods.apply(None, modified(change))
        assert await bench.woken() == [KEY]
