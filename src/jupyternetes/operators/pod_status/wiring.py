"""The Pod status operator's process."""

from jupyternetes.api import labels
from jupyternetes.api.core import Event
from jupyternetes.api.fields import POD_STATUS_OPERATOR
from jupyternetes.api.resources import EVENTS, PODS
from jupyternetes.operators.assembly.assembly import (
    Assembly,
    Settings,
    instance_view,
    labelled_instance,
    look_again,
    wake,
)
from jupyternetes.operators.pod_status.reconciler import UID_INDEX, PodStatusReconciler
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.runtime.client import Client
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
    status = StatusWriter(client, POD_STATUS_OPERATOR)
    reconciler = PodStatusReconciler(
        client=client,
        instances=instances,
        pods=pods,
        events=events,
        status=status,
        announcer=parts.announcer,
    )
    controller = parts.controller("pod-status", reconciler.reconcile, instances)

    def of_event(event: Event) -> list[ObjectKey]:
        return [key for pod in pods.by_index(UID_INDEX, event.involved_object.uid) for key in labelled_instance(pod)]

    wake(
        instances,
        controller,
        view=lambda instance: instance_view(instance, POD_STATUS_OPERATOR),
        is_own_write=status.is_own_write,
    )
    wake(pods, controller, labelled_instance)
    look_again(pods, controller, instances)
    wake(events, controller, of_event)
    return parts.process()
