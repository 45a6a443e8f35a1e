"""Which objects lead people from outside of the cluster to Services, under which hosts, and how do they fare?"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final

from jupyternetes.graph.discovery.draft import object_id
from jupyternetes.graph.discovery.objects.gateway import HTTP_ROUTES
from jupyternetes.graph.discovery.objects.openshift import ROUTES
from jupyternetes.graph.discovery.objects.services import INGRESSES, SERVICES
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.health import Health
from jupyternetes.graph.discovery.states.ways_in import of_http_route, of_ingress, of_route, of_service
from jupyternetes.graph.model.graph import ObjectId
from jupyternetes.runtime.objects import ObjectKey, key_of

_PUBLISHED: Final = ("LoadBalancer", "NodePort")


@dataclass(frozen=True, slots=True)
class WayIn:
    """``object`` leads people to ``services``, each with the names that people use, where it says so."""

    object: ObjectId
    health: Health
    services: Mapping[ObjectKey, Set[str]]


def ways_in(observed: Observed) -> Iterator[WayIn]:
    """Published Services, Ingresses, OpenShift's Routes and the Gateway API's HTTPRoutes."""
    for service in sorted(observed.services, key=key_of):
        if service.spec.type in _PUBLISHED:
            yield WayIn(object_id(SERVICES, service), of_service(service), {key_of(service): frozenset()})
    for ingress in observed.ingresses:
        namespace = ingress.metadata.namespace
        led = {ObjectKey(namespace, name): hosts for name, hosts in ingress.hosts_by_service.items()}
        yield WayIn(object_id(INGRESSES, ingress), of_ingress(ingress), led)
    for route in observed.routes:
        hosts = {route.spec.host, *(each.host for each in route.status.ingress or ())} - {""}
        services = (ObjectKey(route.metadata.namespace, name) for name in route.services)
        yield WayIn(object_id(ROUTES, route), of_route(route), dict.fromkeys(services, hosts))
    for http_route in observed.http_routes:
        names = frozenset(http_route.spec.hostnames or ())
        led = dict.fromkeys(http_route.services, names)
        yield WayIn(object_id(HTTP_ROUTES, http_route), of_http_route(http_route), led)
