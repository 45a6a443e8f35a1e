"""An operator keeps its hands off a namespace that one of its caches is refused, and makes up for it later."""

from prometheus_client import CollectorRegistry

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES, PODS
from jupyternetes.operators.assembly.served import ServedNamespaces
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.decoding import Listing
from jupyternetes.runtime.errors import Forbidden, Status
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.metrics import ControllerMetrics
from jupyternetes.runtime.objects import ObjectKey
from tests.support.objects import NAMESPACE, instance

OTHER = "other"
HERE, ELSEWHERE = ObjectKey(NAMESPACE, "jovyan"), ObjectKey(OTHER, "jovyan")
REFUSED = Forbidden("list", Status(403, "Forbidden", "no right"))


class Operator:
    """Two caches of two namespaces, and a controller whose passes are noted."""

    def __init__(self) -> None:
        self.instances = Informer[Instance](None, INSTANCES, namespaces=(NAMESPACE, OTHER))  # type: ignore[arg-type]
        self.pods = Informer[Pod](None, PODS, namespaces=(NAMESPACE, OTHER))  # type: ignore[arg-type]
        self.passes: list[ObjectKey] = []
        self.served = ServedNamespaces([self.instances, self.pods])
        for informer in (self.instances, self.pods):
            self.served.follow(informer)
        self.reconcile = self.served.only(self._reconcile)
        self.controller = Controller("pods", self.reconcile, metrics=ControllerMetrics(CollectorRegistry()))
        self.served.make_up(self.controller, self.instances)

    async def list_all(self) -> None:
        made = instance()
        await self.instances.replace(NAMESPACE, Listing("10", [made]))
        for listed in (OTHER, NAMESPACE):
            await self.pods.replace(listed, Listing("10"))
        await self.instances.replace(OTHER, Listing("10"))

    async def _reconcile(self, key: ObjectKey) -> None:
        self.passes.append(key)


async def test_passes_are_held_back_only_where_a_cache_is_refused_C21() -> None:
    operator = Operator()
    await operator.list_all()
    operator.pods.failed(OTHER, REFUSED)

    await operator.reconcile(HERE)
    await operator.reconcile(ELSEWHERE)

    assert operator.passes == [HERE]


async def test_what_was_held_back_is_made_up_for_once_every_cache_is_back_C21() -> None:
    operator = Operator()
    await operator.list_all()
    for informer in (operator.pods, operator.instances):
        informer.failed(NAMESPACE, REFUSED)
    await operator.reconcile(HERE)

    await operator.pods.replace(NAMESPACE, Listing("20"))
    assert len(operator.controller.queue) == 0
    await operator.instances.replace(NAMESPACE, Listing("21", [instance()]))

    assert await operator.controller.queue.get() == ObjectKey(NAMESPACE, instance().metadata.name)


async def test_a_list_wakes_nobody_where_nothing_was_held_back() -> None:
    operator = Operator()
    await operator.list_all()

    assert len(operator.controller.queue) == 0
