"""Pods, claims and Events, as far as we read them.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ ·
https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/
"""

from msgspec import field

from jupyternetes.api.metadata import BareMetadata, Slim


class PodCondition(Slim, frozen=True, kw_only=True):
    """``status.conditions[]`` of a Pod: ``Ready``, ``PodScheduled``, ``DisruptionTarget``, …"""

    type: str
    status: str = "Unknown"
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None


class StateWaiting(Slim, frozen=True, kw_only=True):
    """Why a container does not run yet."""

    reason: str = ""
    message: str = ""


class StateRunning(Slim, frozen=True, kw_only=True):
    """A container whose program runs."""

    started_at: str | None = None


class StateTerminated(Slim, frozen=True, kw_only=True):
    """How a container ended."""

    exit_code: int = 0
    reason: str = ""
    message: str = ""
    finished_at: str | None = None


class ContainerState(Slim, frozen=True, kw_only=True):
    """Waiting, running or terminated; exactly one is set."""

    waiting: StateWaiting | None = None
    running: StateRunning | None = None
    terminated: StateTerminated | None = None


class ContainerStatus(Slim, frozen=True, kw_only=True):
    """``status.containerStatuses[]`` of a Pod."""

    name: str
    ready: bool = False
    restart_count: int = 0
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()


class PodStatus(Slim, frozen=True, kw_only=True):
    """``status`` of a Pod."""

    phase: str = "Pending"
    reason: str = ""
    message: str = ""
    pod_ip: str = field(default="", name="podIP")
    conditions: tuple[PodCondition, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()


class ExitCodes(Slim, frozen=True, kw_only=True):
    """Which exit codes a rule on restarts is about: ``In`` or ``NotIn`` these."""

    operator: str = ""
    values: tuple[int, ...] = ()


class RestartRule(Slim, frozen=True, kw_only=True):
    """``restartPolicyRules[]`` of a container: what the kubelet does at these exit codes."""

    action: str = ""
    exit_codes: ExitCodes | None = None


class Container(Slim, frozen=True, kw_only=True):
    """A container of a Pod; an empty ``restart_policy`` means the pod's."""

    name: str
    restart_policy: str = ""
    restart_policy_rules: tuple[RestartRule, ...] = ()


class ReadinessGate(Slim, frozen=True, kw_only=True):
    """``spec.readinessGates[]`` of a Pod: a condition that has to be true for the pod to be Ready."""

    condition_type: str


class ClaimSource(Slim, frozen=True, kw_only=True):
    """The claim that a volume mounts."""

    claim_name: str = ""


class Volume(Slim, frozen=True, kw_only=True):
    """``spec.volumes[]`` of a Pod, as far as it mounts a claim."""

    persistent_volume_claim: ClaimSource | None = None


class PodSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of a Pod: where it runs, of which containers, and what the kubelet does when one ends."""

    node_name: str = ""
    restart_policy: str = "Always"
    init_containers: tuple[Container, ...] = ()
    containers: tuple[Container, ...] = ()
    readiness_gates: tuple[ReadinessGate, ...] = ()
    volumes: tuple[Volume, ...] = ()


class Pod(Slim, frozen=True, kw_only=True):
    """A Pod."""

    metadata: BareMetadata
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    @property
    def ended(self) -> bool:
        """Whether all its containers terminated for good (phase Succeeded or Failed)."""
        return self.status.phase in ("Succeeded", "Failed")

    @property
    def claims(self) -> set[str]:
        """Names of the claims that it mounts."""
        sources = (volume.persistent_volume_claim for volume in self.spec.volumes)
        return {source.claim_name for source in sources if source is not None}

    @property
    def present(self) -> bool:
        """Whether it counts as a server: neither ended nor on its way out."""
        return not self.ended and not self.metadata.deleting


class ClaimStatus(Slim, frozen=True, kw_only=True):
    """``status`` of a PersistentVolumeClaim."""

    phase: str = "Pending"


class ClaimResources(Slim, frozen=True, kw_only=True):
    """``spec.resources`` of a PersistentVolumeClaim."""

    requests: dict[str, str] = field(default_factory=dict[str, str])


class ClaimSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of a PersistentVolumeClaim; an empty class is one that needs no provisioner."""

    access_modes: tuple[str, ...] = ()
    resources: ClaimResources = ClaimResources()
    storage_class_name: str | None = None
    volume_mode: str = "Filesystem"


class Claim(Slim, frozen=True, kw_only=True):
    """A PersistentVolumeClaim."""

    metadata: BareMetadata
    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()


class ObjectReference(Slim, frozen=True, kw_only=True):
    """What an Event is about."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


class Event(Slim, frozen=True, kw_only=True):
    """An Event, as `kubectl get events` shows it."""

    metadata: BareMetadata
    involved_object: ObjectReference = ObjectReference()
    type: str = "Normal"
    reason: str = ""
    message: str = ""
    last_timestamp: str | None = None
    event_time: str | None = None

    @property
    def last_seen(self) -> str:
        """When it happened last, RFC 3339."""
        return self.last_timestamp or self.event_time or self.metadata.creation_timestamp


class Nothing(Slim, frozen=True, kw_only=True):
    """An object of which only the metadata matters to us: a Secret that is created or deleted and never read."""

    metadata: BareMetadata
