"""One process of everything that ``resource`` and ``gate`` made: caches, controllers, a Lease, health and metrics."""

import asyncio
import socket
import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from msgspec import structs
from prometheus_client import CollectorRegistry

import jupyternetes
from jupyternetes.api import labels
from jupyternetes.api.resources import INSTANCES
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.events import EventRecorder
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.metrics import ControllerMetrics
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.process import Process
from jupyternetes.runtime.store import Change
from jupyternetes.sdk.cluster import Cluster
from jupyternetes.sdk.gates import GateOperator
from jupyternetes.sdk.kinds import Object, Related
from jupyternetes.sdk.resources import ResourceOperator
from jupyternetes.sdk.work.gate_reconciler import GateReconciler
from jupyternetes.sdk.work.resource_reconciler import ResourceReconciler

#: The version of the contract that this SDK keeps, as a label of the operator's Lease says.
CONTRACT: Final = "v1"

#: What a pass may take beside the operator's function: a few requests, each with a bound of its own.
_REQUEST_SECONDS: Final = 120.0

Part = ResourceOperator | GateOperator


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``name``: of the operator, of its Lease, and as field manager.

    No ``kubeconfig`` means $KUBECONFIG, the pod's service account, or ~/.kube/config; no ``namespaces`` all; no
    ``lease_namespace`` the operator's own; no ``health_host`` every address; a ``health_port`` of 0 a free one.
    ``lease_seconds``: of silence after which another replica takes over.
    """

    name: str
    kubeconfig: str | Path | None = None
    namespaces: tuple[str, ...] = ()
    lease_namespace: str = ""
    lease_seconds: float = 15.0
    health_host: str | None = None
    health_port: int = 8080


async def operate(parts: Sequence[Part], settings: Settings) -> None:
    """Do the work of ``parts`` until SIGTERM or SIGINT. Raises what made it fail, as of ``runtime.errors``."""
    agent = f"{settings.name}/{CONTRACT} jupyternetes-sdk/{jupyternetes.__version__}"
    times = LeaseTimes.lasting(settings.lease_seconds)
    # The Lease has connections of its own: no burst of work may keep it from being renewed.
    async with await Client.connect(settings.kubeconfig, user_agent=agent) as lease_client:
        lease = Lease(
            lease_client,
            settings.lease_namespace or lease_client.namespace,
            settings.name,
            f"{socket.gethostname()}_{uuid.uuid4().hex[:8]}",  # a restarted process is another candidate
            times,
            labels={labels.CONTRACT: CONTRACT},
        )
        async with await Client.connect(
            settings.kubeconfig,
            user_agent=agent,
            write_bound=times.write_bound,
            writes_until=lambda: lease.writes_until,
        ) as client:
            await build(client, lease, parts, settings).run()


def build(client: Client, lease: Lease, parts: Sequence[Part], settings: Settings) -> Process:
    """The process of ``parts``, not running yet; ``client`` must write only while ``lease`` is valid.

    Raises ValueError if there are no parts, or two about the same.
    """
    assembly = _Assembly(client, settings)
    names = [part.name if isinstance(part, GateOperator) else part.kind for part in parts]
    if not parts or len(set[Hashable](names)) < len(names):
        raise ValueError("an operator has at least one resource or gate, and each of them once")
    for part in parts:
        assembly.add(part)
    return Process(
        client,
        lease,
        informers=list(assembly.informers.values()),
        controllers=assembly.controllers,
        recorder=EventRecorder(client, settings.name),
        health_host=settings.health_host,
        health_port=settings.health_port,
        registry=assembly.registry,
    )


@dataclass
class _Assembly:
    """Each kind is followed once, whoever looks at it."""

    client: Client
    settings: Settings
    informers: dict[Hashable, Informer[Any]] = field(default_factory=dict[Hashable, Informer[Any]])
    controllers: list[Controller[ObjectKey]] = field(default_factory=list[Controller[ObjectKey]])
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self._metrics = ControllerMetrics(self.registry)

    def add(self, part: Part) -> None:
        """Let the process do the work of ``part`` too."""
        related = {each: self._related(each) for each in part.related}
        cluster = Cluster(self.client, related)
        if isinstance(part, GateOperator):
            name, cache = part.name, self._follow(INSTANCES, INSTANCES, self.settings.namespaces)
            reconciler = GateReconciler(part, self.client, cache, cluster)
        else:
            namespaces = self.settings.namespaces if part.kind.namespaced else ()
            name, resource = part.kind.plural, part.kind.resource(Object)
            cache = self._follow(part.kind, resource, namespaces, part.label_selector)
            reconciler = ResourceReconciler(part, self.client, cache, cluster)
        seconds = part.timeout + _REQUEST_SECONDS
        controller = Controller(
            name, reconciler.reconcile, workers=part.workers, timeout=seconds, metrics=self._metrics
        )
        self.controllers.append(controller)
        _wake(cache, controller, reconciler.is_news)
        for each, informer in related.items():
            _wake_all(informer, cache, controller, each.settle_seconds)

    def _related(self, related: Related[Any]) -> Informer[Any]:
        anywhere = related.everywhere or not related.kind.namespaced
        resource = related.kind.resource(related.decoded_as)
        namespaces = () if anywhere else self.settings.namespaces
        return self._follow(related, resource, namespaces, related.label_selector)

    def _follow(self, what: Hashable, resource: Any, namespaces: Sequence[str], selector: str = "") -> Informer[Any]:
        if what not in self.informers:
            self.informers[what] = Informer(
                self.client, resource, namespaces=namespaces, label_selector=selector, fail_fast=True
            )
        return self.informers[what]


def _wake(cache: Informer[Any], controller: Controller[ObjectKey], is_news: Callable[[Change[Any]], bool]) -> None:
    def handle(change: Change[Any]) -> None:
        obj = change.new or change.old
        if obj is not None and is_news(change):
            controller.enqueue(key_of(obj), behind=change.initial)

    cache.subscribe(handle)


def _wake_all(related: Informer[Any], cache: Informer[Any], controller: Controller[ObjectKey], seconds: float) -> None:
    """Many changes in a moment are one reason to look again; who is asked something waits for nobody here."""
    due: list[asyncio.TimerHandle] = []

    def wake() -> None:
        due.clear()
        for obj in cache.values():
            controller.enqueue(key_of(obj), behind=True)

    def handle(change: Change[Any]) -> None:
        if not (due or change.initial or _content(change.old) == _content(change.new)):
            due.append(asyncio.get_running_loop().call_later(seconds, wake))

    related.subscribe(handle)


def _content(obj: Any) -> object:
    return obj and structs.replace(obj, metadata=structs.replace(obj.metadata, resource_version=""))
