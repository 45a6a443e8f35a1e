"""The PVC operator's process."""

from msgspec import structs

from jupyternetes.api.core import Claim
from jupyternetes.api.fields import PVC_OPERATOR
from jupyternetes.api.resources import CLAIMS
from jupyternetes.operators.assembly.assembly import (
    Assembly,
    Settings,
    instance_view,
    labelled_instance,
    look_again,
    users_of,
    wake,
)
from jupyternetes.operators.pvcs.lists import SharedLists
from jupyternetes.operators.pvcs.reconciler import PvcReconciler
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.process import Process


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the PVC operator runs."""
    parts = Assembly(client, lease, settings, "pvcs")
    instances = parts.instances()
    templates, finder = parts.templates()
    claims, expected = parts.owned(CLAIMS)
    status = StatusWriter(client, PVC_OPERATOR)
    reconciler = PvcReconciler(
        client=client,
        instances=instances,
        claims=expected,
        lists=SharedLists(client),
        templates=finder,
        status=status,
        announcer=parts.announcer,
    )
    controller = parts.controller("pvcs", reconciler.reconcile, instances)
    wake(
        instances,
        controller,
        view=lambda instance: instance_view(instance, PVC_OPERATOR),
        is_own_write=status.is_own_write,
    )
    wake(claims, controller, labelled_instance, view=view)
    look_again(claims, controller, instances)
    wake(templates, controller, users_of(instances))
    return parts.process()


def view(claim: Claim) -> object:
    """What a pass depends on: whose it is and whether it stays, not the steps of its binding, which are annotated."""
    return structs.replace(claim.metadata, resource_version="", annotations={})
