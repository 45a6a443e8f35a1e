"""What becomes of the volume claims of a server; part of the table in `api.reasons`."""

from typing import Final

from jupyternetes.api.reason import Reason

CLAIM_LOST: Final = Reason(
    "ClaimLost",
    "The server's volume claim, with the files in it, is gone.",
    "Restore the claim under its recorded name, or name another one in the Template's claimName. To begin with an "
    "empty volume instead, delete the Instance: the next start makes a new one.",
    final=True,
)
CLAIM_NOT_FOUND: Final = Reason(
    "ClaimNotFound",
    "The volume claim that the template wants to use does not exist.",
    "Create the claim that claimName names, or correct claimName; create: IfMissing in the Template lets the operator "
    "make it.",
    final=True,
)
CLAIM_BEING_DELETED: Final = Reason(
    "ClaimBeingDeleted",
    "The volume claim that the template wants to use is being deleted.",
    "Pods that still use it keep it; stop them. Once it is gone, the next start makes a new, empty one.",
    final=True,
)
CLAIM_OF_ANOTHER: Final = Reason(
    "ClaimOfAnother",
    "The volume claim that the template names for this user is that of another user.",
    "That user was renamed, and this one has the name now. Give this user a claim under another claimName; one that "
    "holds no user's name is shared by all.",
    final=True,
)
CLAIM_DIFFERS: Final = Reason(
    "ClaimDiffers",
    "The server's volume is there; it stays as it is, though its template says otherwise by now.",
    "The Template is right for new claims. To change one that is there, make another one and copy the files.",
)
GROWTH_OFF: Final = Reason(
    "GrowthOff",
    "The server's volume is there; it does not grow, though its template asks for more by now.",
    "The PVC operator has no right to change claims: it comes with the chart's admission policies, which an install "
    "for single namespaces has not. Raise spec.resources.requests.storage of the claim by hand.",
)
GROWTH_REFUSED: Final = Reason(
    "GrowthRefused",
    "The server's volume is there; the cluster does not let it grow, though its template asks for more by now.",
    "Read the message: often its StorageClass lacks allowVolumeExpansion, or a quota is used up. It is tried again "
    "every ten minutes.",
)
VOLUME_CLAIM_CREATED: Final = Reason("VolumeClaimCreated", "A volume claim was created for the server.")
VOLUME_CLAIM_GROWN: Final = Reason("VolumeClaimGrown", "A volume claim of the server asks for more storage.")
