"""What is different between two graphs of a deployment, as lines for people."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jupyternetes.graph.model.graph import Edge, Graph, Node
from jupyternetes.graph.model.kinds import CLAIM, SERVER

#: Servers that are named one by one; of more only the number is said.
NAMED = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """``sign`` is + for what came, - for what went, ~ for what changed; ``text`` says what."""

    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


def differences(before: Graph, after: Graph) -> list[Difference]:
    """What came, went and changed; parts of the deployment first, then arrows, then servers and their claims."""
    of_servers = (SERVER.name, CLAIM.name)
    lines = list(_nodes(_but(before, of_servers), _but(after, of_servers)))
    lines += _edges(before, after)
    for kind in of_servers:
        lines += _crowd(f"{kind}s", _only(before, kind), _only(after, kind))
    return lines


def _but(graph: Graph, kinds: Iterable[str]) -> dict[str, Node]:
    return {node.id: node for node in graph.nodes if node.kind not in kinds}


def _only(graph: Graph, kind: str) -> dict[str, Node]:
    return {node.id: node for node in graph.nodes if node.kind == kind}


def _nodes(before: dict[str, Node], after: dict[str, Node]) -> Iterator[Difference]:
    for node_id in dict.fromkeys((*before, *after)):
        old, new = before.get(node_id), after.get(node_id)
        if old is None and new is not None:
            yield Difference("+", f"{_called(new)}: {_state(new)}")
        elif new is None and old is not None:
            yield Difference("-", f"{_called(old)}: was {_state(old)}")
        elif old is not None and new is not None:
            changes = list(_changes(old, new))
            if changes:
                yield Difference("~", f"{_called(new)}: {'; '.join(changes)}")


def _changes(old: Node, new: Node) -> Iterator[str]:
    if _state(old) != _state(new):
        yield f"{_state(old)} -> {_state(new)}"
    if old.cluster_node != new.cluster_node:
        yield f"on {new.cluster_node or 'no node'}, was on {old.cluster_node or 'no node'}"
    if old.template != new.template:
        yield f"of Template {new.template or 'none'}, was of {old.template or 'none'}"
    if old.revision and new.revision and old.revision != new.revision:
        yield f"revision {old.revision} -> {new.revision}"
    if old.count != new.count:
        yield f"{old.count} -> {new.count}"
    if old.observability.missing != new.observability.missing:
        yield f"cannot be observed: {', '.join(new.observability.missing) or 'nothing is missing any more'}"


def _edges(before: Graph, after: Graph) -> Iterator[Difference]:
    """Arrows between parts that both graphs have; the others come and go with their ends."""
    old, new = _arrows(before, after), _arrows(after, before)
    for key in dict.fromkeys((*old, *new)):
        one = old.get(key) or new[key]
        text = f"{_end(before, after, one.source)} {one.meaning} {_end(before, after, one.target)}"
        if key not in new:
            yield Difference("-", text)
        elif key not in old:
            yield Difference("+", text)
        elif changes := list(_changed_edge(old[key], new[key])):
            yield Difference("~", f"{text}: {'; '.join(changes)}")


def _changed_edge(old: Edge, new: Edge) -> Iterator[str]:
    if _state(old) != _state(new):
        yield f"{_state(old)} -> {_state(new)}"
    if old.guessed != new.guessed:
        yield "only guessed now" if new.guessed else "no longer only guessed"


def _arrows(graph: Graph, other: Graph) -> dict[tuple[str, str, str], Edge]:
    return {
        (edge.source, edge.target, edge.kind): edge
        for edge in graph.edges
        if edge.source in other.by_id and edge.target in other.by_id
    }


def _end(before: Graph, after: Graph, node_id: str) -> str:
    return _called((after.by_id.get(node_id)) or before.by_id[node_id])


def _crowd(plural: str, before: dict[str, Node], after: dict[str, Node]) -> Iterator[Difference]:
    """Many nodes of one kind: by name while they are few, by numbers beyond."""
    lines = list(_nodes(before, after))
    yield from lines[:NAMED]
    if len(lines) > NAMED:
        signs = Counter(line.sign for line in lines[NAMED:])
        words = {"+": "came", "-": "went", "~": "changed"}
        counted = ", ".join(f"{signs[sign]} {word}" for sign, word in words.items() if signs[sign])
        yield Difference("~", f"further {plural}: {counted}")
    old, new = _by_state(before.values()), _by_state(after.values())
    if old != new:
        yield Difference("~", f"{plural}: {_counted(old)} -> {_counted(new)}")


def _by_state(nodes: Iterable[Node]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for node in nodes:
        counts[node.state] += node.count
    return counts


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "none"


def _called(node: Node) -> str:
    return f"{node.kind_word} {node.name}"


def _state(of: Node | Edge) -> str:
    return f"{of.state} ({of.reason})" if of.reason else of.state
