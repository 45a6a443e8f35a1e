"""Why a claim cannot be used that is recorded, or that the Template names."""

from typing import Final

from jupyternetes.api import claim_reasons
from jupyternetes.api.core import Claim
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pvcs.plan import Verify
from jupyternetes.operators.status.failures import Failure

#: The phase of a claim whose PersistentVolume is gone: https://pkg.go.dev/k8s.io/api/core/v1#ClaimLost
LOST: Final = "Lost"


def fault(instance: Instance, wanted: Verify, claim: Claim | None) -> Failure | None:
    """What to say if ``claim``, which was found under the name that is ``wanted``, cannot be used; else None.

    A claim that is being deleted may be mounted by running pods, which keep it; a new pod would never start.
    """
    reason = claim_reasons.CLAIM_LOST if wanted.recorded else claim_reasons.CLAIM_NOT_FOUND
    if claim is None:
        what = "does not exist"
    elif claim.metadata.deleting:
        what = "is being deleted"
        if wanted.made_if_missing:
            reason = claim_reasons.CLAIM_BEING_DELETED
    elif claim.status.phase == LOST:
        what, reason = "has lost its PersistentVolume", claim_reasons.CLAIM_LOST
    else:
        return None
    return Failure(reason, f"PersistentVolumeClaim {instance.metadata.namespace}/{wanted.name} {what}. {reason.advice}")
