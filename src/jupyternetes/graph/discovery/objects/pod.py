"""Which fields of pods does the graph read? Of variables and arguments only what tells addresses and places of work.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from typing import Final

from msgspec.structs import force_setattr

from jupyternetes.api import core
from jupyternetes.api.labels import INSTANCE
from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.api.shared import share
from jupyternetes.graph.discovery.objects.address import purpose_of, read_address
from jupyternetes.runtime.resource import Resource

#: Where the API server lets every container find its token, unless the pod or its account refuses one.
#: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
TOKEN_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - a folder
#: The arguments of our operators that tell where they work.
_ARGUMENTS: Final = ("--lease-name=", "--lease-namespace=", "--namespace=")


class EnvVar(Slim, frozen=True, kw_only=True):
    """A variable of a container; ``value`` is the address in its literal, if the name promises one, else empty.

    Any other value is dropped while it is decoded. What comes from a Secret or a ConfigMap is never decoded.
    """

    name: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        address = read_address(self.value) if self.value and purpose_of(self.name) else None
        force_setattr(self, "value", str(address) if address else "")


class ContainerPort(Slim, frozen=True, kw_only=True):
    """A port that a container says it listens on."""

    name: str = ""
    container_port: int = 0


class VolumeMount(Slim, frozen=True, kw_only=True):
    """Where a container sees a volume."""

    mount_path: str = ""


class Container(core.Container, frozen=True, kw_only=True):
    """A container of a Pod; of its arguments only those that tell where an operator of ours works."""

    image: str = ""
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    volume_mounts: tuple[VolumeMount, ...] = ()

    def __post_init__(self) -> None:
        share(self, "image")
        force_setattr(self, "args", tuple(each for each in self.args if each.startswith(_ARGUMENTS)))


class Volume(core.Volume, frozen=True, kw_only=True):
    """A volume of a Pod, with its name within the pod."""

    name: str = ""


class PodSpec(core.PodSpec, frozen=True, kw_only=True):
    """``spec`` of a Pod."""

    containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    dns_policy: str = "ClusterFirst"
    host_network: bool = False
    scheduler_name: str = "default-scheduler"


class Pod(core.Pod, frozen=True, kw_only=True):
    """A Pod, with what tells on whom it depends."""

    metadata: Metadata
    spec: PodSpec = PodSpec()

    @property
    def of_instance(self) -> bool:
        """Whether our operators made it for an Instance."""
        return INSTANCE in self.metadata.labels

    @property
    def mounts_token(self) -> bool:
        """Whether a container of it can speak to the API server as a service account."""
        return any(mount.mount_path == TOKEN_PATH for each in self.spec.containers for mount in each.volume_mounts)

    @property
    def uses_cluster_dns(self) -> bool:
        """https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy"""
        policy = self.spec.dns_policy
        return policy == "ClusterFirstWithHostNet" or (policy == "ClusterFirst" and not self.spec.host_network)

    @property
    def claims_by_volume(self) -> dict[str, str]:
        """The claims that it mounts, by the names of their volumes within the pod."""
        sources = ((each.name, each.persistent_volume_claim) for each in self.spec.volumes)
        return {name: source.claim_name for name, source in sources if source is not None}

    def listens_on(self, *ports: int) -> bool:
        """Whether one of its containers names one of these ports."""
        return any(port.container_port in ports for each in self.spec.containers for port in each.ports)

    def options(self, name: str) -> list[str]:
        """The values of ``--name=value`` among its containers' arguments."""
        prefix = f"--{name}="
        arguments = (argument for each in self.spec.containers for argument in each.args)
        return [argument.removeprefix(prefix) for argument in arguments if argument.startswith(prefix)]


PODS: Final = Resource("", "v1", "pods", "Pod", Pod)
