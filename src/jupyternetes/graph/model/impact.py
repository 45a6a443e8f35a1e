"""Who could no longer do what if a node failed: the flow along the edges, capability by capability."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from jupyternetes.graph.model.graph import Graph, Node
from jupyternetes.graph.model.kinds import CLAIM, SERVER, Capability

_BIT = {capability: 1 << place for place, capability in enumerate(Capability)}
_EVERY = sum(_BIT.values())


@cache
def _bits(capabilities: tuple[Capability, ...]) -> int:
    return sum(_BIT[each] for each in capabilities)


@dataclass(frozen=True, slots=True)
class Harm:
    """``everybody``, or so many ``servers`` and their owners, can no longer do it."""

    everybody: bool = False
    servers: int = 0


@dataclass(frozen=True, slots=True)
class Impact:
    """What would fail if the node did; ``running`` servers would go on as they are."""

    node: Node
    harms: dict[Capability, Harm]
    running: int

    def __str__(self) -> str:
        """A sentence, such as "log in fails for all; new starts fail; 412 running servers go on"."""
        parts = [_sentence(capability, harm) for capability, harm in self.harms.items()]
        if not parts:
            parts = ["nobody would notice at once"]
        if self.running:
            parts.append(f"{self.running} running server{'s go' if self.running > 1 else ' goes'} on")
        return "; ".join(parts)


def impact(graph: Graph, node_id: str, *others: str) -> Impact:
    """What would fail with ``node_id``, and with ``others`` at the same time. Raises KeyError for an unknown id.

    An edge passes on only what its kind can harm: the OAuth provider takes the log-in away from the hub, and what the
    hub does for servers does not fail by that.
    """
    origin = graph.by_id[node_id]
    everybody, harmed = 0, 0
    servers: dict[Capability, int] = dict.fromkeys(Capability, 0)
    for reached, bits in _reached(graph, (node_id, *others)).items():
        node = graph.by_id[reached]
        if node.kind == SERVER.name:
            if node.running and bits & (_BIT[Capability.USE] | _BIT[Capability.SAVE]):
                harmed += node.count
            for capability in (Capability.START, *SERVER.enables):
                if bits & _BIT[capability] and (node.running or capability is Capability.START):
                    servers[capability] += node.count
        elif node.kind != CLAIM.name:
            everybody |= bits & _bits(node.known_kind.enables)
    going_on = graph.running_servers - harmed
    harms = {
        capability: Harm(bool(everybody & _BIT[capability]), servers[capability])
        for capability in Capability
        if everybody & _BIT[capability] or servers[capability]
    }
    if Capability.USE in harms and harms[Capability.USE].everybody:
        going_on = 0
    return Impact(origin, harms, going_on)


def _reached(graph: Graph, origins: Iterable[str]) -> dict[str, int]:
    """The capabilities, as bits, that each node loses by way of any path from ``origins``."""
    reached = dict.fromkeys(origins, _EVERY)
    waiting = deque(reached)
    while waiting:
        source = waiting.popleft()
        for edge in graph.out_of.get(source, ()):
            passed = reached[source] & _bits(edge.harms)
            if passed & ~reached.get(edge.target, 0):
                reached[edge.target] = reached.get(edge.target, 0) | passed
                waiting.append(edge.target)
    return reached


def _sentence(capability: Capability, harm: Harm) -> str:
    what = "new starts fail" if capability is Capability.START else f"{capability} fails"
    if not harm.everybody:
        return f"{what} for {harm.servers} server{'s' if harm.servers != 1 else ''}"
    return what if capability is Capability.START else f"{what} for all"
