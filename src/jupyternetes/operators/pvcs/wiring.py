"""The PVC operator's process."""

from jupyternetes.api.resources import CLAIMS
from jupyternetes.operators.pvcs.reconciler import PvcReconciler
from jupyternetes.operators.pvcs.report import MANAGER, own
from jupyternetes.operators.shared.assembly import (
    Assembly,
    Settings,
    labelled_instance,
    look_again,
    users_of,
    wake,
)
from jupyternetes.operators.shared.status import StatusWriter
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.process import Process


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the PVC operator runs."""
    parts = Assembly(client, lease, settings, "pvcs")
    instances = parts.instances()
    templates, finder = parts.templates()
    claims, expected = parts.owned(CLAIMS)
    reconciler = PvcReconciler(
        client=client,
        instances=instances,
        claims=expected,
        templates=finder,
        status=StatusWriter(client, MANAGER, own),
        announcer=parts.announcer,
    )
    controller = parts.controller(Controller("pvcs", reconciler.reconcile, metrics=parts.metrics))
    wake(instances, controller)
    wake(claims, controller, labelled_instance)
    look_again(claims, controller, instances)
    wake(templates, controller, users_of(instances))
    return parts.process()
