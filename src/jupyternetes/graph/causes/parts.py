"""What can be in trouble beside a node: the way between two nodes, or servers that fail alike. What are they called?"""

from dataclasses import dataclass

from jupyternetes.graph.model.graph import Edge, Graph, Node
from jupyternetes.graph.model.kinds import MOUNTS, ROUTES, State


def edge_id(edge: Edge) -> str:
    """An edge's name among the ids of nodes, none of which holds an arrow."""
    return f"{edge.source} -> {edge.target} ({edge.kind})"


@dataclass(frozen=True, slots=True)
class Alike:
    """Servers that fail for the same reason and have in common what could explain it; ``id`` is the server's own where
    there is only one.
    """

    id: str
    reason: str
    members: tuple[Node, ...]

    @property
    def servers(self) -> int:
        """How many they are."""
        return sum(node.count for node in self.members)

    @property
    def called(self) -> str:
        """What to call them in a sentence."""
        if len(self.members) == 1:
            return node_name(self.members[0])
        return f"{self.servers} servers that fail with {self.reason}"


#: What an id stands for that no node of the graph has.
Part = Alike | Edge


def asker(edge: Edge) -> str:
    """The id of the hub that tells whether it gets answers over an edge. What it asks a proxy for is its routes."""
    return edge.source if edge.kind == ROUTES.name else edge.target


def asked(edge: Edge) -> str:
    """The id of what the hub asks over an edge."""
    return edge.target if edge.kind == ROUTES.name else edge.source


def way_name(graph: Graph, edge: Edge) -> str:
    """What to call the way between two nodes."""
    return f"the way from {node_name(graph.by_id[edge.source])} to {node_name(graph.by_id[edge.target])}"


def is_well(graph: Graph, node: Node) -> bool:
    """Whether a node is well now: what the API server told before it went silent says nothing of that."""
    return node.state is State.OK and not graph.as_of


def volume_of(graph: Graph, node: Node) -> str:
    """The id of the volume that holds the files of a part; of several, one that is in trouble; the part's if none."""
    volumes = [graph.by_id[each.source] for each in graph.into_trouble.get(node.id, ()) if each.kind == MOUNTS.name]
    return next((each.id for each in sorted(volumes, key=lambda each: is_well(graph, each))), node.id)


def name_of(graph: Graph, node_id: str) -> str:
    """What to call a node, which may be missing in the graph for want of a right."""
    if (node := graph.by_id.get(node_id)) is not None:
        return node_name(node)
    kind, _, called = node_id.partition("/")
    return f"the {kind} {called}, which was not looked at"


def node_name(node: Node) -> str:
    """The kind and the name of a node, unless the name says no more than the kind."""
    noun = node.known_kind.noun
    return noun if node.name and node.name.lower() in noun.lower() else f"{noun} {node.name}".strip()
