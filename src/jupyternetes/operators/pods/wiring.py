"""The Pod operator's process: one controller for Instances, one for Templates."""

from msgspec import structs

from jupyternetes.api import conditions
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.api.resources import PODS
from jupyternetes.operators.assembly.assembly import (
    Assembly,
    Settings,
    labelled_instance,
    look_again,
    spec_view,
    users_of,
    wake,
)
from jupyternetes.operators.pods.acceptance import TemplateReconciler
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pods.reconciler import PodReconciler
from jupyternetes.operators.pods.status_fields import MANAGER, own
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.process import Process


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the Pod operator runs."""
    parts = Assembly(client, lease, settings, "pods")
    instances = parts.instances()
    templates, finder = parts.templates()
    pods, expected = parts.owned(PODS)
    status = StatusWriter(client, MANAGER, own)
    reconciler = PodReconciler(
        instances=instances,
        templates=finder,
        actions=PodActions(client, expected, parts.announcer),
        status=status,
        announcer=parts.announcer,
    )
    acceptance = TemplateReconciler(client=client, cache=templates, templates=finder, announcer=parts.announcer)
    controller = parts.controller("pods", reconciler.reconcile, instances)
    wake(instances, controller, view=instance_view, is_own_write=status.is_own_write)
    wake(pods, controller, labelled_instance, view=view)
    look_again(pods, controller, instances)
    wake(templates, controller, users_of(instances))
    wake(templates, parts.controller("templates", acceptance.reconcile, templates, workers=4))
    return parts.process()


def view(pod: Pod) -> object:
    """What a pass depends on: all metadata, and whether the pod ended; how it fares is the Pod status operator's."""
    return structs.replace(pod.metadata, resource_version=""), pod.ended


def instance_view(instance: Instance) -> object:
    """What a pass depends on: not how pods fare, but for their end."""
    status = instance.status
    return (
        spec_view(instance),
        status.pvcs,
        status.pvcs_provisioned,
        {name: _entry_view(state) for name, state in status.pods.items()},
        status.pods_provisioned,
        status.observed_generation,
        conditions.find(status.conditions, conditions.PODS_PROVISIONED),
    )


def _entry_view(state: PodState) -> object:
    recorded = state.resource_name, state.uid, state.start_id, state.error_message, state.parameters
    if state.uid and state.state in ("Processed", "Running"):
        return recorded
    return recorded, state.state, state.observed_uid
