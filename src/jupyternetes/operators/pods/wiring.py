"""The Pod operator's process: one controller for Instances, one for Templates."""

from msgspec import structs

from jupyternetes.api.core import Pod
from jupyternetes.api.fields import POD_OPERATOR
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.api.resources import PODS
from jupyternetes.api.template import Template
from jupyternetes.operators.assembly.assembly import Assembly, Settings
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.operators.assembly.wakes import if_it_may_have_pods, wake
from jupyternetes.operators.pods.acceptance import TemplateReconciler
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pods.gates.answers import answers_view
from jupyternetes.operators.pods.gates.installation import GateSettings
from jupyternetes.operators.pods.gates.wiring import heed_gates
from jupyternetes.operators.pods.metrics import StartFailures
from jupyternetes.operators.pods.reconciler import PodReconciler
from jupyternetes.operators.pods.recorded_pods import is_known_to_have_ended
from jupyternetes.operators.pods.rehearsal.rehearsals import Rehearsals
from jupyternetes.operators.pods.template_warnings import TemplateWarnings
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.process import Process


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the Pod operator runs."""
    parts = Assembly(client, lease, settings, POD_OPERATOR)
    templates, finder = parts.templates()
    pods, expected = parts.owned(PODS)
    warnings = TemplateWarnings(news=lambda key: checks.enqueue(key, behind=True))
    check = parts.schema_check(templates, finder, news=lambda: enqueue_all(templates, checks))
    reconciler = PodReconciler(
        client=client,
        instances=parts.instances,
        templates=finder,
        actions=PodActions(client, expected, MadeOnce(client), parts.announcer, warnings, check),
        status=parts.status,
        announcer=parts.announcer,
        gates=heed_gates(parts, lambda key: controller.enqueue(key)),
        failures=StartFailures(parts.registry),
    )
    controller = parts.instance_controller(reconciler, view=without_how_pods_fare, keys=if_it_may_have_pods)
    parts.wake_by_label(pods, controller, view, expected)
    parts.wake_by_templates(templates, controller)
    wake(parts.instances, controller, if_it_may_have_pods, view=answers_view)
    rehearsals = Rehearsals(
        client,
        templates,
        finder,
        parts.instances,
        news=lambda key: checks.enqueue(key, behind=True),
        watched=settings.namespaces,
        serves=parts.serves,
    )
    parts.in_background(rehearsals)
    acceptance = TemplateReconciler(
        client=client,
        cache=templates,
        templates=finder,
        check=check,
        announcer=parts.announcer,
        warnings=warnings,
        gates=GateSettings(on=settings.gates, leases=settings.gate_leases),
        rehearsals=rehearsals,
    )
    checks = parts.controller("templates", acceptance.reconcile, templates, workers=4)
    wake(templates, checks, view=own_view)
    return parts.process()


def view(pod: Pod) -> object:
    """What a pass depends on: whose it is, and whether it ended; how it fares is the Pod status operator's."""
    return structs.replace(pod.metadata, resource_version=""), pod.ended


def enqueue_all(templates: Informer[Template], checks: Controller[ObjectKey]) -> None:
    """Let all Templates be checked anew, behind those that somebody has just applied."""
    for template in templates.values():
        checks.enqueue(key_of(template), behind=True)


def own_view(template: Template) -> object:
    """What the conditions of a Template depend on, and what it is: another program may have changed it."""
    meta = template.metadata
    return meta.uid, meta.generation, template.status, template.unreadable


def without_how_pods_fare(instance: Instance) -> Instance:
    """The Instance without what the Pod status operator says of pods, but for their end."""
    pods = {name: _unless_ended(state) for name, state in instance.status.pods.items()}
    return structs.replace(instance, status=structs.replace(instance.status, pods=pods))


def _unless_ended(state: PodState) -> PodState:
    """``state`` as it was when its pod was made; until that is looked at, it may tell the end of the one before."""
    if not state.uid or state.state == "Error" or is_known_to_have_ended(state):
        return state
    return structs.replace(state, state="Processed", observed_uid="")
