"""Volume claims by name: how each fares, and its node."""

from jupyternetes.api import claim_reasons
from jupyternetes.graph.discovery.draft import node_of, object_id
from jupyternetes.graph.discovery.objects.cluster import CLAIMS, Claim
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health
from jupyternetes.graph.discovery.states.objects import of_claim
from jupyternetes.graph.model.graph import Node, ObjectId
from jupyternetes.graph.model.kinds import NodeKind, State
from jupyternetes.runtime.objects import ObjectKey, key_of


class Claims:
    """The claims that were observed."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._claims = {key_of(each): each for each in observed.claims}

    def get(self, namespace: str, name: str) -> Claim | None:
        """The claim of this name."""
        return self._claims.get(ObjectKey(namespace, name))

    def health(self, namespace: str, name: str) -> Health:
        """How a claim fares; one that does not exist fails, if claims could be read at all."""
        claim = self.get(namespace, name)
        if claim is not None:
            return of_claim(claim)
        if self._observed.was_read(CLAIMS.plural, namespace):
            return Health(State.FAILING, claim_reasons.CLAIM_NOT_FOUND.name, f"There is no claim {name}.")
        return UNKNOWN

    def node(self, kind: NodeKind, namespace: str, name: str) -> Node:
        """Its node: of the servers' layer, or a volume of the hub or its database."""
        claim = self.get(namespace, name)
        known = ObjectId(kind=CLAIMS.kind, name=name, namespace=namespace)
        objects = (object_id(CLAIMS, claim) if claim is not None else known,)
        return node_of(kind, name, name, self.health(namespace, name), namespace=namespace, objects=objects)
