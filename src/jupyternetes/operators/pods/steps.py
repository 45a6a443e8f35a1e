"""What a plan for the pods of one Instance starts from, and what it consists of: plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import GateState, PodState, Provisioned
from jupyternetes.api.reasons import Reason
from jupyternetes.api.template import Template
from jupyternetes.operators.pods.gates.facts import GateFacts
from jupyternetes.runtime.errors import ApiError, UnknownOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a pass knows of the pods; the API server's answers to the pass's own actions are part of it."""

    pods: tuple[Pod, ...] = ()
    """All pods labelled with the Instance's name, those included that were made and that no cache shows yet."""
    ages: Mapping[str, float] = field(default_factory=dict[str, float])
    """For how many seconds this process has known a pod of an Instance without a start id, by uid."""
    leaving: Mapping[str, float] = field(default_factory=dict[str, float])
    """For how many seconds this process has known that a pod is being deleted, by uid.

    Pods on record stay in it when they are gone: the cache lacks them for that, and not for want of the label.
    """
    looked_up: Mapping[str, Pod | None] = field(default_factory=dict[str, Pod | None])
    """Answers to ``Verify``, by uid of the record; None is proof that the pod is gone."""
    made: Mapping[str, Pod] = field(default_factory=dict[str, Pod])
    """Answers to ``Create``, by entry."""
    failed: Mapping[str, ApiError | UnknownOutcome] = field(default_factory=dict[str, ApiError | UnknownOutcome])
    """Failures of ``Create``, by entry."""
    refused_for: float = 0.0
    """Seconds since when a quota has refused one of them, by this process's own clock."""
    waited: float = 0.0
    """For how many seconds the present start has waited for other resources."""
    undeleted: Mapping[str, ApiError | UnknownOutcome] = field(default_factory=dict[str, ApiError | UnknownOutcome])
    """Failures of ``Delete`` and ``ForceDelete``, by uid of the pod."""
    gates: GateFacts = field(default_factory=GateFacts)


@dataclass(frozen=True, slots=True)
class FindTemplate:
    """Ask the API server for the Template that the cache lacks."""


@dataclass(frozen=True, slots=True)
class Verify:
    """Ask the API server for a pod that is on record and that no cache shows."""

    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Create:
    """Make the pod of an entry of a Template."""

    entry: str
    body: Mapping[str, object]
    template: Template


@dataclass(frozen=True, slots=True)
class Delete:
    """Ask for the deletion of a pod; ``grace_seconds`` None is the pod's own."""

    pod: Pod
    grace_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class ForceDelete:
    """Remove a pod that is being deleted, without its node's word that it ended."""

    pod: Pod


@dataclass(frozen=True, slots=True)
class DeleteSecrets:
    """Delete start Secrets, which may or may not be there."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RepairStatus:
    """Clear what is unreadable in the Instance's status, and say what is unreadable in its spec."""


Question = FindTemplate | Verify | Create
"""Actions whose answer the pass needs before it can go on: the plan is made again from it."""

Action = Question | Delete | ForceDelete | DeleteSecrets | RepairStatus


@dataclass(frozen=True, slots=True)
class PodsStatus:
    """The Pod operator's part of the status; an empty ``message`` is the reason's sentence.

    ``gates`` None: which gates were asked stays on record, until the start is wound up.
    """

    entries: Mapping[str, PodState]
    provisioned: Provisioned
    reason: Reason
    message: str = ""
    gates: Mapping[str, GateState] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in order, and then to report. No ``status``: what is reported stands.

    No ``requeue_after`` (seconds): something that is watched wakes the Instance when it matters. ``waits_for`` names
    gates.
    """

    actions: tuple[Action, ...] = ()
    status: PodsStatus | None = None
    requeue_after: float | None = None
    waits_for: tuple[str, ...] = ()

    def again_within(self, delays: Iterable[float]) -> Self:
        """The same, made again after the shortest of these delays at the latest."""
        asked = () if self.requeue_after is None else (self.requeue_after,)
        return replace(self, requeue_after=min((*asked, *delays), default=None))
