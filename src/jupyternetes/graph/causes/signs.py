"""What is a sign of trouble, how much is it worth, and what of the graph could explain it?"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.graph.model import graph_reasons, kinds
from jupyternetes.graph.model.kinds import EDGE_KINDS, EdgeKind


class Nature(StrEnum):
    """How near a sign is to the fault; the best first.

    ``OWN``: by its nature the fault is in the part itself. ``SEEN``: the part that needs it got no answer from it.
    ``ABOUT``: others have in common that they fail with it. ``EFFECT``: it says only that something is wrong.
    """

    OWN = "own"
    SEEN = "seen"
    ABOUT = "about"
    EFFECT = "effect"


#: The reason of a start that goes on for long without a word.
WAITS_LONG: Final = "WaitsLong"
#: Seconds for which a sign has to last until it counts.
HOLD: Final = {Nature.OWN: 2.0, Nature.SEEN: 10.0, Nature.ABOUT: 10.0, Nature.EFFECT: 20.0}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of trouble.

    ``subject``: the id of the node or edge that shows it, or of a group of servers. ``accused``: the id of the node or
    edge in which it says that the fault is; the subject itself unless it complains of another. ``text``: a sentence
    that names the object. ``since``: when it began by the object's own word, RFC 3339, to be shown and not compared.
    ``servers``: how many show it together.
    """

    subject: str
    accused: str
    nature: Nature
    reason: str
    text: str
    since: str = ""
    servers: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """The same as long as it is the same trouble of the same part."""
        return self.subject, self.accused, self.reason


_EVERYTHING: Final = frozenset(EDGE_KINDS)
#: What the program of a part needs while it runs.
_RUNNING: Final = (
    kinds.STORES,
    kinds.RESOLVES,
    kinds.ANSWERS,
    kinds.MOUNTS,
    kinds.RUNS,
    kinds.SHAPES,
    kinds.AUTHENTICATES,
    kinds.SUPPORTS,
)
_IMAGE: Final = (kinds.PULLS, kinds.SHAPES, kinds.RESOLVES)
_PLACE: Final = (kinds.SCHEDULES, kinds.RUNS, kinds.SHAPES, kinds.PROVISIONS)
_FILES: Final = (kinds.PROVISIONS, kinds.MOUNTS, kinds.RUNS)
_NODE: Final = (kinds.RUNS,)

#: By reason, the kinds of edges over which the trouble of another part explains it. All, for reasons that are not here.
_EXPLAINED_OVER: Final[dict[str, tuple[EdgeKind, ...]]] = {
    # Nothing from outside does this.
    reasons.OOM_KILLED.name: (),
    reasons.CLAIM_LOST.name: (),
    reasons.INVALID.name: (),
    reasons.POD_HELD.name: (),
    graph_reasons.QUOTA_USED_UP.name: (),
    graph_reasons.NO_PODS.name: (),
    "MemoryPressure": (),
    "DiskPressure": (),
    "PIDPressure": (),
    "NetworkUnavailable": (),
    "Full": (),
    # One kind of part does.
    reasons.EVICTED.name: _NODE,
    reasons.NODE_NOT_READY.name: _NODE,
    reasons.NODE_LOST.name: _NODE,
    reasons.DELETION_BY_TAINT_MANAGER.name: _NODE,
    reasons.DELETION_BY_POD_GC.name: _NODE,
    reasons.TERMINATION_BY_KUBELET.name: _NODE,
    reasons.IMAGE_PULL_BACK_OFF.name: _IMAGE,
    reasons.ERR_IMAGE_PULL.name: _IMAGE,
    reasons.IMAGE_PULL_FAILED.name: _IMAGE,
    reasons.INVALID_IMAGE_NAME.name: (kinds.SHAPES,),
    reasons.ERR_IMAGE_NEVER_PULL.name: (kinds.SHAPES,),
    reasons.TEMPLATE_ERROR.name: (kinds.SHAPES,),
    reasons.TEMPLATE_NOT_FOUND.name: (kinds.SHAPES,),
    reasons.TEMPLATE_NOT_ALLOWED.name: (kinds.SHAPES,),
    reasons.UNSCHEDULABLE.name: _PLACE,
    reasons.QUOTA_EXCEEDED.name: (kinds.ADMITS,),
    reasons.WAITING_FOR_QUOTA.name: (kinds.ADMITS,),
    reasons.FORBIDDEN.name: (kinds.OPERATES, kinds.ADMITS),
    "FailedMount": _FILES,
    "FailedAttachVolume": _FILES,
    "ProvisioningFailed": (kinds.PROVISIONS,),
    "Pending": (kinds.PROVISIONS, kinds.ADMITS),
    graph_reasons.LEASE_NOT_RENEWED.name: (kinds.ANSWERS, kinds.RUNS),
    graph_reasons.NO_LEADER.name: (kinds.ANSWERS, kinds.RUNS),
    reasons.API_UNAVAILABLE.name: (kinds.ANSWERS,),
    # A program ended, for what it needs or for itself.
    reasons.ERROR.name: _RUNNING,
    reasons.CRASH_LOOP_BACK_OFF.name: _RUNNING,
    reasons.SERVER_RESTARTING.name: _RUNNING,
    reasons.SERVER_KEEPS_FAILING.name: _RUNNING,
    reasons.CONTAINER_RESTARTING.name: _RUNNING,
    reasons.CONTAINER_KEEPS_FAILING.name: _RUNNING,
}
_NAMES_OVER: Final = {reason: frozenset(map(str, over)) for reason, over in _EXPLAINED_OVER.items()}

#: Reasons that say only that something is wrong.
EFFECTS: Final = frozenset(
    {
        reasons.NOT_READY.name,
        reasons.UNSCHEDULABLE.name,
        reasons.NODE_NOT_READY.name,
        reasons.NODE_LOST.name,
        reasons.QUOTA_EXCEEDED.name,
        reasons.WAITING_FOR_QUOTA.name,
        reasons.FORBIDDEN.name,
        reasons.FAILED_CREATE.name,
        reasons.TEMPLATE_ERROR.name,
        reasons.TEMPLATE_NOT_FOUND.name,
        reasons.TEMPLATE_NOT_ALLOWED.name,
        reasons.API_UNAVAILABLE.name,
        "Pending",
        "FailedMount",
        "FailedAttachVolume",
        WAITS_LONG,
    }
)


def explained_over(reason: str) -> frozenset[str]:
    """The names of the edge kinds over which another part's trouble explains a sign with this reason."""
    return _NAMES_OVER.get(reason, _EVERYTHING)
