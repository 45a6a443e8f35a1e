"""Who could no longer do what if a node failed: the flow along the edges, capability by capability."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from jupyternetes.graph.model.graph import Graph, Node
from jupyternetes.graph.model.kinds import CLAIM, SERVER, SERVES, Capability

_BIT = {capability: 1 << place for place, capability in enumerate(Capability)}
_EVERY = sum(_BIT.values())
#: Hubs that are named in a sentence.
_NAMED: Final = 3


@cache
def _bits(capabilities: tuple[Capability, ...]) -> int:
    return sum(_BIT[each] for each in capabilities)


@dataclass(frozen=True, slots=True)
class Harm:
    """``everybody``, or so many ``servers`` and their owners, can no longer do it."""

    everybody: bool = False
    servers: int = 0

    def __add__(self, other: "Harm") -> "Harm":
        return Harm(self.everybody or other.everybody, self.servers + other.servers)


@dataclass(frozen=True, slots=True)
class Share:
    """What the users of ``hubs`` could no longer do; ``running`` servers of theirs would go on as they are.

    ``hubs`` are called by namespace and release. It is empty where there is one hub at most, and holds an empty word
    for servers of which it is not known which hub started them.
    """

    hubs: tuple[str, ...]
    harms: dict[Capability, Harm]
    running: int

    def __str__(self) -> str:
        parts = [_sentence(capability, harm) for capability, harm in self.harms.items()]
        if not parts:
            parts = ["nobody would notice at once"]
        if self.running:
            parts.append(f"{self.running} running server{'s go' if self.running > 1 else ' goes'} on")
        return _whose(self.hubs) + "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Impact:
    """What would fail if the node did, for the users of each hub that would notice it.

    Without ``shares`` it is not known: no hub was found, so nothing leads to its users.
    """

    node: Node
    shares: tuple[Share, ...]

    def __str__(self) -> str:
        """A sentence, such as "log in fails for all; new starts fail; 412 running servers go on"."""
        return ". ".join(map(str, self.shares)) or "who would notice is not known: no hub was found"


def impact(graph: Graph, node_id: str, *others: str) -> Impact:
    """What would fail with ``node_id``, and with ``others`` at the same time. Raises KeyError for an unknown id.

    An edge passes on only what its kind can harm: the OAuth provider takes the log-in away from the hub, and what the
    hub does for servers does not fail by that. Where there are several hubs, everybody means the users of those hubs
    that are reached.
    """
    origin = graph.by_id[node_id]
    shares: dict[str, _Tally] = {}
    servers = defaultdict[tuple[str, bool, int], int](int)
    by_id, hub_of = graph.by_id, graph.hub_of
    for reached, bits in _reached(graph, (node_id, *others)).items():
        node = by_id[reached]
        if node.kind == SERVER.name:
            servers[hub_of.get(reached, ""), node.running, bits] += node.count
        elif node.kind != CLAIM.name and (lost := bits & _bits(node.known_kind.enables)):
            for hub in _hubs_behind(graph, node):
                shares.setdefault(hub, _Tally()).everybody |= lost
    for (hub, running, bits), number in servers.items():
        shares.setdefault(hub, _Tally()).add_servers(number, bits, running=running)
    noticing = {hub: tally for hub, tally in shares.items() if tally.harms}
    if not noticing and not graph.hubs:
        return Impact(origin, ())
    if not noticing:
        return Impact(origin, (Share((), {}, sum(graph.running_by_hub.values())),))
    alike: dict[tuple[int, bool], list[str]] = {}
    for hub, tally in sorted(noticing.items(), key=lambda each: (not each[0], each[0])):
        alike.setdefault((tally.everybody, not hub), []).append(hub)
    return Impact(origin, tuple(_share(graph, hubs, noticing) for hubs in alike.values()))


@dataclass(slots=True)
class _Tally:
    """What the users of one hub lose; capabilities as bits. ``harmed``: running servers that do not go on."""

    everybody: int = 0
    harmed: int = 0
    servers: Counter[Capability] = field(default_factory=Counter[Capability])

    def add_servers(self, number: int, bits: int, *, running: bool) -> None:
        if running and bits & (_BIT[Capability.USE] | _BIT[Capability.SAVE]):
            self.harmed += number
        for capability in (Capability.START, *SERVER.enables):
            if bits & _BIT[capability] and (running or capability is Capability.START):
                self.servers[capability] += number

    @property
    def harms(self) -> dict[Capability, Harm]:
        found = {each: Harm(bool(self.everybody & _BIT[each]), self.servers[each]) for each in Capability}
        return {capability: harm for capability, harm in found.items() if harm != Harm()}


def _share(graph: Graph, hubs: list[str], tallies: Mapping[str, _Tally]) -> Share:
    """Of hubs whose users lose the same."""
    harms: dict[Capability, Harm] = {}
    running = 0
    for hub in hubs:
        tally = tallies[hub]
        if not tally.everybody & _BIT[Capability.USE]:
            running += graph.running_by_hub.get(hub, 0) - tally.harmed
        for capability, harm in tally.harms.items():
            harms[capability] = harms.get(capability, Harm()) + harm
    ordered = {capability: harms[capability] for capability in Capability if capability in harms}
    return Share(tuple(_name(graph, hub) for hub in hubs) if len(graph.hubs) > 1 else (), ordered, running)


def _hubs_behind(graph: Graph, node: Node) -> Iterable[str]:
    """The hubs whose users need a part: that to which it leads people, else those of its servers, else any."""
    if len(graph.hubs) < 2:
        return ("",)
    found, waiting = {node.id}, deque([node.id])
    while waiting:
        for edge in graph.out_of.get(waiting.popleft(), ()):
            if edge.kind == SERVES.name and edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    hubs = [each for each in graph.hubs if each in found]
    if not hubs:
        targets = (edge.target for edge in graph.out_of.get(node.id, ()))
        of_servers = {graph.hub_of[target] for target in targets if target in graph.hub_of}
        hubs = [] if "" in of_servers else sorted(of_servers)
    return hubs or graph.hubs


def _name(graph: Graph, hub: str) -> str:
    """Namespace and release, which make up the id of a hub."""
    return hub.partition("/")[2] or (graph.by_id[hub].name if hub else "")


def _whose(hubs: Sequence[str]) -> str:
    if not hubs:
        return ""
    named = [f"users of {hub}" if hub else "servers whose hub is not known" for hub in hubs[:_NAMED]]
    further = len(hubs) - len(named)
    return f"for {' and '.join(named)}{f' and {further} more hubs' if further else ''}: "


def _reached(graph: Graph, origins: Iterable[str]) -> dict[str, int]:
    """The capabilities, as bits, that each node loses by way of any path from ``origins``."""
    out_of = graph.out_of
    reached = dict.fromkeys(origins, _EVERY)
    waiting = deque(reached)
    while waiting:
        source = waiting.popleft()
        lost = reached[source]
        for edge in out_of.get(source, ()):
            before = reached.get(edge.target, 0)
            if lost & ~before and (passed := lost & _bits(edge.harms)) & ~before:
                reached[edge.target] = before | passed
                if edge.target in out_of:
                    waiting.append(edge.target)
    return reached


def _sentence(capability: Capability, harm: Harm) -> str:
    what = "new starts fail" if capability is Capability.START else f"{capability} fails"
    if not harm.everybody:
        return f"{what} for {harm.servers} server{'s' if harm.servers != 1 else ''}"
    return what if capability is Capability.START else f"{what} for all"
