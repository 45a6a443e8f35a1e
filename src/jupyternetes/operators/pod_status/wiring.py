"""The Pod status operator's process."""

from msgspec import structs

from jupyternetes.api import labels
from jupyternetes.api.core import Pod
from jupyternetes.api.fields import POD_STATUS_OPERATOR
from jupyternetes.api.resources import EVENTS, PODS
from jupyternetes.operators.assembly.assembly import POD_UID_INDEX, Assembly, Settings
from jupyternetes.operators.assembly.wakes import event_view, if_it_may_have_pods, look_again, wake
from jupyternetes.operators.pod_status.pod_events import PodEvents
from jupyternetes.operators.pod_status.reconciler import UID_INDEX, PodStatusReconciler
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.process import Process
from jupyternetes.runtime.store import Change


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the Pod status operator runs."""
    parts = Assembly(client, lease, settings, POD_STATUS_OPERATOR)
    pods = parts.informer(PODS, label_selector=labels.INSTANCE, indexers={UID_INDEX: lambda pod: [pod.metadata.uid]})
    # A pod whose label was taken off is in no cache of pods; the Instance still records it.
    ours = PodEvents(lambda uid: bool(pods.by_index(UID_INDEX, uid) or parts.instances.by_index(POD_UID_INDEX, uid)))
    events = parts.informer(
        EVENTS,
        field_selector="involvedObject.kind=Pod",
        indexers={UID_INDEX: lambda event: [event.involved_object.uid]},
        keep=ours.keep,
        after=pods,
    )
    reconciler = PodStatusReconciler(
        client=client,
        instances=parts.instances,
        pods=pods,
        events=events,
        status=parts.status,
        announcer=parts.announcer,
    )
    controller = parts.instance_controller(reconciler, keys=if_it_may_have_pods)

    def recorded_by(uid: str) -> list[ObjectKey]:
        """The Instance that has the pod on record: until it has, there is nothing to say of the pod."""
        return [key_of(instance) for instance in parts.instances.by_index(POD_UID_INDEX, uid)]

    def admit(change: Change[Pod]) -> None:
        for event in ours.appeared(change):
            events.admit(event)

    pods.subscribe(admit)
    pods.subscribe(reconciler.notice_gone)
    wake(pods, controller, lambda pod: recorded_by(pod.metadata.uid), view=view)
    look_again(pods, controller, parts.instances)
    wake(events, controller, lambda event: recorded_by(event.involved_object.uid), view=event_view)
    return parts.process()


def view(pod: Pod) -> object:
    """What a pass depends on: everything that it reads of a pod, not what is noted on it in annotations."""
    return structs.replace(pod, metadata=structs.replace(pod.metadata, resource_version=""))
