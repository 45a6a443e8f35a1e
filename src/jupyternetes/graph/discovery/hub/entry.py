"""How do people get in? By ways in from outside, then the proxy, then the hub and the servers behind it."""

from collections.abc import Iterable, Sequence, Set
from typing import Final, NamedTuple

from jupyternetes.api.hub_dependencies import DependencyKind, HubDependency
from jupyternetes.graph.discovery.draft import Draft, labelled, node_of, referenced
from jupyternetes.graph.discovery.hub.providers import REMEDY, Provider, add, at_address, confirmed
from jupyternetes.graph.discovery.hub.told import TOLD, reached_from_here, told_by, told_edge
from jupyternetes.graph.discovery.hub.ways_in import WayIn, ways_in
from jupyternetes.graph.discovery.objects.address import LOOPBACK, Address
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.workloads import Directory, Workload
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence, id_of
from jupyternetes.graph.model.kinds import EvidenceKind

#: Where configurable-http-proxy listens for people: by its default, and in the images of Open Data Hub.
_PROXY_PORTS: Final = (8000, 8080)
#: Hosts of a way in that are named; of more only the number is said.
_HOSTS: Final = 3


class Door(NamedTuple):
    """A node that leads people to their servers, and from what that is known."""

    id: str
    evidence: Evidence


class Entry:
    """Adds proxies and what leads to them to a draft."""

    def __init__(self, draft: Draft, observed: Observed, directory: Directory) -> None:
        self._draft = draft
        self._observed = observed
        self._directory = directory
        self._doors: set[str] = set()

    def add(self, hub: Workload, hub_id: str) -> list[Door]:
        """The proxies of a hub. The answer is what leads people to servers: these, or the hub with a proxy within."""
        proxies = confirmed(self._proxies(hub))
        for proxy in proxies:
            add(self._draft, proxy)
            self._draft.connect(kinds.SERVES, proxy.id, hub_id, proxy.evidence)
            # What the hub asks a proxy for is its routes.
            reached = reached_from_here(self._observed, hub, proxy.told)
            self._draft.edges.append(told_edge(kinds.ROUTES, hub_id, proxy.id, proxy.evidence, proxy.told, reached))
        doors = list({proxy.id: Door(proxy.id, proxy.evidence) for proxy in proxies}.values())
        if not doors and (within := self._proxy_within(hub)):
            doors = [Door(hub_id, within)]
        if not doors:
            self._draft.miss("the proxy", f"no pod was found that leads people to {hub.name}", REMEDY)
        self._doors.update(door.id for door in doors)
        return doors

    def add_ways_in(self) -> None:
        """What leads people to proxies. Call it after all hubs were added."""
        self._doors.update(self._draft.add_workload(kinds.PROXY, each) for each in self._directory.of_kind(kinds.PROXY))
        for front in self._directory.of_kind(kinds.INGRESS):
            front_id = self._draft.add_workload(kinds.INGRESS, front)
            for proxy in self._directory.partners(front, kinds.PROXY):
                proxy_id = id_of(kinds.PROXY, proxy.key, proxy.namespace)
                self._draft.connect(kinds.SERVES, front_id, proxy_id, labelled(front, proxy))
            self._doors.add(front_id)
        for way_in in ways_in(self._observed):
            self._publish(way_in)

    def _proxies(self, hub: Workload) -> Iterable[list[Provider]]:
        """Strongest first."""
        told = told_by(self._observed, hub, DependencyKind.PROXY)
        if any(each.host in LOOPBACK for each in told):
            return
        partners = self._directory.partners(hub, kinds.PROXY)
        yield [self._told_proxy(hub, each, partners) for each in told if each.host]
        yield [_in_pods(each, labelled(hub, each)) for each in partners]

    def _told_proxy(self, hub: Workload, told: HubDependency, partners: Sequence[Workload]) -> Provider:
        """The proxy behind the host that the hub names; where Services could not be read, that of the hub's release."""
        found = at_address(kinds.PROXY, Address(told.host, told.port), hub, self._directory, TOLD, told)
        is_near = "." not in told.host and len(partners) == 1
        workload = found.workload or (partners[0] if is_near else None)
        return found if workload is None else _in_pods(workload, TOLD, told)

    def _proxy_within(self, hub: Workload) -> Evidence | None:
        """JupyterHub starts a proxy of its own, in its pod, if it is not told of another one."""
        if any(each.host in LOOPBACK for each in told_by(self._observed, hub, DependencyKind.PROXY)):
            return TOLD
        port = next((port for port in _PROXY_PORTS if any(pod.listens_on(port) for pod in hub.pods)), None)
        text = f"{hub.name} listens on port {port}, and no proxy has pods of its own"
        return Evidence(kind=EvidenceKind.LABELLED, text=text) if port else None

    def _publish(self, way_in: WayIn) -> None:
        """Add a way in that leads to a door; there is none to others."""
        obj, services = way_in.object, self._directory.services
        for key in sorted(way_in.services):
            workload = self._directory.behind(services[key]) if key in services else None
            role = workload.role if workload else None
            if workload is None or role is None or role.kind is None:
                continue
            target = id_of(role.kind, workload.key, workload.namespace)
            if target in self._doors:
                place = f"{obj.kind.lower()}/{obj.name}"
                node = node_of(kinds.INGRESS, place, obj.name, way_in.health, namespace=obj.namespace, objects=(obj,))
                hosts = _listed(way_in.services[key])
                evidence = referenced(f"{obj.kind} {obj.name} leads{hosts} to pods of {workload.name}")
                self._draft.connect(kinds.SERVES, self._draft.add(node), target, evidence)


def _in_pods(proxy: Workload, evidence: Evidence, told: HubDependency | None = None) -> Provider:
    """A proxy has the id of its pods, whichever of its Services the hub names."""
    return Provider(kinds.PROXY, proxy.key, proxy.name, evidence, proxy.namespace, proxy, told)


def _listed(hosts: Set[str]) -> str:
    names = sorted(hosts)
    more = f" and {len(names) - _HOSTS} more" if len(names) > _HOSTS else ""
    return f" {', '.join(names[:_HOSTS])}{more}" if names else ""
