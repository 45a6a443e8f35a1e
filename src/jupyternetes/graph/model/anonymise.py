"""The same graph with invented names, to be shown to strangers."""

from collections.abc import Callable
from functools import partial
from hashlib import blake2b

import msgspec

from jupyternetes.graph.model.graph import (
    Gap,
    Graph,
    Node,
    Observability,
    Observation,
    Series,
    assemble,
)
from jupyternetes.graph.model.kinds import SERVER
from jupyternetes.graph.model.sentences import known_reason, sentence_of, without_texts

#: So many that among tens of thousands of names no two get the same word.
_DIGITS = 16


def anonymise(graph: Graph, key: str) -> Graph:
    """``graph`` without any name of a person, object, host or namespace in it.

    A name becomes a word that depends on the name and on ``key``, the same in every graph with this key; without the
    key nobody can try out which name it was. Messages, details and texts of evidence are free text and are left out;
    the table of reasons has a sentence instead.
    """
    word = _words(key)
    ids = anonymous_ids(graph, key)
    nodes = [_anonymous(node, ids[node.id], word) for node in graph.nodes]
    edges = [without_texts(edge, ids[edge.source], ids[edge.target]) for edge in graph.edges]
    gaps = [Gap(what="something", why="left out: the reason may hold names")] if graph.gaps else []
    return assemble(nodes, edges, deployment=word(graph.deployment), taken=graph.taken, as_of=graph.as_of, gaps=gaps)


def anonymous_ids(graph: Graph, key: str) -> dict[str, str]:
    """The ids that the nodes of ``graph`` get by ``anonymise`` with this key, by their own."""
    word = _words(key)
    return {node.id: f"{node.kind}/{word(node.id)}" for node in graph.nodes}


def _words(key: str) -> Callable[[str], str]:
    return partial(_word, blake2b(key.encode(), digest_size=32).digest())


def _word(key: bytes, name: str) -> str:
    """A few hexadecimal digits for a name; none for no name."""
    encoded = name.encode("utf-8", "surrogatepass")
    return blake2b(encoded, key=key, digest_size=_DIGITS // 2).hexdigest() if name else ""


def _anonymous(node: Node, node_id: str, word: Callable[[str], str]) -> Node:
    noun = "user" if node.kind == SERVER.name else node.kind
    return Node(
        id=node_id,
        kind=node.kind,
        name=f"{noun} {word(node.name)}".rstrip(),
        layer=node.layer,
        state=node.state,
        reason=known_reason(node.reason),
        message=sentence_of(node.reason),
        namespace=word(node.namespace),
        count=node.count,
        user=word(node.user),
        template=word(node.template),
        cluster_node=word(node.cluster_node),
        since=node.since,
        observability=Observability(
            metrics=Observation(answer=node.observability.metrics.answer),
            logs=Observation(answer=node.observability.logs.answer),
            events=Observation(answer=node.observability.events.answer),
        ),
        series=_nameless_series(node.series),
        changing=node.changing,
        revision=word(node.revision),
    )


def _nameless_series(series: Series | None) -> Series | None:
    """A recording may hold any text as a reason; only those of the table are no names."""
    if series is None:
        return None
    return msgspec.structs.replace(
        series,
        waiting_reasons=tuple(reason for reason in series.waiting_reasons if known_reason(reason)),
        terminated_reasons=tuple(reason for reason in series.terminated_reasons if known_reason(reason)),
    )
