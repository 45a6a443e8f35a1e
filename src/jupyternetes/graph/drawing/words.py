"""What do all drawings say of a node, an edge and a graph, and by which signs?

The texts hold names of others as they are; each output makes them harmless.
"""

from typing import Final

from jupyternetes.graph.model.graph import Edge, Evidence, Graph, Node, Observability, Series
from jupyternetes.graph.model.impact import impact
from jupyternetes.graph.model.kinds import EVIDENCE_MEANINGS, HUB, Answer, Capability, Layer, State

STATE_SIGNS: Final = {
    State.OK: "✓",
    State.DEGRADED: "◐",
    State.STARTING: "▷",
    State.STOPPING: "□",
    State.STOPPED: "○",
    State.FAILING: "✗",
    State.UNKNOWN: "?",
}
ANSWER_SIGNS: Final = {
    Answer.YES: "✓",
    Answer.NO: "✗",
    Answer.NO_RIGHT: "!",
    Answer.NO_DATA: "∅",
    Answer.NOT_ASKED: "·",
}
LAYER_TITLES: Final = {
    Layer.PLATFORM: "Platform",
    Layer.PROVIDERS: "Providers",
    Layer.CONTROL: "Control",
    Layer.ENTRY: "Entry",
    Layer.SERVERS: "Servers",
}
#: Above the column of the capabilities, which a person reads on: log in, start, use, save.
CAPABILITIES_TITLE: Final = "People can"

_NO_DATA: Final = "no data"
_NO_SOURCE: Final = "no data: no source, which --prometheus would be"
_NAMED: Final = 3


def name_of(subject: Node | Capability) -> str:
    """What a shape is called: a node by its title, a capability by its word."""
    return title(subject) if isinstance(subject, Node) else str(subject)


def title(node: Node) -> str:
    """What a node is called; with their number where it stands for several, such as "412 servers of minimal"."""
    name = node.name if node.name.strip() else "(no name)"
    return name if node.count == 1 else f"{node.count} {name}"


def state_and_reason(of: Node | Edge) -> str:
    """Such as "failing: CrashLoopBackOff"."""
    return f"{of.state}: {of.reason}" if of.reason else str(of.state)


def state_and_sign(of: Node | Edge) -> str:
    """Such as "✗ failing: CrashLoopBackOff"."""
    return f"{STATE_SIGNS[of.state]} {state_and_reason(of)}"


def observed(observability: Observability) -> str:
    """``M L E`` for metrics, logs and events, with a dash in place of each that cannot be observed."""
    return " ".join(name[0].upper() if each.answer is Answer.YES else "–" for name, each in observability)


def observability_signs(observability: Observability) -> str:
    """``M✓ L✗ E·``: the answer for metrics, logs and events, as signs."""
    return " ".join(name[0].upper() + ANSWER_SIGNS[each.answer] for name, each in observability)


def what_is_observed(observability: Observability) -> str:
    """In words, with the reasons."""
    if observability.complete:
        return "metrics, logs and events can be observed"
    return f"not observed: {'; '.join(observability.missing)}"


def description(node: Node) -> str:
    """The node in one sentence for those who do not see the picture: name, kind, state, reason."""
    return f"{title(node)}, {node.kind_word}, {state_and_reason(node)}"


def facts(node: Node) -> list[tuple[str, str]]:
    """What is known of the node itself, each with its name; what is not known is left out."""
    known = [
        ("Kind", node.kind_word),
        ("Layer", str(node.layer)),
        ("State", state_and_sign(node)),
        ("Message", node.message),
        ("Since", node.since),
        ("Stands for", str(node.count) if node.count > 1 else ""),
        ("Namespace", node.namespace),
        ("User", node.user),
        ("Template", node.template),
        ("Cluster node", node.cluster_node),
        ("Objects", ", ".join(f"{each.kind} {each.name}" for each in node.objects)),
    ]
    known += [
        (name.capitalize(), f"{ANSWER_SIGNS[each.answer]} {each.answer}" + (f" ({each.detail})" if each.detail else ""))
        for name, each in node.observability
    ]
    return [*((name, text) for name, text in known if text), *_series(node.series)]


def _series(series: Series | None) -> list[tuple[str, str]]:
    if series is None:
        return []
    return [
        ("Memory", _mebibytes(series.memory_working_set_bytes)),
        ("CPU", _NO_DATA if series.cpu_cores is None else f"{series.cpu_cores:.3f} cores"),
        ("Waits because", ", ".join(series.waiting_reasons) or "nothing waits"),
        ("Ended because", ", ".join(series.terminated_reasons) or "nothing ended"),
        ("Volume used", _NO_SOURCE if series.volume_used_bytes is None else _mebibytes(series.volume_used_bytes)),
    ]


def _mebibytes(size: int | None) -> str:
    return _NO_DATA if size is None else f"{size / 2**20:.0f} MiB"


def edge_sentence(edge: Edge, graph: Graph) -> str:
    """What the source does for the target, such as "hub-db keeps the state of hub"."""
    source, target = graph.by_id[edge.source], graph.by_id[edge.target]
    return f"{title(source)} {edge.meaning} {title(target)}"


def way_sentence(edge: Edge) -> str:
    """How the way between source and target fares, by what was told of it; empty if nothing was."""
    if edge.state is State.UNKNOWN and not edge.message:
        return ""
    took = "" if edge.seconds is None else f"last answer in {edge.seconds:.3g} s"
    since = f"since {edge.since}" if edge.since else ""
    said = ", ".join(filter(None, (f"way: {state_and_sign(edge)}", took, since)))
    return f"{said}. {edge.message}".rstrip(". ")


def evidence_sentence(evidence: Evidence) -> str:
    """From what an edge is known."""
    return f"{evidence.kind}: {evidence.text or EVIDENCE_MEANINGS[evidence.kind]}"


def harm_sentence(edge: Edge) -> str:
    """What trouble of the source takes away, and how soon; empty if it harms nothing that people notice."""
    if not edge.harms:
        return ""
    soon = f", within {edge.delay} s" if edge.delay else ", at once"
    return f"can harm: {', '.join(edge.harms)}{soon}"


def impact_sentence(whole: Graph, node: Node) -> str:
    """Who would notice if the node failed, found in the ``whole`` graph: shapes that stand for many do not tell it."""
    return str(impact(whole, *(node.members or (node.id,))))


def summary(graph: Graph) -> str:
    """Deployment, time, number of servers, and whether something fails."""
    when = f" at {graph.taken}" if graph.taken else ""
    servers = f"{graph.servers} server{'s' if graph.servers != 1 else ''}"
    return f"{graph.deployment or 'deployment'}{when}: {servers}; {_health(graph)}"


def _health(graph: Graph) -> str:
    unknown = sum(node.count for node in graph.nodes if node.state is State.UNKNOWN)
    failing, degraded = (_first_named(graph, state) for state in (State.FAILING, State.DEGRADED))
    parts = [failing or "nothing fails", *filter(None, (degraded,))]
    if unknown:
        parts.append(f"{unknown} in unknown state")
    return "; ".join(parts)


def _first_named(graph: Graph, state: State) -> str:
    """Such as "failing: db (database) and 2 more"; empty if nothing is in this state."""
    ways = [_way(graph, edge) for edge in graph.edges if _only_the_way_is(state, edge, graph)]
    named = [*ways, *(f"{title(node)} ({node.kind_word})" for node in graph.nodes if node.state is state)]
    more = len(named) - _NAMED
    listed = ", ".join(named[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{state}: {listed}" if named else ""


def _only_the_way_is(state: State, edge: Edge, graph: Graph) -> bool:
    """Whether an edge is in a state in which what the hub asks over it is not."""
    ends = (graph.by_id[edge.source], graph.by_id[edge.target])
    return edge.state is state and not any(end.state is state for end in ends if end.kind != HUB.name)


def _way(graph: Graph, edge: Edge) -> str:
    return f"the way from {title(graph.by_id[edge.source])} to {title(graph.by_id[edge.target])}"
