"""From what was observed to the graph: pure, so that a recording gives the same graph as the cluster did."""

from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from jupyternetes.graph.discovery.accusations import add_accused
from jupyternetes.graph.discovery.claims import Claims
from jupyternetes.graph.discovery.cluster_operators import add_cluster_operators
from jupyternetes.graph.discovery.draft import Draft
from jupyternetes.graph.discovery.hub.database import Databases
from jupyternetes.graph.discovery.hub.entry import Entry
from jupyternetes.graph.discovery.hub.logins import Logins
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.platform import add_api, add_cluster_nodes, add_dns
from jupyternetes.graph.discovery.servers.beside import Beside
from jupyternetes.graph.discovery.servers.causes import Causes, Hub
from jupyternetes.graph.discovery.servers.operators import add_operators
from jupyternetes.graph.discovery.servers.servers import Servers
from jupyternetes.graph.discovery.servers.templates import Templates
from jupyternetes.graph.discovery.workloads import Directory
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, Node, assemble
from jupyternetes.graph.observability.masking import mask


def build(observed: Observed) -> Graph:
    """The parts of all deployments in the observed namespaces, and what depends on what.

    It raises nothing, whatever is missing: what could not be found is among the gaps. Its time grows with the number of
    objects: one to two seconds for 30,000 servers.
    """
    draft, directory, claims = Draft(gaps=list(observed.gaps)), Directory(observed), Claims(observed)
    hubs = _add_hubs(draft, observed, directory, claims)
    operators = add_operators(draft, observed, directory)
    for scheduler in directory.of_kind(kinds.USER_SCHEDULER):
        draft.add_workload(kinds.USER_SCHEDULER, scheduler)
    add_api(draft, observed, directory)
    add_dns(draft, observed, directory)
    causes = Causes(draft, observed, directory, hubs, operators)
    beside = Beside(draft, observed, operators)
    servers = Servers(draft, causes, Templates(draft, observed, causes), claims, beside)
    for instance in observed.instances:
        servers.add_instance(instance)
    for pod in directory.servers:
        servers.add_pod(pod)
    servers.add_claims()
    beside.add_shared()
    add_cluster_nodes(draft, observed)
    add_accused(draft, observed, claims)
    add_cluster_operators(draft, observed)
    return assemble(
        _masked(draft.nodes.values()),
        draft.edges,
        deployment=_deployment(observed, hubs),
        taken=observed.taken,
        as_of=observed.as_of,
        gaps=draft.gaps,
    )


def _masked(nodes: Iterable[Node]) -> Iterator[Node]:
    """A message may quote the end of a log, and that a credential; thousands of servers have the same message."""
    masked = cache(mask)
    for node in nodes:
        message = masked(node.message)
        yield node if message == node.message else msgspec.structs.replace(node, message=message)


def _add_hubs(draft: Draft, observed: Observed, directory: Directory, claims: Claims) -> list[Hub]:
    databases = Databases(draft, observed, directory, claims)
    logins, entry = Logins(draft, observed, directory), Entry(draft, observed, directory)
    hubs: list[Hub] = []
    for workload in directory.of_kind(kinds.HUB):
        hub_id = draft.add_workload(kinds.HUB, workload)
        databases.add(workload, hub_id)
        logins.add(workload, hub_id)
        hubs.append(Hub(workload, hub_id, entry.add(workload, hub_id)))
    entry.add_ways_in()
    if not hubs:
        where = ", ".join(observed.namespaces) or "any namespace"
        remedy = "Name the namespace that it runs in, and let pods there be read."
        draft.miss("the hub", f"no pod that was read in {where} is a hub by its labels or ports", remedy)
    return hubs


def _deployment(observed: Observed, hubs: list[Hub]) -> str:
    """Namespace and release of the hub, or of each."""
    names = ["/".join(filter(None, (hub.workload.namespace, hub.workload.release))) for hub in hubs]
    return ", ".join(names or observed.namespaces)
