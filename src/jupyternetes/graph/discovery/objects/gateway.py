"""Which fields of the Gateway API's HTTPRoutes does the graph read?

https://gateway-api.sigs.k8s.io/reference/spec/#httproute
"""

from typing import Final

from jupyternetes.api.core import PodCondition
from jupyternetes.api.metadata import Slim
from jupyternetes.runtime.decoding import Identity
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.runtime.resource import Resource


class BackendRef(Slim, frozen=True, kw_only=True):
    """A Service that a rule leads to, in the HTTPRoute's namespace unless it names one.

    One with the weight 0 gets no requests.
    """

    group: str = ""
    kind: str = "Service"
    name: str = ""
    namespace: str = ""
    weight: int | None = None


class HttpRouteRule(Slim, frozen=True, kw_only=True):
    """``spec.rules[]`` of an HTTPRoute."""

    backend_refs: tuple[BackendRef, ...] | None = None


class HttpRouteSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of an HTTPRoute."""

    hostnames: tuple[str, ...] | None = None
    rules: tuple[HttpRouteRule, ...] | None = None


class RouteParent(Slim, frozen=True, kw_only=True):
    """``status.parents[]``: what one Gateway says of the HTTPRoute; its conditions look like those of a Pod."""

    conditions: tuple[PodCondition, ...] | None = None


class HttpRouteStatus(Slim, frozen=True, kw_only=True):
    """``status`` of an HTTPRoute."""

    parents: tuple[RouteParent, ...] | None = None


class HttpRoute(Slim, frozen=True, kw_only=True):
    """An HTTPRoute: how a Gateway leads requests to Services."""

    metadata: Identity = Identity()
    spec: HttpRouteSpec = HttpRouteSpec()
    status: HttpRouteStatus = HttpRouteStatus()

    @property
    def services(self) -> set[ObjectKey]:
        """The Services that it leads to."""
        return {
            ObjectKey(ref.namespace or self.metadata.namespace, ref.name)
            for ref in self._backends
            if (ref.group, ref.kind) == ("", "Service") and ref.name
        }

    @property
    def has_several_backends(self) -> bool:
        """Whether more than one backend gets requests, of whatever kind they are."""
        return len(set(self._backends)) > 1

    @property
    def _backends(self) -> list[BackendRef]:
        return [ref for rule in self.spec.rules or () for ref in rule.backend_refs or () if ref.weight != 0]


HTTP_ROUTES: Final = Resource("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", HttpRoute)
