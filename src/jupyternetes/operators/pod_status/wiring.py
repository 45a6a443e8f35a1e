"""The Pod status operator's process."""

from jupyternetes.api import conditions, labels
from jupyternetes.api.core import Event
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import EVENTS, PODS
from jupyternetes.operators.pod_status.reconciler import UID_INDEX, PodStatusReconciler
from jupyternetes.operators.pod_status.report import MANAGER, own
from jupyternetes.operators.shared.assembly import Assembly, Settings, asked, labelled_instance, look_again, wake
from jupyternetes.operators.shared.status import StatusWriter
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.runtime.process import Process


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the Pod status operator runs."""
    parts = Assembly(client, lease, settings, "pod-status")
    instances = parts.instances()
    pods = parts.informer(PODS, label_selector=labels.INSTANCE, indexers={UID_INDEX: lambda pod: [pod.metadata.uid]})
    events = parts.informer(
        EVENTS,
        field_selector="involvedObject.kind=Pod",
        indexers={UID_INDEX: lambda event: [event.involved_object.uid]},
    )
    status = StatusWriter(client, MANAGER, own)
    reconciler = PodStatusReconciler(
        client=client,
        instances=instances,
        pods=pods,
        events=events,
        status=status,
        announcer=parts.announcer,
    )
    controller = parts.controller(Controller("pod-status", reconciler.reconcile, metrics=parts.metrics))

    def of_event(event: Event) -> list[ObjectKey]:
        return [key for pod in pods.by_index(UID_INDEX, event.involved_object.uid) for key in labelled_instance(pod)]

    wake(instances, controller, view=seen_of_instance, is_echo=status.is_echo)
    wake(pods, controller, labelled_instance)
    look_again(pods, controller, instances)
    wake(events, controller, of_event)
    return parts.process()


def seen_of_instance(instance: Instance) -> object:
    """What a pass depends on: not the claims, and of the others' conditions those that keep a server from running."""
    status = instance.status
    told = [each for each in status.conditions if each.type == conditions.READY or each.status == "False"]
    return asked(instance), status.pods, status.last_termination, status.address, status.node_name, told
