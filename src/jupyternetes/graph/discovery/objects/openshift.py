"""Which fields of OpenShift's Routes and ClusterOperators does the graph read?

https://github.com/openshift/api/blob/master/route/v1/types.go
https://github.com/openshift/api/blob/master/config/v1/types_cluster_operator.go
"""

from typing import Final

from jupyternetes.api.core import PodCondition
from jupyternetes.api.metadata import Slim
from jupyternetes.runtime.decoding import Identity
from jupyternetes.runtime.resource import Resource


class RouteTarget(Slim, frozen=True, kw_only=True):
    """A Service that a Route leads to; one with the weight 0 gets no requests."""

    kind: str = "Service"
    name: str = ""
    weight: int | None = None


class RouteSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of a Route."""

    host: str = ""
    to: RouteTarget = RouteTarget()
    alternate_backends: tuple[RouteTarget, ...] | None = None


class RouteIngress(Slim, frozen=True, kw_only=True):
    """``status.ingress[]``: what one router says of the Route; its conditions look like those of a Pod."""

    host: str = ""
    conditions: tuple[PodCondition, ...] | None = None


class RouteStatus(Slim, frozen=True, kw_only=True):
    """``status`` of a Route."""

    ingress: tuple[RouteIngress, ...] | None = None


class Route(Slim, frozen=True, kw_only=True):
    """A Route: OpenShift's own way in."""

    metadata: Identity = Identity()
    spec: RouteSpec = RouteSpec()
    status: RouteStatus = RouteStatus()

    @property
    def services(self) -> set[str]:
        """The names of the Services that it leads to."""
        targets = (self.spec.to, *(self.spec.alternate_backends or ()))
        return {each.name for each in targets if each.kind == "Service" and each.name and each.weight != 0}


class ClusterOperatorStatus(Slim, frozen=True, kw_only=True):
    """``status`` of a ClusterOperator; its conditions look like those of a Pod."""

    conditions: tuple[PodCondition, ...] | None = None


class ClusterOperator(Slim, frozen=True, kw_only=True):
    """What a part of OpenShift says about itself."""

    metadata: Identity = Identity()
    status: ClusterOperatorStatus = ClusterOperatorStatus()


ROUTES: Final = Resource("route.openshift.io", "v1", "routes", "Route", Route)
CLUSTER_OPERATORS: Final = Resource("config.openshift.io", "v1", "clusteroperators", "ClusterOperator", ClusterOperator)
