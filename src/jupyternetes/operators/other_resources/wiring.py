"""The other-resources operator's process."""

from msgspec import structs

from jupyternetes.api.fields import OTHER_RESOURCES_OPERATOR
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.api.other_object import OtherObject
from jupyternetes.operators.assembly.assembly import Assembly, Settings
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.operators.other_resources.actions import OtherActions
from jupyternetes.operators.other_resources.caches import KindCaches
from jupyternetes.operators.other_resources.metrics import OthersMetrics
from jupyternetes.operators.other_resources.reconciler import OtherResourcesReconciler
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.process import Process


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the other-resources operator runs."""
    parts = Assembly(client, lease, settings, OTHER_RESOURCES_OPERATOR)
    templates, finder = parts.templates()
    caches = KindCaches(client, settings.other_kinds, settings.namespaces)
    actions = OtherActions(client, caches, MadeOnce(client), parts.announcer)
    reconciler = OtherResourcesReconciler(
        client=client,
        instances=parts.instances,
        templates=finder,
        caches=caches,
        actions=actions,
        numbers=OthersMetrics(parts.registry),
        status=parts.status,
        announcer=parts.announcer,
    )
    controller = parts.instance_controller(reconciler, view=without_how_pods_fare)
    for cache in caches.informers:
        cache.subscribe(actions.heard)
        parts.wake_by_label(cache, controller, view)
    parts.wake_by_templates(templates, controller)
    parts.in_background(caches)
    return parts.process()


def view(obj: OtherObject) -> object:
    """What a pass depends on: all of it but the API server's bookkeeping."""
    return obj.content


def without_how_pods_fare(instance: Instance) -> Instance:
    """The Instance with the names of its pods, which an entry may refer to, and nothing else of them."""
    pods = {
        name: PodState(resource_name=state.resource_name, uid=state.uid, start_id=state.start_id)
        for name, state in instance.status.pods.items()
    }
    return structs.replace(instance, status=structs.replace(instance.status, pods=pods))
