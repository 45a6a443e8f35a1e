"""The PVC operator's process."""

from jupyternetes.api import labels
from jupyternetes.api.resources import CLAIMS
from jupyternetes.operators.pvcs.reconciler import PvcReconciler
from jupyternetes.operators.pvcs.report import MANAGER, own
from jupyternetes.operators.shared.assembly import (
    INSTANCE_INDEX,
    Assembly,
    Settings,
    labelled_instance,
    users_of,
    wake,
)
from jupyternetes.operators.shared.status import StatusWriter
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.process import Process


def build(client: Client, settings: Settings) -> Process:
    """Everything that the PVC operator runs."""
    parts = Assembly(client, settings, "pvcs")
    instances = parts.instances()
    templates, finder = parts.templates()
    claims = parts.informer(CLAIMS, label_selector=labels.INSTANCE, indexers={INSTANCE_INDEX: labelled_instance})
    reconciler = PvcReconciler(
        client=client,
        instances=instances,
        claims=Expectations(
            claims, client, CLAIMS, index=INSTANCE_INDEX, identity=lambda claim: labelled_instance(claim)[0]
        ),
        templates=finder,
        status=StatusWriter(client, MANAGER, own),
        announcer=parts.announcer,
    )
    controller = parts.controller(Controller("pvcs", reconciler.reconcile, metrics=parts.metrics))
    wake(instances, controller)
    wake(claims, controller, labelled_instance)
    wake(templates, controller, users_of(instances))
    return parts.process()
