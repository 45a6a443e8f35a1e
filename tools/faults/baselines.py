"""Whom do simple methods name, by the same recordings? What our rules are worth is the difference.

All three know only which parts are red: those that fail, and those that do not answer the hub by its word. None knows
edges as causes, so where the true cause is an edge, they are right if they name its source.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import Layer, State
from tools.faults.recording import Look
from tools.faults.score import Truth

Baseline = Callable[[Sequence[Look]], list[str]]
"""From the looks of a fault to the ids of nodes, the most likely cause first."""

_DAMPING: Final = 0.85
_ROUNDS: Final = 100
_LAYERS: Final = tuple(Layer)


def reds(graph: Graph) -> set[str]:
    """The ids of what is red."""
    found = {node.id for node in graph.nodes if node.state is State.FAILING}
    silent = (edge for edge in graph.edges if edge.state is State.FAILING)
    return found | {edge.target if edge.kind == kinds.ROUTES.name else edge.source for edge in silent}


def earliest_red(looks: Sequence[Look]) -> list[str]:
    """What is red at last, by when it became so."""
    began: dict[str, float] = {}
    for look in looks:
        now = reds(look.graph)
        began = {name: began.get(name, look.at) for name in sorted(now)}
    return sorted(began, key=lambda name: (began[name], name))


def most_upstream_red(looks: Sequence[Look]) -> list[str]:
    """What is red at last, by its layer: that which everything else depends on first."""
    graph = looks[-1].graph
    return sorted(reds(graph), key=lambda name: (_LAYERS.index(graph.by_id[name].layer), name))


def page_rank(looks: Sequence[Look]) -> list[str]:
    """All parts, by a walk against the arrows that begins at what is red, and begins there again and again.

    Personalised PageRank, as in MonitorRank (https://doi.org/10.1145/2465529.2465753) and its followers.
    """
    graph = looks[-1].graph
    red = reds(graph)
    if not red:
        return []
    begin = {node.id: (1 / len(red) if node.id in red else 0.0) for node in graph.nodes}
    upstream = {node.id: [edge.source for edge in graph.into.get(node.id, ())] for node in graph.nodes}
    rank: Mapping[str, float] = begin
    for _ in range(_ROUNDS):
        rank = step(rank, begin, upstream)
    return sorted((name for name in rank if rank[name] > 0), key=lambda name: (-rank[name], name))


def step(rank: Mapping[str, float], begin: Mapping[str, float], upstream: Mapping[str, list[str]]) -> dict[str, float]:
    """One step of the walk: what each part holds then. Who stands where nothing is upstream begins anew."""
    stuck = sum(rank[name] for name, above in upstream.items() if not above)
    found = {name: (1 - _DAMPING + _DAMPING * stuck) * share for name, share in begin.items()}
    for name, above in upstream.items():
        for source in above:
            found[source] += _DAMPING * rank[name] / len(above)
    return found


def for_nodes(truth: Truth) -> list[list[str]]:
    """The true causes, edges by their sources."""
    return [[name.partition(" -> ")[0] for name in names] for names in truth]


BASELINES: Final[Mapping[str, Baseline]] = {
    "earliest red": earliest_red,
    "most upstream red": most_upstream_red,
    "PageRank": page_rank,
}
