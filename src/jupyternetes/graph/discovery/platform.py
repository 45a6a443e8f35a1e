"""What of the cluster itself do the parts depend on? The API server, DNS, and the nodes that run them."""

from collections.abc import Iterable
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.graph.discovery.draft import Arrow, Draft, guessed, labelled, node_of, object_id, referenced
from jupyternetes.graph.discovery.objects.cluster import CLUSTER_NODES
from jupyternetes.graph.discovery.objects.pod import PODS
from jupyternetes.graph.discovery.observed import ApiServer, Observed
from jupyternetes.graph.discovery.states.cluster_operators import of_cluster_operator
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health
from jupyternetes.graph.discovery.states.objects import of_cluster_node
from jupyternetes.graph.discovery.states.pods import changing_since, of_pods, revision_of, series_of
from jupyternetes.graph.discovery.workloads import Directory, Workload
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence, ObjectId, id_of
from jupyternetes.graph.model.kinds import NodeKind, State

#: Parts that do their work through the API server.
_API_CLIENTS: Final = (kinds.HUB, kinds.USER_SCHEDULER, kinds.OPERATOR)
#: Parts that reach others by name. Operators find the API server by an address in their environment.
_DNS_CLIENTS: Final = (kinds.HUB, kinds.PROXY)
_DNS_OPERATOR: Final = "dns"


def add_api(draft: Draft, observed: Observed, directory: Directory) -> None:
    """The API server, which is always there: it is what we ask."""
    api = draft.add(node_of(kinds.API_SERVER, "", "Kubernetes API", _of_api(observed.api)))
    for kind, workload in _of_kinds(directory, _API_CLIENTS):
        draft.connect(kinds.ANSWERS, api, id_of(kind, workload.key, workload.namespace), _asks(workload))


def add_dns(draft: Draft, observed: Observed, directory: Directory) -> None:
    """The cluster's DNS, if a part uses it; its state only if its pods, or OpenShift's operator of it, were read."""
    users = [(kind, each) for kind, each in _of_kinds(directory, _DNS_CLIENTS) if _uses_dns(each)]
    if not users:
        return
    found = directory.of_kind(kinds.DNS)
    pods = [pod for each in found for pod in each.pods]
    objects = tuple(object_id(PODS, pod) for pod in pods)
    health = of_pods(pods) if pods else UNKNOWN
    dns = draft.add(
        node_of(
            kinds.DNS,
            "",
            "DNS",
            health,
            objects=objects,
            series=series_of(pods),
            changing=changing_since(pods),
            revision=revision_of(pods),
        )
    )
    draft.place(dns, pods)
    told = (of_cluster_operator(each) for each in observed.cluster_operators if each.metadata.name == _DNS_OPERATOR)
    if not pods and all(each.state is State.UNKNOWN for each in told):
        remedy = "Look at its namespace as well: kube-system, or openshift-dns on OpenShift."
        draft.miss("how the cluster's DNS fares", "its pods are in none of the namespaces that were read", remedy)
    for kind, workload in users:
        known = referenced(f"spec.dnsPolicy of {workload.pods[0].metadata.name}")
        draft.connect(kinds.RESOLVES, dns, id_of(kind, workload.key, workload.namespace), known)


def add_cluster_nodes(draft: Draft, observed: Observed) -> None:
    """The nodes that run a part or a server, if nodes could be read. Call it after all else was added."""
    if observed.cluster_nodes is None:
        return
    nodes = {each.metadata.name: each for each in observed.cluster_nodes}
    servers = ((node.cluster_node, node.id) for node in list(draft.nodes.values()) if node.cluster_node)
    arrows: dict[str, tuple[str, Arrow]] = {}
    for name, target in (*sorted(draft.placed), *servers):
        if name not in arrows:
            found = nodes.get(name)
            gone = Health(State.FAILING, reasons.NODE_LOST.name, f"There is no node {name}.")
            health = of_cluster_node(found) if found else gone
            objects = (ObjectId(kind=CLUSTER_NODES.kind, name=name),)
            node = node_of(kinds.CLUSTER_NODE, name, name, health, objects=objects)
            arrows[name] = draft.add(node), Arrow(kinds.RUNS, referenced(f"spec.nodeName of its pod is {name}"))
        source, arrow = arrows[name]
        draft.edges.append(arrow(source, target))


def _of_api(api: ApiServer) -> Health:
    if api.reachable is None:
        return UNKNOWN
    if not api.reachable:
        return Health(State.FAILING, reasons.API_UNAVAILABLE.name, api.message)
    return Health(State.OK, message=f"Version {api.version}" if api.version else "")


def _asks(workload: Workload) -> Evidence:
    pod = next((pod for pod in workload.pods if pod.mounts_token), None)
    if pod is not None:
        return referenced(f"Pod {pod.metadata.name} mounts the token of its service account")
    if workload.pods and workload.is_a(kinds.HUB):
        return guessed(f"{workload.name} mounts no token, but may start servers with another one")
    return labelled(workload)


def _uses_dns(workload: Workload) -> bool:
    return any(pod.uses_cluster_dns for pod in workload.pods)


def _of_kinds(directory: Directory, wanted: Iterable[NodeKind]) -> Iterable[tuple[NodeKind, Workload]]:
    return ((kind, workload) for kind in wanted for workload in directory.of_kind(kind))
