"""The pieces that every operator process is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from prometheus_client import CollectorRegistry

from jupyternetes.api import labels
from jupyternetes.api.core import Claim, Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.api.other_object import OtherObject
from jupyternetes.api.resources import INSTANCES, TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.assembly.instance_reconciler import InstanceReconciler
from jupyternetes.operators.assembly.served import Reconcile, ServedNamespaces
from jupyternetes.operators.assembly.wakes import (
    TEMPLATE_INDEX,
    instance_view,
    labelled_instance,
    look_again,
    template_view,
    users_of,
    wake,
)
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.schema_check import SchemaCheck
from jupyternetes.operators.templates.server_schemas import ServerSchemas
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.events import EventRecorder
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.metrics import ControllerMetrics
from jupyternetes.runtime.objects import KubernetesObject, ObjectKey
from jupyternetes.runtime.process import Background, Process
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.store import Change, Indexer
from jupyternetes.templating.others.kinds import Kinds

T = TypeVar("T", bound=KubernetesObject)
Owned = TypeVar("Owned", Pod, Claim, OtherObject)

#: Index of a cache of pods or claims by the Instance that they are labelled with.
INSTANCE_INDEX: Final = "instance"
#: Index of the cache of Instances by the uids of the pods that they record.
POD_UID_INDEX: Final = "podUid"
#: Index of the cache of Instances by the claims that they have on record.
CLAIM_INDEX: Final = "claims"
_HINT: Final = "install it with: jupyternetes crds | kubectl apply --server-side -f -"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator is told on its command line. No ``namespaces`` means all, no ``health_host`` every address.

    ``other_kinds``: those that entries of ``otherResources`` may be of; all operators are told the same. ``gates``:
    whether Templates may have them; ``gate_leases`` are those that they may name, as ``namespace/name``.
    """

    namespaces: tuple[str, ...] = ()
    template_namespaces: tuple[str, ...] = ()
    other_kinds: tuple[OtherKind, ...] = ()
    health_host: str | None = None
    health_port: int = 8080
    gates: bool = False
    gate_leases: tuple[str, ...] = ()


class Assembly:
    """Collects the parts of one operator; ``name`` is its account's, and its name in ``api.fields``.

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
        self.name = name
        self.status = StatusWriter(client, name)
        self._informers: list[Informer[Any]] = []
        self._controllers: list[Controller[Any]] = []
        self._background: list[Background] = []
        self._served = ServedNamespaces(self._informers)
        self.instances = self.informer(
            INSTANCES,
            indexers={
                TEMPLATE_INDEX: lambda instance: [ObjectKey(*instance.template_key)],
                POD_UID_INDEX: lambda instance: [pod.uid for pod in instance.status.pods.values() if pod.uid],
                CLAIM_INDEX: recorded_claims,
            },
        )

    def informer(
        self,
        resource: Resource[T],
        *,
        extra_namespaces: Sequence[str] = (),
        label_selector: str = "",
        field_selector: str = "",
        indexers: dict[str, Indexer[T]] | None = None,
        keep: Callable[[T], bool] | None = None,
        after: Informer[Any] | None = None,
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
            keep=keep,
            after=after,
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

    def templates(self) -> tuple[Informer[Template], TemplateFinder]:
        """The cache of Templates, and the finder on it."""
        cache = self.informer(TEMPLATES, extra_namespaces=self.settings.template_namespaces)
        kinds = Kinds([(kind.api_version, kind.kind) for kind in self.settings.other_kinds])
        finder = TemplateFinder(cache, self.settings.template_namespaces, kinds)

        def forget(change: Change[Template]) -> None:
            if change.new is None and change.old is not None:
                finder.forget(change.old)

        cache.subscribe(forget)
        return cache, finder

    def schema_check(
        self, templates: Informer[Template], finder: TemplateFinder, *, news: Callable[[], None] = lambda: None
    ) -> SchemaCheck:
        """The check of Templates against the API server's schemas; ``news``: these have changed."""
        schemas = ServerSchemas(self.client, news=news, kinds=self.settings.other_kinds)
        self.in_background(schemas)
        check = SchemaCheck(schemas, finder)

        def forget(change: Change[Template]) -> None:
            if change.new is None and change.old is not None:
                check.forget(change.old)

        templates.subscribe(forget)
        return check

    def in_background(self, work: Background) -> None:
        """Let ``work`` go on beside the controllers while this process leads."""
        self._background.append(work)

    def serves(self, namespace: str) -> bool:
        """Whether all caches can see the namespace at present."""
        return self._served.serves(namespace)

    def controller(
        self, name: str, reconcile: Reconcile, source: Informer[Any], *, workers: int = 16
    ) -> Controller[ObjectKey]:
        """A controller for the objects of ``source``. It works once all caches are filled, in the namespaces served."""
        controller = Controller(name, self._served.only(reconcile), workers=workers, metrics=self.metrics)
        self._served.make_up(controller, source)
        self._controllers.append(controller)
        return controller

    def instance_controller(
        self,
        reconciler: InstanceReconciler,
        *,
        view: Callable[[Instance], Instance] = lambda instance: instance,
        keys: Callable[[Instance], list[ObjectKey]] | None = None,
    ) -> Controller[ObjectKey]:
        """The controller of Instances, which changes of them wake.

        ``view`` takes away from an Instance what of the fields that name the operator as a reader is no news to it;
        ``keys``: see ``wake``.
        """
        controller = self.controller(self.name, reconciler.reconcile, self.instances)
        wake(
            self.instances,
            controller,
            keys,
            view=lambda instance: instance_view(view(instance), self.name),
            is_own_write=self.status.is_own_write,
        )
        return controller

    def wake_by_label(
        self,
        cache: Informer[Owned],
        controller: Controller[ObjectKey],
        view: Callable[[Owned], object],
        expected: Expectations[Owned, ObjectKey] | None = None,
    ) -> None:
        """Let what is labelled with an Instance wake it, and each list of it all Instances; ``view``: see ``wake``.

        What was ``expected`` is no news when it appears: the pass that made it had the answer.
        """

        def is_own_write(before: Owned | None, now: Owned) -> bool:
            return expected is not None and before is None and expected.shows(now)

        wake(cache, controller, labelled_instance, view=view, is_own_write=is_own_write)
        look_again(cache, controller, self.instances)

    def wake_by_templates(self, cache: Informer[Template], controller: Controller[ObjectKey]) -> None:
        """Let an edit of a Template wake the Instances that ask for it, behind those for whom somebody waits."""
        wake(cache, controller, users_of(self.instances), view=template_view, behind=True)

    def process(self) -> Process:
        """The process of everything collected."""
        return Process(
            self.client,
            self._lease,
            informers=self._informers,
            controllers=self._controllers,
            background=self._background,
            recorder=self.recorder,
            health_host=self.settings.health_host,
            health_port=self.settings.health_port,
            registry=self.registry,
            hints={INSTANCES.full_name: _HINT, TEMPLATES.full_name: _HINT},
        )


def recorded_claims(instance: Instance) -> list[ObjectKey]:
    """The claims that the Instance has on record, for ``CLAIM_INDEX``."""
    namespace = instance.metadata.namespace
    return [ObjectKey(namespace, state.resource_name) for state in instance.status.pvcs.values() if state.resource_name]
