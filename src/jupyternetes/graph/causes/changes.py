"""What did somebody change, and when? A change shortly before trouble began is evidence, though it proves nothing.

What counts is when a change was noticed: no object says when its generation went up.
"""

from dataclasses import dataclass, field
from typing import Final

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, Node
from jupyternetes.graph.model.kinds import Layer

#: Seconds before the beginning of trouble within which a change is told.
_BEFORE: Final = 600.0
#: Seconds by which trouble may be noticed before the change from which it comes.
_TOLERANCE: Final = 15.0
#: What is changed, by the kind of node. Of all others the pods are rolled out anew.
_WORDS: Final = {
    kinds.TEMPLATE.name: "was edited: generation {before} -> {after}",
    kinds.QUOTA.name: "was edited: {before} -> {after}",
}
_ROLLED_OUT: Final = "was rolled out anew: revision {before} -> {after}"


@dataclass(frozen=True, slots=True)
class Change:
    """``at``: seconds by the clock of whoever looks. ``text``: a sentence with the time of day."""

    at: float
    text: str


@dataclass(slots=True)
class Changes:
    """Remembers the revisions of nodes from look to look, and the last change of each."""

    _revisions: dict[str, str] = field(default_factory=dict[str, str])
    _changes: dict[str, Change] = field(default_factory=dict[str, Change])

    def note(self, graph: Graph, now: float) -> None:
        """Take in one look. A part that has no revision at the moment, for want of pods, keeps the one it had."""
        for node in graph.nodes:
            if node.layer is _SERVERS:  # the last layer, and the longest
                break
            before = self._revisions.get(node.id)
            if node.revision and node.revision != before:
                self._revisions[node.id] = node.revision
                if before is not None:
                    self._changes[node.id] = Change(now, _sentence(node, before, graph.taken))

    def before(self, node_id: str, began: float | None) -> Change | None:
        """The last change of a node, if trouble that was noticed then may come from it; None began before all looks."""
        change = self._changes.get(node_id)
        if change is None or began is None or not -_TOLERANCE <= began - change.at <= _BEFORE:
            return None
        return change


_SERVERS: Final = Layer.SERVERS


def _sentence(node: Node, before: str, taken: str) -> str:
    words = _WORDS.get(node.kind, _ROLLED_OUT).format(before=before, after=node.revision)
    return f"{node.name} {words}, noticed {taken}."
