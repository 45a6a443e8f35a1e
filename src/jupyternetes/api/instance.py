"""The JupyterNotebookInstance: which Template, which values, and what became of it."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Protocol, Self

from msgspec import Meta, field

from jupyternetes.api.conditions import Condition
from jupyternetes.api.fields import (
    OTHER_RESOURCES_OPERATOR,
    POD_OPERATOR,
    POD_STATUS_OPERATOR,
    PVC_OPERATOR,
    about,
)
from jupyternetes.api.identity import MAX_NAME_LENGTH
from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.api.partial_decode import Fault, partial_decode

Provisioned = Literal["Pending", "Completed", "Partially Processed"]
State = Literal["Processed", "Running", "Stopped", "Error"]

# These must hold when an Instance is read, too: the definition may have been another one when it was written.
StartId = Annotated[str, Meta(pattern="^([1-9][0-9]{0,9})?$")]
EnvironmentName = Annotated[str, Meta(pattern="^(?!(token|namespace)$)[A-Za-z_][A-Za-z0-9_]*$")]
GraceSeconds = Annotated[int, Meta(ge=0, le=86400)]

MAX_VALUE_LENGTH: Final = 65536  # of one value in spec.variables
MAX_OUTPUT_LENGTH: Final = 1024  # of one value that is read of an object of somebody else

_WORD = 256
_SENTENCE = 4096


class TemplateReference(Slim, frozen=True, kw_only=True):
    """``spec.template``; an empty namespace means the Instance's own."""

    name: Annotated[str, about("The Template's name.", required=True, minLength=1, maxLength=MAX_NAME_LENGTH)] = ""
    namespace: Annotated[str, about("Its namespace; the Instance's own if absent.", maxLength=MAX_NAME_LENGTH)] = ""

    def key(self, instance_namespace: str) -> tuple[str, str]:
        """Namespace and name of the Template that an Instance of ``instance_namespace`` asks for."""
        return self.namespace or instance_namespace, self.name


class InstanceSpec(Slim, frozen=True, kw_only=True):
    """What the hub asks for."""

    template: Annotated[TemplateReference, about("Which Template to make the server from.", required=True)] = (
        TemplateReference()
    )
    variables: Annotated[
        dict[str, Annotated[str, about(maxLength=MAX_VALUE_LENGTH)]],
        about("Values for the Template's placeholders, as text.", maxProperties=512),
    ] = field(default_factory=dict[str, str])
    hub_environment: Annotated[
        tuple[Annotated[EnvironmentName, about(pattern="^[A-Za-z_][A-Za-z0-9_]*$", maxLength=256)], ...],
        about(
            "Names of environment variables whose values lie in the start Secret of this start. "
            "Duplicates are ignored.",
            maxItems=1024,
        ),
    ] = ()
    suspend: Annotated[bool, about("True: no pods. Volumes are provisioned all the same.")] = False
    start_id: Annotated[
        StartId,
        about(
            "The number of this start, as text, one more at each start.",
            pattern="^[1-9][0-9]{0,9}$",
            maxLength=10,
        ),
    ] = ""
    grace_period_seconds: Annotated[
        GraceSeconds | None,
        about("Seconds that the server gets to end at this stop; 0 ends it at once.", minimum=0, maximum=86400),
    ] = None


class ResourceState(Slim, frozen=True, kw_only=True):
    """What every entry of a status says."""

    resource_name: Annotated[str, about("The name that the API server gave it.", maxLength=253)] = ""
    state: Annotated[
        State,
        about(
            "Processed: created or found. Running: the pod is Ready. Stopped: it ended. Error: see errorMessage.",
            defaulted=True,
            always=True,
        ),
    ] = "Processed"
    error_message: Annotated[str, about("Why it could not be made.", maxLength=32768, written_length=_SENTENCE)] = ""
    parameters: Annotated[
        dict[str, str], about("Kept for older clients; always empty.", defaulted=True, always=True)
    ] = field(default_factory=dict[str, str])


class ClaimState(ResourceState, frozen=True, kw_only=True):
    """``status.pvcs.<entry>``, the PVC operator's."""

    reclaim_policy: Annotated[
        str, about("What becomes of it when the Instance is deleted.", enum=["Retain", "Delete"])
    ] = ""


class OtherState(ResourceState, frozen=True, kw_only=True):
    """``status.otherResources.<entry>``, the other-resources operator's."""

    api_version: Annotated[str, about("Of its kind.", maxLength=253)] = ""
    kind: Annotated[str, about("Which kind of object it is.", maxLength=253)] = ""
    reason: Annotated[
        str, about("Why it is not ready, in one word; see the reasons. Empty once it is.", written_length=_WORD)
    ] = ""
    message: Annotated[
        str,
        about(
            "What it waits for, in a sentence; why it failed is in errorMessage.",
            maxLength=_SENTENCE,
            written_length=1024,
        ),
    ] = ""
    start_id: Annotated[str, about("The start that this entry is about.")] = ""
    observed_generation: Annotated[int, about("The generation of the Instance that it is about.", minimum=0)] = 0
    since: Annotated[
        str, about("When the operator began to see to it for that start, which bounds how long a start waits for it.")
    ] = ""
    outputs: Annotated[
        dict[str, Annotated[str, about(maxLength=MAX_OUTPUT_LENGTH)]],
        about("What the Template reads of the object, by the name of the output; complete once it is ready."),
    ] = field(default_factory=dict[str, str])


class ProgressEntry(Slim, frozen=True, kw_only=True):
    """One thing that happened on the way to a running server; ``time`` is RFC 3339."""

    time: Annotated[str, about("When.", required=True, written_length=_WORD)]
    reason: Annotated[str, about("What, in one word.", written_length=_WORD)] = ""
    message: Annotated[str, about("What, in a sentence.", maxLength=_SENTENCE, written_length=1024)] = ""


class PodState(ResourceState, frozen=True, kw_only=True):
    """``status.pods.<entry>``: the Pod operator's, but for what names the Pod status operator as its owner."""

    state: Annotated[
        State,
        about(
            "Processed: created or found. Running: the pod is Ready. Stopped: it ended. Error: see errorMessage.",
            defaulted=True,
            owner_of_value={"Error": POD_OPERATOR, "Running": POD_STATUS_OPERATOR, "Stopped": POD_STATUS_OPERATOR},
            readers=(POD_OPERATOR,),
        ),
    ] = "Processed"
    error_message: Annotated[
        str, about("Why it could not be made.", maxLength=32768, written_length=_SENTENCE, always=True)
    ] = ""
    uid: Annotated[str, about("The uid of the pod that was made for startId.")] = ""
    start_id: Annotated[str, about("The start that this entry is about.")] = ""
    template_uid: Annotated[
        str, about("The uid of the Template that the pod was made from; a Template that is made again has another one.")
    ] = ""
    template_generation: Annotated[
        int, about("The generation of that Template; it counts the changes of its spec.", minimum=0)
    ] = 0
    observed_uid: Annotated[
        str,
        about(
            "The uid of the pod that state, address and reason are about.",
            owners=(POD_STATUS_OPERATOR,),
            readers=(POD_OPERATOR,),
        ),
    ] = ""
    pod_address: Annotated[str, about("The pod's address, while it has one.", owners=(POD_STATUS_OPERATOR,))] = ""
    port_number: Annotated[
        int | None,
        about(
            "The port that it serves on; on the primary pod only.",
            owners=(POD_STATUS_OPERATOR,),
            minimum=1,
            maximum=65535,
        ),
    ] = None
    reason: Annotated[
        str,
        about("Why it is as it is, in one word; see the reasons.", owners=(POD_STATUS_OPERATOR,), written_length=_WORD),
    ] = ""
    message: Annotated[str, about("Why, in a sentence.", owners=(POD_STATUS_OPERATOR,), maxLength=_SENTENCE)] = ""
    exit_code: Annotated[
        int | None,
        about("Of its main container, the one that serves: how that ended last.", owners=(POD_STATUS_OPERATOR,)),
    ] = None
    restarts: Annotated[
        int, about("How often its main container was restarted.", owners=(POD_STATUS_OPERATOR,), minimum=0)
    ] = 0
    progress: Annotated[
        tuple[ProgressEntry, ...], about("What happened, oldest first.", owners=(POD_STATUS_OPERATOR,), maxItems=20)
    ] = ()


class Termination(Slim, frozen=True, kw_only=True):
    """``status.lastTermination.<entry>``: how the last server ended, kept after its pod is gone."""

    time: Annotated[str, about("When it ended.", written_length=_WORD)] = ""
    reason: Annotated[str, about("Why, in one word.", written_length=_WORD)] = ""
    exit_code: Annotated[int | None, about("Of its container, if there was one.")] = None
    message: Annotated[str, about("Why, in a sentence.", maxLength=_SENTENCE)] = ""


class GateState(Slim, frozen=True, kw_only=True):
    """``status.gates.<name>``: another operator is asked, once for each start or stop."""

    before: Annotated[Literal["Start", "Stop"], about("What waits for the answer.", required=True)] = "Start"
    generation: Annotated[
        int,
        about("The generation that the answer has to be about: the observedGeneration of its condition.", minimum=0),
    ] = 0
    start_id: Annotated[str, about("The start that it is about.")] = ""
    asked_at: Annotated[str, about("When it was asked.", format="date-time")] = ""


class InstanceStatus(Slim, frozen=True, kw_only=True):
    """What the operators report."""

    observed_generation: Annotated[
        int, about("The generation that the Pod operator acted on last.", owners=(POD_OPERATOR,), minimum=0)
    ] = 0
    pvcs: Annotated[
        dict[str, ClaimState],
        about(
            "Volume claims by the name of their Template entry.",
            owners=(PVC_OPERATOR,),
            readers=(POD_OPERATOR, OTHER_RESOURCES_OPERATOR),
            defaulted=True,
            always=True,
        ),
    ] = field(default_factory=dict[str, ClaimState])
    pods: Annotated[
        dict[str, PodState],
        about(
            "Pods by the name of their Template entry.",
            owners=(POD_OPERATOR, POD_STATUS_OPERATOR),
            readers=(POD_STATUS_OPERATOR, OTHER_RESOURCES_OPERATOR),
            defaulted=True,
            always=True,
        ),
    ] = field(default_factory=dict[str, PodState])
    other_resources: Annotated[
        dict[str, OtherState],
        about(
            "Further objects by the name of their Template entry.",
            owners=(OTHER_RESOURCES_OPERATOR,),
            readers=(POD_OPERATOR, PVC_OPERATOR),
            defaulted=True,
        ),
    ] = field(default_factory=dict[str, OtherState])
    pvcs_provisioned: Annotated[
        Provisioned,
        about(
            "How far the PVC operator is.", owners=(PVC_OPERATOR,), readers=(POD_OPERATOR,), defaulted=True, always=True
        ),
    ] = "Pending"
    pods_provisioned: Annotated[
        Provisioned, about("How far the Pod operator is.", owners=(POD_OPERATOR,), defaulted=True, always=True)
    ] = "Pending"
    other_resources_provisioned: Annotated[
        dict[str, Annotated[str, about(enum=["Pending", "Completed", "Error"])]],
        about(
            "How far each further object is, by entry. Completed: it is ready.",
            owners=(OTHER_RESOURCES_OPERATOR,),
            readers=(POD_OPERATOR,),
            defaulted=True,
        ),
    ] = field(default_factory=dict[str, str])
    gates: Annotated[
        dict[str, GateState],
        about(
            "Which other operators are asked whether the server may start or stop, by the types of the conditions that "
            "answer.",
            owners=(POD_OPERATOR,),
        ),
    ] = field(default_factory=dict[str, GateState])
    last_termination: Annotated[
        dict[str, Termination],
        about("How the last server ended, by entry; kept after its pod is gone.", owners=(POD_STATUS_OPERATOR,)),
    ] = field(default_factory=dict[str, Termination])
    address: Annotated[str, about("Host and port of the running server.", owners=(POD_STATUS_OPERATOR,))] = ""
    node_name: Annotated[
        str, about("The node that it runs on.", owners=(POD_STATUS_OPERATOR,), written_length=_WORD)
    ] = ""
    conditions: Annotated[
        tuple[Condition, ...],
        about("What the operators say, one condition a type.", readers=(POD_STATUS_OPERATOR, OTHER_RESOURCES_OPERATOR)),
    ] = ()

    def recorded_claim(self, entry: str) -> str:
        """The name of the claim that is on record for an entry; empty if there is none."""
        state = self.pvcs.get(entry)
        return state.resource_name if state is not None else ""


class HasPort(Protocol):
    """An entry of ``status.pods``, as far as it tells whether it serves."""

    @property
    def port_number(self) -> int | None: ...


def serving_entry(pods: Mapping[str, HasPort]) -> str | None:
    """The entry that serves, as far as a status tells."""
    serving = (name for name, state in pods.items() if state.port_number is not None)
    return next(serving, "notebook" if "notebook" in pods else next(iter(pods), None))


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
        return serving_entry(self.status.pods)

    @property
    def was_started(self) -> bool:
        """Whether anybody can have set it going: the hub creates it suspended, which is generation 1."""
        return bool(self.status.pods) or self.metadata.generation > 1

    @property
    def template_key(self) -> tuple[str, str]:
        """Namespace and name of the Template it asks for."""
        return self.spec.template.key(self.metadata.namespace)
