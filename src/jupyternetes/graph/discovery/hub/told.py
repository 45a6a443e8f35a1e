"""What does a hub say about what it depends on, and how does the way there fare by its word?"""

import re
from typing import Final

import msgspec

from jupyternetes.api.dependency_reasons import NO_ANSWER, SLOW_ANSWER
from jupyternetes.api.hub_dependencies import DependencyKind, HubDependency
from jupyternetes.graph.discovery.objects.address import Address, purpose_of, read_address
from jupyternetes.graph.discovery.observed import Observed, Place
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health, faring
from jupyternetes.graph.discovery.workloads import Workload
from jupyternetes.graph.model.graph import Edge, Evidence, edge
from jupyternetes.graph.model.kinds import EdgeKind, EvidenceKind, State
from jupyternetes.graph.observability.masking import mask
from jupyternetes.runtime.objects import key_of

#: How Kubernetes and hubs write reasons; what a hub tells under this name may be any text.
_REASON: Final = re.compile(r"[A-Z][A-Za-z]{1,40}")
TOLD: Final = Evidence(kind=EvidenceKind.TOLD, text="the hub says that it uses it")


def told_by(observed: Observed, hub: Workload, *wanted: DependencyKind) -> list[HubDependency]:
    """What the pods of a hub say of dependencies of these kinds."""
    return [each for pod in hub.pods for each in observed.told.get(key_of(pod), ()) if each.kind in wanted]


def tells(observed: Observed, hub: Workload) -> bool:
    """Whether the hub says anything about itself."""
    return any(key_of(pod) in observed.told for pod in hub.pods)


def literals(hub: Workload, purpose: str) -> dict[str, Address]:
    """Addresses in variables of the hub's containers whose names speak of this purpose, by these names."""
    variables = (each for pod in hub.pods for container in pod.spec.containers for each in container.env)
    named = {each.name: read_address(each.value) for each in variables if purpose_of(each.name) == purpose}
    return {name: address for name, address in named.items() if address is not None}


def word_of(told: HubDependency | None) -> Health:
    """Whether something answers the hub, by the hub's word; an answer that came too late is one that is slow.

    A hub with an earlier release of its module tells no reason.
    """
    if told is None:
        return UNKNOWN
    said = f"The hub says: {mask(told.message)}" if told.message else ""
    if told.up is None:
        return Health(State.UNKNOWN, message=said)
    if told.up:
        return Health(State.OK, since=told.since)
    if told.seconds is not None:
        return Health(State.DEGRADED, SLOW_ANSWER.name, said or SLOW_ANSWER.sentence, told.since)
    reason = told.reason if _REASON.fullmatch(told.reason) else NO_ANSWER.name
    return Health(State.FAILING, reason, said or NO_ANSWER.sentence, told.since)


def reached_from_here(observed: Observed, hub: Workload, told: HubDependency | None) -> bool | None:
    """Whether what a hub told of takes connections from where the graph is made; None if nothing follows from it."""
    return observed.reached.get(Place(hub.namespace, told.host, told.port)) if told is not None else None


def told_edge(
    kind: EdgeKind,
    source: str,
    target: str,
    evidence: Evidence,
    told: HubDependency | None,
    reached: bool | None = None,
) -> Edge:
    """An edge between a hub and what it depends on, with the hub's word on whether it gets answers over it.

    ``reached``: as `reached_from_here` says.
    """
    known = faring(edge(kind, source, target, evidence), word_of(told))
    if told is None:
        return known
    return msgspec.structs.replace(known, seconds=told.seconds, lasted=told.lasted, reached_from_here=reached)
