"""The PVC operator's process."""

from msgspec import structs

from jupyternetes.api.core import Claim
from jupyternetes.api.fields import PVC_OPERATOR
from jupyternetes.api.resources import CLAIMS
from jupyternetes.operators.assembly.assembly import Assembly, Settings
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.operators.assembly.wakes import labelled_instance
from jupyternetes.operators.pvcs.faults import LOST
from jupyternetes.operators.pvcs.growth import Growth
from jupyternetes.operators.pvcs.lists import SharedLists
from jupyternetes.operators.pvcs.reconciler import PvcReconciler
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.process import Process


def build(client: Client, lease: Lease, settings: Settings) -> Process:
    """Everything that the PVC operator runs."""
    parts = Assembly(client, lease, settings, PVC_OPERATOR)
    templates, finder = parts.templates()
    claims, expected = parts.owned(CLAIMS)
    growth = Growth(client, parts.announcer)
    reconciler = PvcReconciler(
        client=client,
        instances=parts.instances,
        claims=expected,
        made_once=MadeOnce(client),
        lists=SharedLists(client),
        templates=finder,
        check=parts.schema_check(templates, finder),
        growth=growth,
        status=parts.status,
        announcer=parts.announcer,
    )
    controller = parts.instance_controller(reconciler)

    def seen(claim: Claim) -> object:
        return view(claim, awaited=any(growth.awaits(key, claim) for key in labelled_instance(claim)))

    parts.wake_by_label(claims, controller, seen, expected)
    parts.wake_by_templates(templates, controller)
    return parts.process()


def view(claim: Claim, *, awaited: bool) -> object:
    """What a pass depends on: whose it is, whether it stays and what it is, not the steps on the way there.

    That it is bound counts where that is ``awaited``; every first start would be looked at once more for it.
    """
    phase = claim.status.phase
    return structs.replace(claim.metadata, resource_version=""), claim.spec, phase if awaited else phase == LOST
