"""The Pod operator's process: one controller for Instances, one for Templates."""

from jupyternetes.api import labels
from jupyternetes.api.resources import PODS
from jupyternetes.operators.pods.acceptance import TemplateReconciler
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pods.reconciler import PodReconciler
from jupyternetes.operators.pods.report import MANAGER, own
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
    """Everything that the Pod operator runs."""
    parts = Assembly(client, settings, "pods")
    instances = parts.instances()
    templates, finder = parts.templates()
    pods = parts.informer(PODS, label_selector=labels.INSTANCE, indexers={INSTANCE_INDEX: labelled_instance})
    expected = Expectations(pods, client, PODS, index=INSTANCE_INDEX, identity=lambda pod: labelled_instance(pod)[0])
    reconciler = PodReconciler(
        instances=instances,
        templates=finder,
        actions=PodActions(client, expected, parts.announcer),
        status=StatusWriter(client, MANAGER, own),
        announcer=parts.announcer,
    )
    acceptance = TemplateReconciler(client=client, cache=templates, templates=finder, announcer=parts.announcer)
    controller = parts.controller(Controller("pods", reconciler.reconcile, metrics=parts.metrics))
    wake(instances, controller)
    wake(pods, controller, labelled_instance)
    wake(templates, controller, users_of(instances))
    wake(templates, parts.controller(Controller("templates", acceptance.reconcile, workers=4, metrics=parts.metrics)))
    return parts.process()
