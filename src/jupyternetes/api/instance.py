"""The JupyterNotebookInstance: which Template, which values, and what became of it."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from msgspec import Meta, field

from jupyternetes.api.conditions import Condition
from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.api.partial_decode import Fault, partial_decode

Provisioned = Literal["Pending", "Completed", "Partially Processed"]
State = Literal["Processed", "Running", "Stopped", "Error"]

# As in the CustomResourceDefinition, which may have been another one when the Instance was written.
StartId = Annotated[str, Meta(pattern="^([1-9][0-9]{0,9})?$")]
EnvironmentName = Annotated[str, Meta(pattern="^(?!(token|namespace)$)[A-Za-z_][A-Za-z0-9_]*$")]
GraceSeconds = Annotated[int, Meta(ge=0, le=86400)]


class TemplateReference(Slim, frozen=True, kw_only=True):
    """``spec.template``; an empty namespace means the Instance's own."""

    name: str = ""
    namespace: str = ""


class InstanceSpec(Slim, frozen=True, kw_only=True):
    """What the hub asks for."""

    template: TemplateReference = TemplateReference()
    variables: dict[str, str] = field(default_factory=dict[str, str])
    hub_environment: tuple[EnvironmentName, ...] = ()
    suspend: bool = False
    start_id: StartId = ""
    grace_period_seconds: GraceSeconds | None = None


class ClaimState(Slim, frozen=True, kw_only=True):
    """``status.pvcs.<entry>``, the PVC operator's."""

    resource_name: str = ""
    state: State = "Processed"
    error_message: str = ""
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    reclaim_policy: str = ""


class ResourceState(Slim, frozen=True, kw_only=True):
    """``status.otherResources.<entry>``; nobody writes it yet."""

    resource_name: str = ""
    state: State = "Processed"
    error_message: str = ""
    parameters: dict[str, str] = field(default_factory=dict[str, str])


class ProgressEntry(Slim, frozen=True, kw_only=True):
    """One thing that happened on the way to a running server; ``time`` is RFC 3339."""

    time: str
    reason: str = ""
    message: str = ""


class PodState(Slim, frozen=True, kw_only=True):
    """``status.pods.<entry>``; the first five fields are the Pod operator's, the others the Pod status operator's."""

    resource_name: str = ""
    uid: str = ""
    start_id: str = ""
    error_message: str = ""
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    state: State = "Processed"
    observed_uid: str = ""
    pod_address: str = ""
    port_number: int | None = None
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    restarts: int = 0
    progress: tuple[ProgressEntry, ...] = ()


class Termination(Slim, frozen=True, kw_only=True):
    """``status.lastTermination.<entry>``: how the last server ended, kept after its pod is gone."""

    time: str = ""
    reason: str = ""
    exit_code: int | None = None
    message: str = ""


class InstanceStatus(Slim, frozen=True, kw_only=True):
    """What the operators report."""

    observed_generation: int = 0
    pvcs: dict[str, ClaimState] = field(default_factory=dict[str, ClaimState])
    pods: dict[str, PodState] = field(default_factory=dict[str, PodState])
    pvcs_provisioned: Provisioned = "Pending"
    pods_provisioned: Provisioned = "Pending"
    other_resources: dict[str, ResourceState] = field(default_factory=dict[str, ResourceState])
    other_resources_provisioned: dict[str, str] = field(default_factory=dict[str, str])
    last_termination: dict[str, Termination] = field(default_factory=dict[str, Termination])
    address: str = ""
    node_name: str = ""
    conditions: tuple[Condition, ...] = ()


def host_and_port(host: str, port: int) -> str:
    """``status.address``: as in a URL, an address of IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Instance(Slim, frozen=True, kw_only=True):
    """A JupyterNotebookInstance; ``unreadable`` says which of its values could not be read, and why."""

    metadata: Metadata
    spec: InstanceSpec = InstanceSpec()
    status: InstanceStatus = InstanceStatus()
    unreadable: tuple[Fault, ...] = field(default=(), name="jupyternetes:unreadable")

    @classmethod
    def partial_decode(cls, data: Mapping[str, object]) -> Self:
        """An Instance that does not fit, but for what is ``unreadable``. Raises msgspec.ValidationError."""
        fields, faults = partial_decode(cls, data)
        return cls(**{**fields, "unreadable": tuple(faults)})  # pyright: ignore[reportArgumentType]

    @property
    def primary_entry(self) -> str | None:
        """The entry of ``status.pods`` that serves, as far as the status tells; the Template, where known, says it."""
        pods = self.status.pods
        serving = (name for name, state in pods.items() if state.port_number is not None)
        return next(serving, "notebook" if "notebook" in pods else next(iter(pods), None))

    @property
    def template_key(self) -> tuple[str, str]:
        """Namespace and name of the Template it asks for."""
        return self.spec.template.namespace or self.metadata.namespace, self.spec.template.name
