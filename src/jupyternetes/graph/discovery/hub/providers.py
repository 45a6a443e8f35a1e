"""What does a hub depend on outside of itself? Of several sources the strongest counts, and weaker ones confirm it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.draft import Draft, node_of
from jupyternetes.graph.discovery.hub.told import reached_from_here, told_edge, word_of
from jupyternetes.graph.discovery.objects.address import LOOPBACK, Address
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health, faring
from jupyternetes.graph.discovery.workloads import Directory, Workload
from jupyternetes.graph.model.graph import Evidence, gravest, id_of
from jupyternetes.graph.model.kinds import EdgeKind, NodeKind, State

REMEDY: Final = "Let the hub tell it, by loading Jupyternetes' module in it, or declare it in the file of additions."


@dataclass(frozen=True, slots=True)
class Provider:
    """Something that may be what a hub depends on, with the evidence for that.

    ``workload`` is None for what does not run in the observed namespaces, or not in pods of its own; ``health`` is how
    it fares where neither pods nor the hub tell.
    """

    kind: NodeKind
    key: str
    name: str
    evidence: Evidence
    namespace: str = ""
    workload: Workload | None = None
    told: HubDependency | None = None
    health: Health | None = None

    @property
    def id(self) -> str:
        """The id of its node."""
        return id_of(self.kind, self.key, self.namespace)


def at_address(
    kind: NodeKind,
    address: Address,
    hub: Workload,
    directory: Directory,
    evidence: Evidence,
    told: HubDependency | None = None,
) -> Provider:
    """What listens at an address as ``hub`` sees it: the pods behind a Service, or a host outside of the cluster."""
    if address.host in LOOPBACK:  # in the hub's own pod, such as a sidecar that leads elsewhere
        return without_address(kind, address.host, f"{address.host} of {hub.name}", hub, evidence, told)
    service = directory.service(address.host, hub.namespace)
    if service is None or service.spec.external_name:
        host = service.spec.external_name if service else address.host
        return Provider(kind, host, host, evidence, told=told)
    meta, workload = service.metadata, directory.behind(service)
    name = workload.name if workload else meta.name
    return Provider(kind, meta.name, name, evidence, meta.namespace, workload, told)


def without_address(
    kind: NodeKind,
    what: str,
    name: str,
    hub: Workload,
    evidence: Evidence,
    told: HubDependency | None = None,
    health: Health | None = None,
) -> Provider:
    """What has no address in a network, or none that the hub may show; ``what`` tells it from others of its hub."""
    return Provider(kind, f"{hub.key}-{what}", name, evidence, hub.namespace, told=told, health=health)


def in_pods(
    kind: NodeKind, workload: Workload, directory: Directory, evidence: Evidence, told: HubDependency | None = None
) -> Provider:
    """The provider that runs in these pods: the same as at the address of a Service that leads to them."""
    services = directory.services_of(workload)
    key = services[0].metadata.name if services else workload.key
    return Provider(kind, key, workload.name, evidence, workload.namespace, workload, told)


def confirmed(sources: Iterable[Sequence[Provider]]) -> list[Provider]:
    """The providers of the first source that knows any, and those of later ones that are the same."""
    chosen: list[Provider] = []
    for source in sources:
        known = {provider.id for provider in chosen}
        chosen += [provider for provider in source if not known or provider.id in known]
    return chosen


def connect(
    draft: Draft, observed: Observed, kind: EdgeKind, providers: Iterable[Provider], hub: Workload, hub_id: str
) -> None:
    """Add the nodes of providers, and the edges from them to their hub."""
    for each in providers:
        add(draft, each)
        reached = reached_from_here(observed, hub, each.told)
        draft.edges.append(told_edge(kind, each.id, hub_id, each.evidence, each.told, reached))


def add(draft: Draft, provider: Provider) -> None:
    """Add the node of a provider, which may be there already since another hub depends on it too."""
    seen = provider.workload.health if provider.workload is not None else UNKNOWN
    if provider.workload is not None:
        draft.add_workload(provider.kind, provider.workload, seen, key=provider.key, name=provider.name)
    else:
        draft.add(node_of(provider.kind, provider.key, provider.name, seen, namespace=provider.namespace))
        _miss_namespace(draft, provider)
    node = draft.nodes[provider.id]
    before = Health(node.state, node.reason, node.message, node.since)
    now = _with_word(before, word_of(provider.told), seen=seen.state is not State.UNKNOWN)
    if now.state is State.UNKNOWN and provider.health is not None:
        now = provider.health
    draft.nodes[provider.id] = faring(node, now)


def _with_word(fares: Health, word: Health, *, seen: bool) -> Health:
    """How something fares of which a hub has told; ``seen``: whether its pods tell how they fare.

    If they are well and no answer comes from it, the trouble may be on the way between: the edge says that. If nothing
    is seen of it, what hubs tell is all there is. What answers one hub works, at least in part.
    """
    if word.state in (State.UNKNOWN, fares.state) or (seen and fares.state is not State.FAILING):
        return fares
    if fares.state is State.UNKNOWN:
        return word
    return replace(gravest((fares, word)), state=State.DEGRADED)


def _miss_namespace(draft: Draft, provider: Provider) -> None:
    """Say so if it is in the cluster by its name, and nothing that was read tells which pods it has."""
    parts = provider.name.split(".")
    if len(parts) > 2 and parts[2] == "svc":
        why = f"no Service {parts[0]} was read in namespace {parts[1]}"
        remedy = f"Look at namespace {parts[1]} as well, with the rights to list services and pods there."
        draft.miss(f"the pods of {provider.name}", why, remedy)
