"""What was found in the cluster: the input of everything that decides, so that it can be tested without a cluster."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.api.template import Template
from jupyternetes.graph.discovery.objects.cluster import Claim, ClusterNode, Event, Lease, Quota
from jupyternetes.graph.discovery.objects.gateway import HttpRoute
from jupyternetes.graph.discovery.objects.instances import Instance
from jupyternetes.graph.discovery.objects.openshift import ClusterOperator, Route
from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.discovery.objects.services import EndpointSlice, Ingress, Service
from jupyternetes.graph.model.graph import Gap
from jupyternetes.runtime.objects import ObjectKey


@dataclass(frozen=True, slots=True)
class ApiServer:
    """How the API server answered us; ``reachable`` is None if it was not asked. ``version`` as in ``v1.36.0``."""

    reachable: bool | None = None
    version: str = ""
    message: str = ""


class Place(NamedTuple):
    """An address as a hub in ``namespace`` uses it: a short name means a Service of that namespace."""

    namespace: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was found in some namespaces at one moment (``taken``, RFC 3339 in UTC).

    ``pods`` are without those that belong to Instances. ``cluster_nodes`` is None if they were not asked for or could
    not be read. ``unread``: resources (plural) and namespaces of what else could not be read; ``gaps`` says why.
    ``told``: what each hub says, by the namespace and name of its pod; ``authenticators``: the name of the class that
    says who people are, empty where the hub has not made it yet. ``reached``: whether what hubs told of takes a
    connection from here; where it does not, only if it did before. ``as_of``: when the API server answered last, RFC
    3339, if it no longer does; what it told is as old.
    """

    taken: str = ""
    as_of: str = ""
    namespaces: Sequence[str] = ()
    api: ApiServer = ApiServer()
    instances: Sequence[Instance] = ()
    templates: Sequence[Template] = ()
    pods: Sequence[Pod] = ()
    claims: Sequence[Claim] = ()
    services: Sequence[Service] = ()
    endpoint_slices: Sequence[EndpointSlice] = ()
    ingresses: Sequence[Ingress] = ()
    routes: Sequence[Route] = ()
    http_routes: Sequence[HttpRoute] = ()
    quotas: Sequence[Quota] = ()
    leases: Sequence[Lease] = ()
    events: Sequence[Event] = ()
    cluster_nodes: Sequence[ClusterNode] | None = None
    cluster_operators: Sequence[ClusterOperator] = ()
    unread: Set[tuple[str, str]] = frozenset()
    told: Mapping[ObjectKey, Sequence[HubDependency]] = field(default_factory=dict[ObjectKey, Sequence[HubDependency]])
    authenticators: Mapping[ObjectKey, str] = field(default_factory=dict[ObjectKey, str])
    reached: Mapping[Place, bool] = field(default_factory=dict[Place, bool])
    gaps: Sequence[Gap] = ()

    def was_read(self, resource: str, namespace: str) -> bool:
        """Whether an object of this resource and namespace that was not found is not there."""
        return namespace in self.namespaces and (resource, namespace) not in self.unread
