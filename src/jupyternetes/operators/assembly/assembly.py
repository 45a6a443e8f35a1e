"""The pieces of an operator process and how a change wakes an Instance."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from msgspec import structs
from prometheus_client import CollectorRegistry

from jupyternetes.api import labels
from jupyternetes.api.core import Claim, Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES, TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.assembly.served import Reconcile, ServedNamespaces
from jupyternetes.operators.status.owned_fields import status_view
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.events import EventRecorder
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.metrics import ControllerMetrics
from jupyternetes.runtime.objects import KubernetesObject, ObjectKey, key_of
from jupyternetes.runtime.process import Process
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.store import Change, Indexer

T = TypeVar("T", bound=KubernetesObject)
Owned = TypeVar("Owned", Pod, Claim)

#: Index of a cache of pods or claims by the Instance that they are labelled with.
INSTANCE_INDEX: Final = "instance"
_TEMPLATE_INDEX: Final = "template"
_HINT: Final = "install it with: jupyternetes crds | kubectl apply --server-side -f -"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator is told on its command line. No ``namespaces`` means all."""

    namespaces: tuple[str, ...] = ()
    template_namespaces: tuple[str, ...] = ()
    health_host: str = "0.0.0.0"  # noqa: S104 - probes come from the kubelet, to the pod's address
    health_port: int = 8080


class Assembly:
    """Collects the parts of one operator; ``name`` is its account's.

    ``client`` must write only while ``lease`` is valid.
    """

    def __init__(self, client: Client, lease: Lease, settings: Settings, name: str) -> None:
        self.client = client
        self._lease = lease
        self.settings = settings
        self.recorder = EventRecorder(client, f"jupyternetes-{name}")
        self.announcer = Announcer(self.recorder)
        self.registry = CollectorRegistry()
        self.metrics = ControllerMetrics(self.registry)
        self._informers: list[Informer[Any]] = []
        self._controllers: list[Controller[Any]] = []
        self._served = ServedNamespaces(self._informers)

    def informer(
        self,
        resource: Resource[T],
        *,
        extra_namespaces: Sequence[str] = (),
        label_selector: str = "",
        field_selector: str = "",
        indexers: dict[str, Indexer[T]] | None = None,
    ) -> Informer[T]:
        """A cache that is filled before the operator works."""
        watched = self.settings.namespaces
        informer = Informer(
            self.client,
            resource,
            namespaces=(*watched, *extra_namespaces) if watched else (),
            label_selector=label_selector,
            field_selector=field_selector,
            indexers=indexers,
            fail_fast=True,
        )
        self._informers.append(informer)
        self._served.follow(informer)
        return informer

    def owned(self, resource: Resource[Owned]) -> tuple[Informer[Owned], Expectations[Owned, ObjectKey]]:
        """The cache of what this operator creates for Instances, and what it expects of it, by Instance."""
        cache = self.informer(resource, label_selector=labels.INSTANCE, indexers={INSTANCE_INDEX: labelled_instance})
        return cache, Expectations(
            cache,
            self.client,
            resource,
            index=INSTANCE_INDEX,
            identity=lambda obj: labelled_instance(obj)[0],
            selector=lambda instance: (instance.namespace, f"{labels.INSTANCE}={instance.name}"),
        )

    def instances(self) -> Informer[Instance]:
        """The cache of Instances."""
        return self.informer(INSTANCES, indexers={_TEMPLATE_INDEX: lambda i: [ObjectKey(*i.template_key)]})

    def templates(self) -> tuple[Informer[Template], TemplateFinder]:
        """The cache of Templates, and the finder on it."""
        cache = self.informer(TEMPLATES, extra_namespaces=self.settings.template_namespaces)
        finder = TemplateFinder(cache, self.settings.template_namespaces)

        def forget(change: Change[Template]) -> None:
            if change.new is None and change.old is not None:
                finder.forget(change.old)

        cache.subscribe(forget)
        return cache, finder

    def controller(
        self, name: str, reconcile: Reconcile, source: Informer[Any], *, workers: int = 16
    ) -> Controller[ObjectKey]:
        """A controller for the objects of ``source``. It works once all caches are filled, in the namespaces served."""
        controller = Controller(name, self._served.only(reconcile), workers=workers, metrics=self.metrics)
        self._served.make_up(controller, source)
        self._controllers.append(controller)
        return controller

    def process(self) -> Process:
        """The process of everything collected."""
        return Process(
            self.client,
            self._lease,
            informers=self._informers,
            controllers=self._controllers,
            recorder=self.recorder,
            health_host=self.settings.health_host,
            health_port=self.settings.health_port,
            registry=self.registry,
            hints={INSTANCES.full_name: _HINT, TEMPLATES.full_name: _HINT},
        )


def wake(
    informer: Informer[T],
    controller: Controller[ObjectKey],
    keys: Callable[[T], Iterable[ObjectKey]] | None = None,
    *,
    view: Callable[[T], object] | None = None,
    is_own_write: Callable[[T], bool] | None = None,
) -> None:
    """Let each change in ``informer`` wake what it maps to: the object itself, unless ``keys`` says otherwise.

    ``view`` is what a pass sees of the object, if that is not all: a change that it does not show wakes nothing. Nor
    does one of which ``is_own_write`` says that it is the last pass's own.
    """
    mapping: Callable[[T], Iterable[ObjectKey]] = keys or (lambda obj: [key_of(obj)])

    def handle(change: Change[T]) -> None:
        old, new = change.old, change.new
        if is_own_write is not None and new is not None and is_own_write(new):
            return
        if view is not None and old is not None and new is not None and view(old) == view(new):
            return
        for obj in (old, new):
            if obj is not None:
                for key in mapping(obj):
                    controller.enqueue(key, initial=change.initial)

    informer.subscribe(handle)


def instance_view(instance: Instance, operator: str) -> object:
    """What a pass of ``operator`` depends on: all of an Instance but what others write of its status for others."""
    metadata = structs.replace(instance.metadata, resource_version="")
    return metadata, instance.spec, instance.unreadable, status_view(instance.status, operator)


def look_again(informer: Informer[Any], controller: Controller[ObjectKey], instances: Informer[Instance]) -> None:
    """Let each list of ``informer`` wake all Instances that it may concern, after those that something happened to.

    What a pass made, or found by asking the API server, may have gone before the cache had it: no change tells of that.
    """

    def handle(namespace: str | None) -> None:
        for instance in instances.values():
            if namespace in (None, instance.metadata.namespace):
                controller.enqueue(key_of(instance), initial=True)

    informer.on_list(handle)


def labelled_instance(obj: Pod | Claim) -> list[ObjectKey]:
    """The Instance that an object is labelled with."""
    name = obj.metadata.labels.get(labels.INSTANCE)
    return [ObjectKey(obj.metadata.namespace, name)] if name else []


def users_of(instances: Informer[Instance]) -> Callable[[Template], list[ObjectKey]]:
    """The Instances that ask for a Template."""
    return lambda template: [key_of(i) for i in instances.by_index(_TEMPLATE_INDEX, key_of(template))]
