"""How does a graph look in a terminal? A tree by layers that reads without colour, what fails first.

https://rich.readthedocs.io/en/stable/tree.html
"""

import io
from typing import Final

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from jupyternetes.graph.drawing.text import for_terminal
from jupyternetes.graph.drawing.words import (
    ANSWER_SIGNS,
    LAYER_TITLES,
    STATE_SIGNS,
    observability_signs,
    state_and_reason,
    state_and_sign,
    summary,
    title,
)
from jupyternetes.graph.model.graph import Edge, Gap, Graph, Node, gravest
from jupyternetes.graph.model.kinds import GRAVEST, TROUBLE, Layer, State

#: Of a name, reason or sentence; the details of a node show more.
_CHARACTERS: Final = 160
_STATE_STYLES: Final = {
    State.OK: "green",
    State.DEGRADED: "bold yellow",
    State.STARTING: "yellow",
    State.STOPPING: "yellow",
    State.STOPPED: "dim",
    State.FAILING: "bold red",
    State.UNKNOWN: "magenta",
}


def render_tree(graph: Graph, *, width: int, colour: bool) -> str:
    """The tree as text of ``width`` columns; without ``colour`` there is no escape sequence in it."""
    written = io.StringIO()
    console = Console(
        file=written,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
    )
    console.print(tree(graph))
    return written.getvalue()


def tree(graph: Graph) -> Group:
    """The tree for a console of rich's, also for one that shows it again and again."""
    root = Tree(for_terminal(summary(graph), style="bold"))
    for layer in Layer:
        nodes = sorted(
            (node for node in graph.nodes if node.layer is layer), key=lambda each: GRAVEST.index(each.state)
        )
        if nodes:
            branch = root.add(Text(LAYER_TITLES[layer], style="italic"))
            for node in nodes:
                branch.add(_node(node, graph))
    if graph.gaps:
        branch = root.add(Text("Could not be seen", style="italic"))
        for gap in graph.gaps:
            branch.add(_gap(gap))
    return Group(root, Text(_signs(), style="dim"))


def _node(node: Node, graph: Graph) -> Group:
    style = _STATE_STYLES[node.state]
    first = Text("  ").join(
        (
            Text(STATE_SIGNS[node.state], style=style) + " " + for_terminal(title(node), _CHARACTERS, "bold"),
            for_terminal(node.kind_word, _CHARACTERS),
            for_terminal(state_and_reason(node), _CHARACTERS, style),
            Text(observability_signs(node.observability)),
        )
    )
    needs: dict[str, list[Edge]] = {}
    for edge in graph.into.get(node.id, ()):
        needs.setdefault(title(graph.by_id[edge.source]), []).append(edge)
    if not needs:
        return Group(first)
    named = Text("needs: ") + Text(", ").join(_need(name, gravest(edges)) for name, edges in needs.items())
    return Group(first, Padding(named, (0, 0, 0, 4), expand=False))


def _need(name: str, edge: Edge) -> Text:
    """What a node needs, and how the way there fares if a person has to be shown it."""
    named = for_terminal(name, _CHARACTERS)
    if edge.state not in TROUBLE:
        return named
    way = f"({state_and_sign(edge)}, {edge.message})" if edge.message else f"({state_and_sign(edge)})"
    return named + " " + for_terminal(way, _CHARACTERS, _STATE_STYLES[edge.state])


def _gap(gap: Gap) -> Text:
    said = for_terminal(f"{gap.what}: {gap.why}")
    return said if not gap.remedy else said + ". " + for_terminal(gap.remedy)


def _signs() -> str:
    states = "  ".join(f"{sign} {state}" for state, sign in STATE_SIGNS.items())
    answers = "  ".join(f"{sign} {answer}" for answer, sign in ANSWER_SIGNS.items())
    return f"States: {states}\nM metrics, L logs, E events: {answers}"
