"""Which fields of Services, EndpointSlices and Ingresses does the graph read?

https://kubernetes.io/docs/concepts/services-networking/
"""

from typing import Final

from msgspec import field

from jupyternetes.api.core import ObjectReference
from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.runtime.decoding import Identity
from jupyternetes.runtime.resource import Resource


class ServiceSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of a Service; ``external_name`` is a host outside of the cluster that it stands for.

    ``cluster_ip`` is its address, the word ``None`` if it has none of its own.
    """

    type: str = "ClusterIP"
    cluster_ip: str = field(default="", name="clusterIP")
    selector: dict[str, str] = field(default_factory=dict[str, str])
    external_name: str = ""


class LoadBalancerIngress(Slim, frozen=True, kw_only=True):
    """An address by which a load balancer is reached."""

    ip: str = ""
    hostname: str = ""


class LoadBalancerStatus(Slim, frozen=True, kw_only=True):
    """Empty as long as nobody has made the load balancer."""

    ingress: tuple[LoadBalancerIngress, ...] = ()


class LoadBalanced(Slim, frozen=True, kw_only=True):
    """``status`` of a Service or an Ingress."""

    load_balancer: LoadBalancerStatus = LoadBalancerStatus()


class Service(Slim, frozen=True, kw_only=True):
    """A Service."""

    metadata: Identity = Identity()
    spec: ServiceSpec = ServiceSpec()
    status: LoadBalanced = LoadBalanced()


class Endpoint(Slim, frozen=True, kw_only=True):
    """``endpoints[]`` of an EndpointSlice."""

    target_ref: ObjectReference | None = None


class EndpointSlice(Slim, frozen=True, kw_only=True):
    """Which pods are behind a Service; without any, the API server writes null."""

    metadata: Metadata
    endpoints: tuple[Endpoint, ...] | None = None


class ServiceBackend(Slim, frozen=True, kw_only=True):
    """The Service that an Ingress leads to."""

    name: str = ""


class Backend(Slim, frozen=True, kw_only=True):
    """``backend`` of a path, or ``defaultBackend``."""

    service: ServiceBackend = ServiceBackend()


class IngressPath(Slim, frozen=True, kw_only=True):
    """``paths[]`` of a rule."""

    backend: Backend = Backend()


class IngressHttp(Slim, frozen=True, kw_only=True):
    """``http`` of a rule."""

    paths: tuple[IngressPath, ...] = ()


class IngressRule(Slim, frozen=True, kw_only=True):
    """``spec.rules[]`` of an Ingress; without a host it is for all."""

    host: str = ""
    http: IngressHttp = IngressHttp()


class IngressSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of an Ingress."""

    default_backend: Backend = Backend()
    rules: tuple[IngressRule, ...] = ()


class Ingress(Slim, frozen=True, kw_only=True):
    """An Ingress."""

    metadata: Identity = Identity()
    spec: IngressSpec = IngressSpec()
    status: LoadBalanced = LoadBalanced()

    @property
    def hosts_by_service(self) -> dict[str, set[str]]:
        """The names of the Services that it leads to, each with the hosts that lead there, where it names any."""
        led = [("", self.spec.default_backend)]
        led += [(rule.host, path.backend) for rule in self.spec.rules for path in rule.http.paths]
        found: dict[str, set[str]] = {}
        for host, backend in led:
            if backend.service.name:
                found.setdefault(backend.service.name, set()).update({host} - {""})
        return found


SERVICES: Final = Resource("", "v1", "services", "Service", Service)
ENDPOINT_SLICES: Final = Resource("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", EndpointSlice)
INGRESSES: Final = Resource("networking.k8s.io", "v1", "ingresses", "Ingress", Ingress)
