"""What is a sign of trouble, how much is it worth, and what of the graph could explain it?"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from jupyternetes.api import claim_reasons, dependency_reasons, gate_reasons, reasons
from jupyternetes.graph.causes.parts import Part
from jupyternetes.graph.model import graph_reasons, kinds
from jupyternetes.graph.model.kinds import EDGE_KINDS, EdgeKind


class Nature(StrEnum):
    """How near a sign is to the fault; the best first.

    ``OWN``: by its nature the fault is in the part itself. ``SEEN``: the part that needs it got no answer from it.
    ``TRIED``: whoever looks tried the same from another place. ``ABOUT``: others have in common that they fail with it.
    ``EFFECT``: it says only that something is wrong.
    """

    OWN = "own"
    SEEN = "seen"
    TRIED = "tried"
    ABOUT = "about"
    EFFECT = "effect"


#: The reason of a start that goes on for long without a word.
WAITS_LONG: Final = "WaitsLong"
#: What was tried from where the graph is looked at.
REACHED_FROM_HERE: Final = "ReachedFromHere"
NOT_REACHED_FROM_HERE: Final = "NotReachedFromHere"
#: A change that somebody made takes longer than it may. Kubernetes' own word.
PROGRESS_DEADLINE_EXCEEDED: Final = "ProgressDeadlineExceeded"

#: Seconds for which a sign has to last until it counts.
HOLD: Final = {Nature.OWN: 2.0, Nature.SEEN: 10.0, Nature.TRIED: 10.0, Nature.ABOUT: 10.0, Nature.EFFECT: 20.0}
#: The same for single reasons. Between the old pod of a Deployment and the new one there is none, for a short time.
_HOLD_OF: Final = {graph_reasons.NO_PODS.name: 15.0}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of trouble.

    ``subject``: the id of the node or edge that shows it, or of a group of servers. ``accused``: the id of the node or
    edge in which it says that the fault is; the subject itself unless it complains of another. ``text``: a sentence
    that names the object. ``since``: when it began by the object's own word, RFC 3339, to be shown and not compared.
    ``servers``: how many show it together. ``called``: what to call the accused. ``lasted``: seconds for which it has
    been there when it is first noticed, where who tells of it measured that. ``part``: what ``subject`` stands for if
    that is no node.
    """

    subject: str
    accused: str
    nature: Nature
    reason: str
    text: str
    since: str = ""
    servers: int = 0
    called: str = ""
    lasted: float = field(default=0.0, compare=False)
    part: Part | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """The same as long as it is the same trouble of the same part.

        That no answer comes over a way is one trouble, whatever reason is told for it at the moment.
        """
        seen = self.nature is Nature.SEEN
        return (self.subject, "", "") if seen else (self.subject, self.accused, trouble(self.reason))

    @property
    def hold(self) -> float:
        """Seconds for which it has to last until it counts."""
        return _HOLD_OF.get(self.reason, HOLD[self.nature])


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
_NAMES: Final = (kinds.RESOLVES,)

#: By reason, the kinds of edges over which the trouble of another part explains it. All, for reasons that are not here.
_EXPLAINED_OVER: Final[dict[str, tuple[EdgeKind, ...]]] = {
    # Nothing from outside does this.
    reasons.OOM_KILLED.name: (),
    claim_reasons.CLAIM_LOST.name: (),
    reasons.INVALID.name: (),
    reasons.POD_HELD.name: (),
    reasons.OBJECT_OF_ANOTHER.name: (kinds.EQUIPS,),
    reasons.FIELD_OF_ANOTHER.name: (kinds.EQUIPS,),
    gate_reasons.GATE_REFUSED.name: (),
    graph_reasons.QUOTA_USED_UP.name: (),
    graph_reasons.NO_PODS.name: (),
    "MemoryPressure": (),
    "DiskPressure": (),
    "PIDPressure": (),
    "NetworkUnavailable": (),
    dependency_reasons.DISK_FULL.name: (),
    dependency_reasons.LOGIN_REFUSED.name: (),
    dependency_reasons.TOKEN_REFUSED.name: (),
    dependency_reasons.UNKNOWN_DATABASE.name: (),
    dependency_reasons.CERTIFICATE_EXPIRED.name: (),
    dependency_reasons.CERTIFICATE_NOT_YET_VALID.name: (),
    dependency_reasons.CERTIFICATE_NOT_TRUSTED.name: (),
    dependency_reasons.CERTIFICATE_SELF_SIGNED.name: (),
    dependency_reasons.CERTIFICATE_OF_ANOTHER_HOST.name: (),
    dependency_reasons.TOO_MANY_CONNECTIONS.name: (),
    dependency_reasons.FILE_LOCKED.name: (),
    dependency_reasons.FILE_DAMAGED.name: (),
    # One kind of part does.
    dependency_reasons.NO_NAME.name: _NAMES,
    dependency_reasons.NAME_LOOKUP_FAILED.name: _NAMES,
    dependency_reasons.DISK_ERROR.name: _FILES,
    dependency_reasons.ROUTES_MISSING.name: _NODE,
    reasons.POD_GONE.name: _NODE,
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
    reasons.OTHER_RESOURCE_NOT_READY.name: (kinds.EQUIPS, kinds.ACTS_ON, kinds.OPERATES),
    gate_reasons.GATE_TIMEOUT.name: (kinds.GUARDS,),
    gate_reasons.GATE_OPERATOR_ABSENT.name: (kinds.GUARDS,),
    reasons.QUOTA_EXCEEDED.name: (kinds.ADMITS, kinds.EQUIPS),
    reasons.WAITING_FOR_QUOTA.name: (kinds.ADMITS,),
    reasons.FORBIDDEN.name: (kinds.OPERATES, kinds.ADMITS, kinds.EQUIPS),
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

#: Words for one trouble that come in turn: an attempt fails, the next one is waited for, in the end it is given up.
_ONE_TROUBLE: Final = {
    reasons.IMAGE_PULL_BACK_OFF.name: reasons.ERR_IMAGE_PULL.name,
    reasons.IMAGE_PULL_FAILED.name: reasons.ERR_IMAGE_PULL.name,
    reasons.CRASH_LOOP_BACK_OFF.name: reasons.ERROR.name,
    reasons.SERVER_KEEPS_FAILING.name: reasons.SERVER_RESTARTING.name,
    reasons.CONTAINER_KEEPS_FAILING.name: reasons.CONTAINER_RESTARTING.name,
}

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
        PROGRESS_DEADLINE_EXCEEDED,
    }
)


def trouble(reason: str) -> str:
    """The one word for what the kubelet and the operators call by several in turn: a sign lasts as long as all of them.

    Otherwise servers that fail alike would seldom do so at the same moment.
    """
    return _ONE_TROUBLE.get(reason, reason)


def explained_over(reason: str) -> frozenset[str]:
    """The names of the edge kinds over which another part's trouble explains a sign with this reason."""
    return _NAMES_OVER.get(reason, _EVERYTHING)
