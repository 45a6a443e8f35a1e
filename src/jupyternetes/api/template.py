"""The JupyterNotebookTemplate: whole pod and PVC specs with placeholders, written by an administrator."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from msgspec import field

from jupyternetes.api.conditions import ACCEPTED, Condition, find
from jupyternetes.api.fields import about
from jupyternetes.api.gate import Gate
from jupyternetes.api.instance import MAX_VALUE_LENGTH
from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.api.output import MAX_PATTERN_LENGTH, Output
from jupyternetes.api.partial_decode import Fault, partial_decode

Json = dict[str, object]
VariableType = Literal["string", "integer", "number", "boolean", "quantity", "json"]

MAX_EXPRESSION_LENGTH: Final = 2048
MAX_PERSON_LENGTH: Final = 1024


class Access(Slim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``spec.access``; what would restrict it in another way is refused, not passed over."""

    namespaces: Annotated[
        tuple[Annotated[str, about(maxLength=63)], ...] | None,
        about("Namespaces of Instances that may use it. The operators obey this."),
    ] = None
    groups: Annotated[
        tuple[Annotated[str, about(maxLength=MAX_PERSON_LENGTH)], ...] | None,
        about(
            "JupyterHub's groups whose members may use it; with users, either suffices. The spawner's word: the "
            "operators do not know who asks."
        ),
    ] = None
    users: Annotated[
        tuple[Annotated[str, about(maxLength=MAX_PERSON_LENGTH)], ...] | None,
        about(
            "JupyterHub's names of users who may use it; with groups, either suffices. The spawner's word: the "
            "operators do not know who asks."
        ),
    ] = None


class Choice(Slim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``spec.variables[].choices[]``: one of the values that a variable may have, and what else it sets."""

    value: Annotated[object, about("The variable's value, in its own type or as text.", required=True)] = None
    title: Annotated[str, about("What a form calls it; default: the value.", maxLength=256)] = ""
    description: Annotated[str, about("One or two sentences for a form.", maxLength=4096)] = ""
    note: Annotated[str, about("A few words beside it in a form, such as what it costs.", maxLength=256)] = ""
    groups: Annotated[
        tuple[Annotated[str, about(maxLength=MAX_PERSON_LENGTH)], ...] | None,
        about(
            "JupyterHub's groups whose members may choose it; absent: everybody. The spawner's word: the operators do "
            "not know who asks."
        ),
    ] = None
    hidden: Annotated[bool, about("No form shows it; it is still accepted.")] = False
    replaced_by: Annotated[
        object, about("The choice that is used in place of this one, so that it can be retired: its value.")
    ] = None
    values: Annotated[
        Json,
        about(
            "What else comes with the choice: {size.cpu} is the value of cpu in the choice that was made for size. "
            "Any JSON, placeholders included; '{jupyternetes.null}' removes the field that it is in. The same keys in "
            "every choice, each with the same type or that.",
            maxProperties=64,
        ),
    ] = field(default_factory=Json)


class Variable(Slim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``spec.variables[]``: a declaration.

    What may be typed and what may be chosen stand side by side: operators obey both, and a form is drawn from them.
    """

    name: Annotated[str, about("The placeholder's name.", required=True, minLength=1, maxLength=253)] = ""
    title: Annotated[str, about("What a form and messages call it.", maxLength=256)] = ""
    description: Annotated[str, about("One or two sentences for a form.", maxLength=4096)] = ""
    type: Annotated[VariableType, about("What its text is converted to; default: string.")] = "string"
    default: Annotated[object, about("Used when the Instance gives no value.")] = None
    required: Annotated[bool, about("Whether an Instance without a value is refused where there is no default.")] = (
        False
    )
    enum: Annotated[tuple[object, ...] | None, about("The only values that it may have.", minItems=1, maxItems=64)] = (
        None
    )
    choices: Annotated[
        tuple[Choice, ...] | None,
        about(
            "The only values that it may have, each with words for a form and with what else it sets.",
            minItems=1,
            maxItems=64,
        ),
    ] = None
    pattern: Annotated[
        str | None,
        about(
            "A regular expression (RE2) that the whole text must match. Strings only.",
            minLength=1,
            maxLength=MAX_PATTERN_LENGTH,
        ),
    ] = None
    minimum: Annotated[object, about("The least amount. Integers, numbers and quantities only.")] = None
    maximum: Annotated[object, about("The greatest amount. Integers, numbers and quantities only.")] = None
    max_length: Annotated[
        int | None,
        about(
            "How many characters its text may have; default: 1024. Strings and json only.",
            minimum=0,
            maximum=MAX_VALUE_LENGTH,
        ),
    ] = None
    when: Annotated[
        str,
        about(
            "CEL over the variables, such as vars.size == 'gpu'. Only when it is true may an Instance give a value; "
            "else the default is used.",
            maxLength=MAX_EXPRESSION_LENGTH,
        ),
    ] = ""
    user_settable: Annotated[
        bool,
        about(
            "Whether a form offers it to users. The spawner's word: whoever can create Instances can set any variable."
        ),
    ] = False
    remember: Annotated[bool, about("Whether a form begins with what the user chose last.")] = True
    sensitive: Annotated[bool, about("The value lies in the start Secret and is never shown.")] = False


class Rule(Slim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``spec.rules[]``: what must hold between the variables of an Instance."""

    rule: Annotated[
        str,
        about(
            "CEL over the variables, such as vars.gpus == 0 || vars.course != ''. An Instance for which it is not true "
            "is refused.",
            required=True,
            minLength=1,
            maxLength=MAX_EXPRESSION_LENGTH,
        ),
    ] = ""
    message: Annotated[
        str,
        about(
            "What is said then, as it stands: placeholders are not filled in.",
            required=True,
            minLength=1,
            maxLength=512,
        ),
    ] = ""


class Entry(Slim, frozen=True, kw_only=True):
    """What all entries of a Template have in common.

    Placeholders may stand in texts, in what may be of any type, and anywhere in a spec; not in a choice of few words,
    and not in a condition, which reads variables itself.
    """

    name: Annotated[
        str,
        about(
            "Name of the entry; generated names begin with it.",
            required=True,
            minLength=1,
            maxLength=253,
        ),
    ] = ""
    condition: Annotated[
        str,
        about(
            "CEL over the variables, such as vars.gpus > 0. Nothing is made of the entry unless it is true. The pod "
            "that serves has none.",
            maxLength=MAX_EXPRESSION_LENGTH,
        ),
    ] = ""
    labels: Annotated[dict[str, str], about("Labels of the object; placeholders are filled in.")] = field(
        default_factory=dict[str, str]
    )
    annotations: Annotated[dict[str, str], about("Annotations of the object; placeholders are filled in.")] = field(
        default_factory=dict[str, str]
    )
    spec: Annotated[Json | None, about("Spec of the object, kept as it is.")] = None

    @property
    def needs_spec(self) -> bool:
        """Whether nothing can be made of the entry without a spec."""
        return True


class ClaimEntry(Entry, frozen=True, kw_only=True):
    """``spec.pvcs[]``."""

    spec: Annotated[Json | None, about("Any PersistentVolumeClaimSpec, kept as it is.")] = None
    reclaim_policy: Annotated[
        Literal["Retain", "Delete"], about("Delete: the claim goes with the Instance. Retain (default): it stays.")
    ] = "Retain"
    claim_name: Annotated[
        str,
        about(
            "Use the claim of this name instead of making one of our own; it is never deleted. Hyphens at its end, as "
            "where the server has no name, are dropped.",
            maxLength=1024,
        ),
    ] = ""
    create: Annotated[
        Literal["Never", "IfMissing"],
        about(
            "Of a claim with claimName. IfMissing: it is made under that very name if there is none and the server "
            "never had one. Never (default): it has to be there."
        ),
    ] = "Never"

    @property
    def needs_spec(self) -> bool:
        """A claim that is only adopted has its spec already."""
        return not self.claim_name or self.makes_named_claim

    @property
    def makes_named_claim(self) -> bool:
        """Whether a claim called ``claimName`` is made where there is none."""
        return self.create == "IfMissing"

    @property
    def existing_claim(self) -> str:
        """The name of the claim to use, filled in; empty if one is made under a name of its own.

        No name in Kubernetes ends in a hyphen. KubeSpawner drops them too, so that one pattern serves all servers.
        """
        return self.claim_name.rstrip("-")


class PodEntry(Entry, frozen=True, kw_only=True):
    """``spec.pods[]``."""

    spec: Annotated[Json | None, about("Any PodSpec, kept as it is.", required=True)] = None
    primary: Annotated[bool, about("The pod that serves; default: the one named notebook, else the first.")] = False
    port: Annotated[object, about("Its port: a number or the name of a container port.")] = None
    hub_environment: Annotated[
        Literal["Inject", "Keep", "None"],
        about("Inject: the hub's variables win over the same names here; Keep: these win; None: no injection."),
    ] = "Inject"
    force_delete_after_seconds: Annotated[
        int | None,
        about(
            "For pods on nodes that do not answer: so many seconds after its grace period, a pod that is being deleted "
            "is removed without its node's word that it ended. Absent: never. If the node still runs, two pods may "
            "then write to one volume.",
            minimum=0,
            maximum=86400,
        ),
    ] = None


class OtherEntry(Entry, frozen=True, kw_only=True):
    """``spec.otherResources[]``; ``further`` is whatever else an object of that kind has at its top level."""

    api_version: Annotated[str, about("Group and version of the object.", required=True)] = ""
    kind: Annotated[str, about("Its kind, one of those that the operators are allowed to make.", required=True)] = ""
    lifetime: Annotated[
        Literal["Instance", "Start"],
        about("Instance (default): it goes with the Instance. Start: each start has its own, which goes at its stop."),
    ] = "Instance"
    ready_when: Annotated[
        str,
        about(
            "CEL over the object, such as object.status.phase == 'Ready'; a field that is missing means not yet. "
            "Default: its condition Ready or Available is true, about its present generation; an object of a kind of "
            "Kubernetes' own that has no such condition is ready once it exists.",
            maxLength=MAX_EXPRESSION_LENGTH,
        ),
    ] = ""
    timeout_seconds: Annotated[
        int,
        about(
            "For so long may a start wait for it, counted from the beginning of the start; default: 60.",
            minimum=1,
            maximum=3600,
        ),
    ] = 60
    outputs: Annotated[
        tuple[Output, ...], about("Values of the object that other entries insert once it is ready.", maxItems=16)
    ] = ()
    spec: Annotated[Json | None, about("Its spec, kept as it is, like every further field.")] = None
    further: Json = field(default_factory=Json, name="jupyternetes:further")

    @property
    def needs_spec(self) -> bool:
        """Many kinds have none."""
        return False


class TemplateSpec(Slim, frozen=True, kw_only=True):
    """What to make for an Instance: the only list of what a Template can say.

    From these structs come the definition, its reference page, and what is read of a Template.
    """

    display_name: Annotated[str, about("What a form shows.", maxLength=256)] = ""
    description: Annotated[str, about("One or two sentences for a form.", maxLength=4096)] = ""
    icon: Annotated[str, about("Address of a picture for a form.", maxLength=4096)] = ""
    naming: Annotated[
        Literal["Generated", "Stable"],
        about("Generated: the API server makes the names. Stable: names follow from the Instance and the entry."),
    ] = "Generated"
    access: Annotated[Access, about("Who may use the Template; absent: whoever the operators let reach it.")] = Access()
    variables: Annotated[
        tuple[Variable, ...],
        about(
            "Declarations. If there is one, an Instance may give these only, and those of the hub (jupyterhub.…).",
            maxItems=256,
        ),
    ] = ()
    rules: Annotated[
        tuple[Rule, ...], about("What must hold between variables; the operators refuse what does not.", maxItems=64)
    ] = ()
    gates: Annotated[
        tuple[Gate, ...],
        about("What other operators have to say before a server starts or stops, each by a condition.", maxItems=16),
    ] = ()
    pvcs: Annotated[
        tuple[ClaimEntry, ...],
        about("Volume claims to make; they outlive the Instance unless reclaimPolicy says otherwise.", maxItems=64),
    ] = ()
    pods: Annotated[tuple[PodEntry, ...], about("Pods to make.", maxItems=64)] = ()
    other_resources: Annotated[
        tuple[OtherEntry, ...],
        about("Further objects, of the kinds that the chart allows.", maxItems=64),
    ] = ()


class Availability(Slim, frozen=True, kw_only=True):
    """``status.availability[]``: how much is left of one choice. It is shown, and never keeps anybody from choosing."""

    variable: Annotated[str, about("The variable.", required=True, minLength=1, maxLength=253)] = ""
    value: Annotated[str, about("The choice's value, as text.", required=True, maxLength=1024)] = ""
    free: Annotated[int, about("How many more servers can have it now.", required=True, minimum=0)] = 0
    observed: Annotated[str, about("When that was so.", required=True, format="date-time")] = ""


class TemplateStatus(Slim, frozen=True, kw_only=True):
    """Whether the Template can be used at all."""

    observed_generation: Annotated[int, about("The generation that the Pod operator has checked.")] = 0
    conditions: Annotated[tuple[Condition, ...], about("What the operators say, one condition a type.")] = ()
    availability: Annotated[
        tuple[Availability, ...],
        about(
            "Numbers that a form shows beside choices. Any program may write them, by server-side apply under a field "
            "manager of its own.",
            maxItems=1024,
        ),
    ] = ()


class Template(Slim, frozen=True, kw_only=True):
    """A JupyterNotebookTemplate.

    Its spec stays plain data, for the API server may hold one that does not fit TemplateSpec: the templating package
    reads it as that, with a problem for each value that does not fit. ``unreadable`` says which values even of this
    struct could not be read, and why.
    """

    metadata: Metadata
    spec: dict[str, object] = field(default_factory=dict[str, object])
    status: TemplateStatus = TemplateStatus()
    unreadable: tuple[Fault, ...] = field(default=(), name="jupyternetes:unreadable")

    @property
    def acceptance(self) -> Condition | None:
        """What the operators say of its present generation: whether they make servers of it. None: nothing yet."""
        said = find(self.status.conditions, ACCEPTED)
        return said if said is not None and said.observed_generation == self.metadata.generation else None

    @property
    def refusal(self) -> str:
        """Why the operators make nothing of it, in their words; empty if they do, or have not said yet.

        They alone know which kinds are allowed in it, whether gates are heeded, and which fields the cluster has.
        """
        said = self.acceptance
        return said.message if said is not None and said.status == "False" else ""

    @classmethod
    def partial_decode(cls, data: Mapping[str, object]) -> Self:
        """A Template that does not fit, but for what is ``unreadable``. Raises msgspec.ValidationError."""
        fields, faults = partial_decode(cls, data)
        return cls(**{**fields, "unreadable": tuple(faults)})  # pyright: ignore[reportArgumentType]
