"""The Pod operator's process: one controller for Instances, one for Templates."""

from msgspec import structs

from jupyternetes.api.core import Pod
from jupyternetes.api.fields import POD_OPERATOR
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.api.resources import PODS
from jupyternetes.operators.assembly import assembly
from jupyternetes.operators.assembly.assembly import (
    Assembly,
    Settings,
    labelled_instance,
    look_again,
    users_of,
    wake,
)
from jupyternetes.operators.pods.acceptance import TemplateReconciler
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pods.reconciler import PodReconciler
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
    status = StatusWriter(client, POD_OPERATOR)
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
    pods = {name: _unless_ended(state) for name, state in instance.status.pods.items()}
    return assembly.instance_view(
        structs.replace(instance, status=structs.replace(instance.status, pods=pods)), POD_OPERATOR
    )


def _unless_ended(state: PodState) -> PodState:
    alive = state.uid and state.state in ("Processed", "Running")
    return structs.replace(state, state="Processed", observed_uid="") if alive else state
