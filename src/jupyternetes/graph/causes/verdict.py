"""What is said in the end: the causes with their evidence, or that nothing is wrong, or that it cannot be told."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from jupyternetes.api.dependency_reasons import NO_NAME
from jupyternetes.graph.causes.changes import Changes
from jupyternetes.graph.causes.parts import Alike, node_name
from jupyternetes.graph.causes.rank import Held, Ranking, Suspect
from jupyternetes.graph.causes.read import Reading, read
from jupyternetes.graph.causes.signs import Nature
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.impact import impact
from jupyternetes.graph.model.kinds import HUB, OPERATOR, PROXY, State

#: Of the JSON. The number goes up when a reader of the old form would misread the new one.
SCHEMA: Final = "jupyternetes.kadense.io/causes/1"

_NEEDED: Final = frozenset(kind.name for kind in (HUB, OPERATOR, PROXY))


class Confidence(StrEnum):
    """How sure a cause is, by its best evidence."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


_CONFIDENCE: Final = {
    Nature.OWN: Confidence.CERTAIN,
    Nature.SEEN: Confidence.LIKELY,
    Nature.TRIED: Confidence.LIKELY,
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
    who can no longer do what. ``changes``: what somebody changed shortly before it began. ``unseen``: parts upstream of
    it that could be the cause themselves and of which nothing is known; if there are any, the cause cannot be told for
    certain.
    """

    id: str
    name: str
    confidence: Confidence
    personal: bool = False
    servers: int = 0
    evidence: tuple[Fact, ...] = ()
    explains: int = 0
    impact: str = ""
    changes: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


class Verdict(_Data, frozen=True, kw_only=True):
    """The answer to: where does trouble come from? ``causes``: the first one first. ``unseen``: what was not looked at.

    ``taken``: of which moment, RFC 3339. ``as_of``: when the API server answered last, RFC 3339, if it no longer does:
    what it told is as old. ``planned``: what is being replaced on purpose, which is no trouble as long as it has time.
    ``unknown``: parts that everybody needs and of which nothing is known; while there is one, nobody can say that
    nothing is wrong.
    """

    schema: str = SCHEMA
    taken: str = ""
    as_of: str = ""
    headline: str = ""
    causes: tuple[Cause, ...] = ()
    planned: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def judge_once(graph: Graph) -> Verdict:
    """The verdict on a single look, such as a recording: all that is there has been there for nobody knows how long."""
    reading = read(graph)
    return judge(graph, reading, [Held(sign) for sign in reading.signs])


def judge(
    graph: Graph, reading: Reading, held: Collection[Held], changes: Changes | None = None, now: str = ""
) -> Verdict:
    """The verdict on those signs of a look that last.

    ``changes``: what somebody was seen to change. ``now``: of which moment it is, RFC 3339; by default that of the
    graph, which may be older if nothing has changed since.
    """
    ranking = Ranking(graph, held, changes or Changes())
    causes = tuple(_cause(graph, ranking, suspect) for suspect in ranking.causes())
    unknown = _unknown(graph)
    return Verdict(
        taken=now or graph.taken,
        as_of=graph.as_of,
        headline=headline(causes, unknown),
        causes=causes,
        planned=tuple(f"{node_name(node)} is being replaced, since {node.changing}" for node in reading.planned),
        unseen=tuple(f"{gap.what}: {gap.why}" for gap in graph.gaps),
        unknown=unknown,
    )


def _cause(graph: Graph, ranking: Ranking, suspect: Suspect) -> Cause:
    unseen = _unseen(graph, ranking.upstream(suspect)) if _may_be_explained(suspect) else ()
    return Cause(
        id=suspect.id,
        name=suspect.called,
        confidence=_CONFIDENCE[suspect.nature],
        personal=ranking.scope(suspect.id) > 1,
        servers=sum(held.sign.servers for held in suspect.evidence if held.sign.subject == suspect.id),
        evidence=tuple(_fact(held) for held in suspect.evidence),
        explains=len(suspect.explains) - len(set(suspect.explains).intersection(suspect.evidence)),
        impact=_impact(graph, suspect),
        changes=tuple(change.text for change in ranking.changed(suspect)),
        unseen=unseen,
    )


def _fact(held: Held) -> Fact:
    sign = held.sign
    return Fact(object=sign.subject, nature=sign.nature, reason=sign.reason, text=sign.text, since=sign.since)


def headline(causes: Iterable[Cause], unknown: Collection[str]) -> str:
    """One sentence for the top of the page; causes in their order. ``unknown``: as in a verdict."""
    known = tuple(causes)
    shared = [cause for cause in known if not cause.personal]
    if not shared:
        return _nothing(known, unknown)
    first = shared[0]
    if first.unseen:
        names = ", ".join(first.unseen)
        return f"Cannot tell: {first.name} is in trouble, and of {names}, which would explain it, nothing is known."
    return f"The cause is {'' if first.confidence is Confidence.CERTAIN else 'probably '}{first.name}."


def _nothing(personal: Collection[Cause], unknown: Collection[str]) -> str:
    begin = f"Cannot tell: nothing is known of {', '.join(unknown)}" if unknown else "Nothing is wrong"
    if not personal:
        return f"{begin}."
    if not unknown:
        begin = f"{begin} with the deployment"
    own = sum(cause.servers for cause in personal)
    if own:
        words = "1 server fails for a reason of its own" if own == 1 else f"{own} servers fail for reasons of their own"
        return f"{begin}; {words}."
    names = ", ".join(cause.name for cause in personal)
    return f"{begin}; what fails is needed by no other part: {names}."


def _unknown(graph: Graph) -> tuple[str, ...]:
    nodes = (node for node in graph.nodes if node.kind in _NEEDED and node.state is State.UNKNOWN)
    return tuple(dict.fromkeys(node_name(node) for node in nodes))


def _may_be_explained(suspect: Suspect) -> bool:
    """Whether all that is known of it are effects, or a name that a DNS which cannot be seen may have lost."""
    reasons = {held.sign.reason for held in suspect.evidence}
    return suspect.nature is Nature.EFFECT or reasons == {NO_NAME.name}


def _unseen(graph: Graph, upstream: Iterable[str]) -> tuple[str, ...]:
    nodes = (node for name in upstream if (node := graph.by_id.get(name)) is not None)
    return tuple(node_name(node) for node in nodes if node.state is State.UNKNOWN)


def _impact(graph: Graph, suspect: Suspect) -> str:
    """Of an edge, that of its target: what comes over it is missing there."""
    part = suspect.evidence[0].sign.part
    if isinstance(part, Alike):
        return f"{part.servers} server{'s do' if part.servers > 1 else ' does'} not work"
    node_id = suspect.id.partition(" -> ")[2].rpartition(" (")[0] or suspect.id
    return str(impact(graph, node_id)) if node_id in graph.by_id else ""
