"""What does a hub say about what it depends on, and how does that fare by its word?"""

from typing import Final

from jupyternetes.api.hub_dependencies import DependencyKind, HubDependency
from jupyternetes.graph.discovery.objects.address import Address, purpose_of, read_address
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health
from jupyternetes.graph.discovery.workloads import Workload
from jupyternetes.graph.model.graph import Evidence
from jupyternetes.graph.model.kinds import EvidenceKind, State
from jupyternetes.runtime.objects import key_of

TOLD: Final = Evidence(kind=EvidenceKind.TOLD, text="the hub says that it uses it")


def told_by(observed: Observed, hub: Workload, *wanted: DependencyKind) -> list[HubDependency]:
    """What the pods of a hub say of dependencies of these kinds."""
    return [each for pod in hub.pods for each in observed.told.get(key_of(pod), ()) if each.kind in wanted]


def tells(observed: Observed, hub: Workload) -> bool:
    """Whether the hub says anything about itself."""
    return any(key_of(pod) in observed.told for pod in hub.pods)


def literals(hub: Workload, purpose: str) -> dict[str, Address]:
    """Addresses in variables of the hub's containers whose names speak of a database or of OAuth, by these names."""
    variables = (each for pod in hub.pods for container in pod.spec.containers for each in container.env)
    named = {each.name: read_address(each.value) for each in variables if purpose_of(each.name) == purpose}
    return {name: address for name, address in named.items() if address is not None}


def fares(workload: Workload | None, told: HubDependency | None = None) -> Health:
    """How something fares that the hub depends on: by the hub's word if it gets no answer, else by its pods."""
    if told is not None and told.up is False:
        message = f"The hub says: {told.message}" if told.message else "It does not answer the hub."
        return Health(State.FAILING, "NoAnswer", message, told.since)
    if workload is not None:
        return workload.health
    return Health(State.OK) if told is not None and told.up else UNKNOWN
