"""The kinds of nodes and edges, and what each means.

An edge goes from cause to affected: trouble in its source can give errors in its target. The layers follow the flow of
causes, so that nearly all arrows of a drawing point the same way.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Layer(StrEnum):
    """Where a node stands, in the order of the flow."""

    PLATFORM = "platform"
    PROVIDERS = "providers"
    CONTROL = "control"
    ENTRY = "entry"
    SERVERS = "servers"


class Capability(StrEnum):
    """What people can do with a JupyterHub, and notice when they cannot."""

    LOG_IN = "log in"
    START = "start"
    USE = "use"
    SAVE = "save"


ALL: Final = tuple(Capability)
_ALL_BUT_SAVE: Final = (Capability.LOG_IN, Capability.START, Capability.USE)


@dataclass(frozen=True, slots=True)
class NodeKind:
    """``noun`` names it in a sentence, ``plural`` several of it; ``word`` stands beside a name in place of ``name``.

    ``enables``: what everybody can do only while a node of this kind works. For servers and claims it is what the owner
    of that one can do.
    """

    name: str
    layer: Layer
    noun: str
    plural: str
    enables: tuple[Capability, ...] = ()
    word: str = ""

    def __str__(self) -> str:
        return self.name


API_SERVER: Final = NodeKind("api-server", Layer.PLATFORM, "the Kubernetes API", "Kubernetes APIs")
DNS: Final = NodeKind("dns", Layer.PLATFORM, "the cluster's DNS", "DNS services")
SCHEDULER: Final = NodeKind("scheduler", Layer.PLATFORM, "the scheduler", "schedulers")
REGISTRY: Final = NodeKind("registry", Layer.PLATFORM, "the image registry", "registries")
STORAGE: Final = NodeKind("storage", Layer.PLATFORM, "the storage class", "storage classes")
NETWORK: Final = NodeKind("network", Layer.PLATFORM, "the cluster's network", "networks")
CLUSTER_NODE: Final = NodeKind("node", Layer.PLATFORM, "the cluster node", "cluster nodes")
QUOTA: Final = NodeKind("quota", Layer.PLATFORM, "the quota", "quotas")
OAUTH: Final = NodeKind("oauth", Layer.PROVIDERS, "the OAuth provider", "OAuth providers", word="login (OAuth)")
LDAP: Final = NodeKind("ldap", Layer.PROVIDERS, "the LDAP server", "LDAP servers", word="login (LDAP)")
#: What says who people are in another way, or in one that is not known.
LOGIN: Final = NodeKind("login", Layer.PROVIDERS, "the login provider", "login providers")
DATABASE: Final = NodeKind("database", Layer.PROVIDERS, "the hub's database", "databases")
VOLUME: Final = NodeKind("volume", Layer.PROVIDERS, "the volume", "volumes")
HUB: Final = NodeKind("hub", Layer.CONTROL, "the hub", "hubs", (Capability.LOG_IN, Capability.START))
OPERATOR: Final = NodeKind("operator", Layer.CONTROL, "the operator", "operators", (Capability.START,))
TEMPLATE: Final = NodeKind("template", Layer.CONTROL, "the Template", "Templates")
USER_SCHEDULER: Final = NodeKind("user-scheduler", Layer.CONTROL, "the user scheduler", "user schedulers")
#: Whatever acts on objects of a kind of somebody else's, and whoever answers a gate: nobody tells which pods that are.
THIRD_OPERATOR: Final = NodeKind(
    "third-operator", Layer.CONTROL, "the operator of kind", "operators of kinds of others", word="operator of kind"
)
GATE: Final = NodeKind("gate", Layer.CONTROL, "the gate", "gates")
PROXY: Final = NodeKind("proxy", Layer.ENTRY, "the proxy", "proxies", _ALL_BUT_SAVE)
INGRESS: Final = NodeKind("ingress", Layer.ENTRY, "the way in", "ways in", _ALL_BUT_SAVE)
SERVER: Final = NodeKind("server", Layer.SERVERS, "the server", "servers", (Capability.USE, Capability.SAVE))
CLAIM: Final = NodeKind("claim", Layer.SERVERS, "the volume claim", "volume claims", (Capability.SAVE,))

OTHER_RESOURCE: Final = NodeKind("other-resource", Layer.SERVERS, "the other resource", "other resources")

#: A node that an administrator adds has this kind, a layer that the administrator chose, and enables nothing itself.
DECLARED: Final = NodeKind("declared", Layer.PROVIDERS, "", "parts that administrators added")

NODE_KINDS: Final = {
    kind.name: kind
    for kind in (
        API_SERVER,
        DNS,
        SCHEDULER,
        REGISTRY,
        STORAGE,
        NETWORK,
        CLUSTER_NODE,
        QUOTA,
        OAUTH,
        LDAP,
        LOGIN,
        DATABASE,
        VOLUME,
        HUB,
        OPERATOR,
        TEMPLATE,
        USER_SCHEDULER,
        THIRD_OPERATOR,
        GATE,
        PROXY,
        INGRESS,
        SERVER,
        CLAIM,
        OTHER_RESOURCE,
        DECLARED,
    )
}


@dataclass(frozen=True, slots=True)
class EdgeKind:
    """``meaning`` is a verb: the source does it for the target.

    ``harms``: the capabilities that trouble of the source can take away by way of the target. ``delay``: seconds after
    which trouble of the source shows at the target at the latest.
    """

    name: str
    meaning: str
    harms: tuple[Capability, ...]
    delay: int

    def __str__(self) -> str:
        return self.name


_ENTER: Final = (Capability.LOG_IN, Capability.START)
_START: Final = (Capability.START,)

ANSWERS: Final = EdgeKind("answers", "answers the requests of", _START, 10)
RESOLVES: Final = EdgeKind("resolves", "resolves names for", _ENTER, 30)
SCHEDULES: Final = EdgeKind("schedules", "finds nodes for", _START, 30)
PULLS: Final = EdgeKind("pulls", "gives images to", _START, 60)
PROVISIONS: Final = EdgeKind("provisions", "makes and attaches", (Capability.START, Capability.SAVE), 60)
RUNS: Final = EdgeKind("runs", "runs", ALL, 60)
ADMITS: Final = EdgeKind("admits", "limits", _START, 0)
AUTHENTICATES: Final = EdgeKind("authenticates", "says who people are to", (Capability.LOG_IN,), 10)
STORES: Final = EdgeKind("stores", "keeps the state of", _ENTER, 60)
MOUNTS: Final = EdgeKind("mounts", "holds the files of", (Capability.LOG_IN, Capability.START, Capability.SAVE), 60)
SHAPES: Final = EdgeKind("shapes", "says what is made for", _START, 0)
OPERATES: Final = EdgeKind("operates", "makes and ends", _START, 15)
ACTS_ON: Final = EdgeKind("acts-on", "acts on", _START, 60)
EQUIPS: Final = EdgeKind("equips", "is waited for by", _START, 15)
GUARDS: Final = EdgeKind("guards", "lets start and stop", _START, 15)
SPAWNS: Final = EdgeKind("spawns", "starts and stops", _START, 10)
#: The proxy keeps the routes that it has while the hub is away; those of new servers are missing.
ROUTES: Final = EdgeKind("routes", "tells the routes to", _START, 60)
SERVES: Final = EdgeKind("serves", "leads people to", _ALL_BUT_SAVE, 0)
#: What an administrator declares without saying more.
SUPPORTS: Final = EdgeKind("supports", "is needed by", ALL, 60)

EDGE_KINDS: Final = {
    kind.name: kind
    for kind in (
        ANSWERS,
        RESOLVES,
        SCHEDULES,
        PULLS,
        PROVISIONS,
        RUNS,
        ADMITS,
        AUTHENTICATES,
        STORES,
        MOUNTS,
        SHAPES,
        OPERATES,
        ACTS_ON,
        EQUIPS,
        GUARDS,
        SPAWNS,
        ROUTES,
        SERVES,
        SUPPORTS,
    )
}


class EvidenceKind(StrEnum):
    """From what an edge is known, strongest first."""

    DECLARED = "declared"
    TOLD = "told"
    SEEN = "seen"
    REFERENCED = "referenced"
    LABELLED = "labelled"
    GUESSED = "guessed"


#: Larger is stronger.
STRENGTH: Final = {kind: len(EvidenceKind) - place for place, kind in enumerate(EvidenceKind)}
EVIDENCE_MEANINGS: Final = {
    EvidenceKind.DECLARED: "an administrator says so in the file of additions",
    EvidenceKind.TOLD: "the hub says so about itself",
    EvidenceKind.SEEN: "an Event shows it",
    EvidenceKind.REFERENCED: "one object names the other: an owner, a volume, a node, a Service's endpoints, a literal",
    EvidenceKind.LABELLED: "labels or ports that the chart of JupyterHub or ours sets",
    EvidenceKind.GUESSED: "nothing else fits; drawn dashed",
}


class State(StrEnum):
    """How a node or the way over an edge fares, as far as can be seen."""

    OK = "ok"
    DEGRADED = "degraded"
    STARTING = "starting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILING = "failing"
    UNKNOWN = "unknown"


STATE_MEANINGS: Final = {
    State.OK: "it works, as far as can be seen",
    State.DEGRADED: "it works in part, for some or slowly; the reason says what does not",
    State.STARTING: "it is on its way, or is being replaced",
    State.STOPPING: "it is being ended on purpose",
    State.STOPPED: "it is not wanted at the moment",
    State.FAILING: "it does not work; the reason says why",
    State.UNKNOWN: "nothing tells how it fares",
}

#: Of several nodes that are drawn as one, the state that a person should see first.
GRAVEST: Final = (
    State.FAILING,
    State.DEGRADED,
    State.UNKNOWN,
    State.STARTING,
    State.STOPPING,
    State.OK,
    State.STOPPED,
)

#: What a person has to be shown wherever it is.
TROUBLE: Final = (State.FAILING, State.DEGRADED)


class Answer(StrEnum):
    """Whether something can be observed of a node."""

    YES = "yes"
    NO = "no"
    NO_RIGHT = "no right"
    NO_DATA = "no data"
    NOT_ASKED = "not asked"


ANSWER_MEANINGS: Final = {
    Answer.YES: "it was asked for and came",
    Answer.NO: "there is no such thing for this node",
    Answer.NO_RIGHT: "the account may not read it; the right that it lacks is named",
    Answer.NO_DATA: "it was asked for, and nothing came",
    Answer.NOT_ASKED: "nobody asked; where it is known that the account may, that is said",
}
