"""What is said in the end: the causes with their evidence, or that nothing is wrong, or that it cannot be told."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from jupyternetes.graph.causes.rank import Held, Ranking, Suspect
from jupyternetes.graph.causes.read import Alike, Reading, read
from jupyternetes.graph.causes.signs import Nature
from jupyternetes.graph.model.graph import Graph, Node
from jupyternetes.graph.model.impact import impact
from jupyternetes.graph.model.kinds import State

#: Of the JSON. The number goes up when a reader of the old form would misread the new one.
SCHEMA: Final = "jupyternetes.kadense.io/causes/1"


class Confidence(StrEnum):
    """How sure a cause is, by its best evidence."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


_CONFIDENCE: Final = {
    Nature.OWN: Confidence.CERTAIN,
    Nature.SEEN: Confidence.LIKELY,
    Nature.ABOUT: Confidence.LIKELY,
    Nature.EFFECT: Confidence.POSSIBLE,
}


class _Data(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Fields that hold their default are left out of the JSON."""


class Fact(_Data, frozen=True, kw_only=True):
    """A piece of evidence. ``object``: the id of what shows it. ``since``: when it began by its own word, RFC 3339."""

    object: str
    nature: Nature
    reason: str
    text: str
    since: str = ""


class Cause(_Data, frozen=True, kw_only=True):
    """A part in which trouble begins.

    ``id``: of the node, edge or group of servers. ``name``: what to call it in a sentence. ``personal``: it concerns so
    many single ``servers``, and nobody else. ``explains``: how many other signs of trouble follow from it. ``impact``:
    who can no longer do what. ``unseen``: parts upstream of it that could be the cause themselves and of which nothing
    is known; if there are any, the cause cannot be told for certain.
    """

    id: str
    name: str
    confidence: Confidence
    personal: bool = False
    servers: int = 0
    evidence: tuple[Fact, ...] = ()
    explains: int = 0
    impact: str = ""
    unseen: tuple[str, ...] = ()


class Verdict(_Data, frozen=True, kw_only=True):
    """The answer to: where does trouble come from? ``causes``: the first one first. ``unseen``: what was not looked at.

    ``taken``: of which moment, RFC 3339.
    """

    schema: str = SCHEMA
    taken: str = ""
    headline: str = ""
    causes: tuple[Cause, ...] = ()
    unseen: tuple[str, ...] = ()


def judge_once(graph: Graph) -> Verdict:
    """The verdict on a single look, such as a recording: all that is there has been there for nobody knows how long."""
    reading = read(graph)
    return judge(graph, reading, [Held(sign) for sign in reading.signs])


def judge(graph: Graph, reading: Reading, held: Collection[Held]) -> Verdict:
    """The verdict on those signs of a look that last."""
    ranking = Ranking(graph, reading, held)
    causes = tuple(_cause(graph, reading.alike, ranking, suspect) for suspect in ranking.causes())
    return Verdict(
        taken=graph.taken,
        headline=_headline(causes),
        causes=causes,
        unseen=tuple(f"{gap.what}: {gap.why}" for gap in graph.gaps),
    )


def _cause(graph: Graph, alike: Mapping[str, Alike], ranking: Ranking, suspect: Suspect) -> Cause:
    unseen = _unseen(graph, ranking.upstream(suspect)) if suspect.nature is Nature.EFFECT else ()
    return Cause(
        id=suspect.id,
        name=_name(graph, alike, suspect.id),
        confidence=_CONFIDENCE[suspect.nature],
        personal=ranking.scope(suspect.id) > 1,
        servers=sum(held.sign.servers for held in suspect.evidence if held.sign.subject == suspect.id),
        evidence=tuple(_fact(held) for held in suspect.evidence),
        explains=len(suspect.explains) - len(set(suspect.explains).intersection(suspect.evidence)),
        impact=_impact(graph, alike, suspect.id),
        unseen=unseen,
    )


def _fact(held: Held) -> Fact:
    sign = held.sign
    return Fact(object=sign.subject, nature=sign.nature, reason=sign.reason, text=sign.text, since=sign.since)


def _headline(causes: Iterable[Cause]) -> str:
    """One sentence for the top of the page."""
    shared = [cause for cause in causes if not cause.personal]
    if not shared:
        own = sum(cause.servers for cause in causes)
        words = "1 server fails for a reason of its own" if own == 1 else f"{own} servers fail for reasons of their own"
        return f"Nothing is wrong with the deployment; {words}." if own else "Nothing is wrong."
    first = shared[0]
    if first.unseen:
        names = ", ".join(first.unseen)
        return f"Cannot tell: {first.name} is in trouble, and of {names}, which would explain it, nothing is known."
    return f"The cause is {'' if first.confidence is Confidence.CERTAIN else 'probably '}{first.name}."


def _name(graph: Graph, alike: Mapping[str, Alike], name: str) -> str:
    if (group := alike.get(name)) is not None and len(group.members) > 1:
        return f"{group.servers} servers that fail with {group.reason}"
    if (node := graph.by_id.get(name)) is not None:
        return _called(node)
    source, arrow, rest = name.partition(" -> ")
    if arrow:
        ends = (graph.by_id[each] for each in (source, rest.rpartition(" (")[0]))
        return "the way from {} to {}".format(*(_called(end) for end in ends))
    kind, _, called = name.partition("/")
    return f"the {kind} {called}, which was not looked at"


def _called(node: Node) -> str:
    noun = node.known_kind.noun
    return noun if node.name and node.name.lower() in noun.lower() else f"{noun} {node.name}".strip()


def _unseen(graph: Graph, upstream: Iterable[str]) -> tuple[str, ...]:
    nodes = (node for name in upstream if (node := graph.by_id.get(name)) is not None)
    return tuple(_called(node) for node in nodes if node.state is State.UNKNOWN)


def _impact(graph: Graph, alike: Mapping[str, Alike], name: str) -> str:
    """Of an edge, that of its target: what comes over it is missing there."""
    if (group := alike.get(name)) is not None:
        return f"{group.servers} server{'s do' if group.servers > 1 else ' does'} not work"
    node_id = name.partition(" -> ")[2].rpartition(" (")[0] or name
    return str(impact(graph, node_id)) if node_id in graph.by_id else ""
