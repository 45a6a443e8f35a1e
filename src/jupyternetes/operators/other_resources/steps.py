"""What a plan for the other resources of one Instance starts from, and what it consists of: plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jupyternetes.api.instance import OtherState
from jupyternetes.api.other_object import OtherObject
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.status.failures import Failure

#: ``apiVersion`` and ``kind``.
KindKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a pass knows; the API server's answers to its own actions are part of it."""

    now: datetime
    objects: Mapping[KindKey, tuple[OtherObject, ...]] = field(default_factory=dict[KindKey, tuple[OtherObject, ...]])
    """All that is labelled with the Instance's name, by kind, as far as the kind could be listed."""
    unlisted: Mapping[KindKey, str] = field(default_factory=dict[KindKey, str])
    """Why the other kinds could not."""
    kept: Mapping[str, object] = field(default_factory=dict[str, object])
    """By uid: what the API server made of what was written last, where that reads otherwise."""
    failed: Mapping[str, Failure] = field(default_factory=dict[str, Failure])
    """Failures of ``Create`` and ``Apply``, by entry."""


@dataclass(frozen=True, slots=True)
class Create:
    """Make the object of an entry, under a name that nobody else may have."""

    entry: str
    kind: KindKey
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Apply:
    """Bring an object back to what the Template says."""

    entry: str
    kind: KindKey
    obj: OtherObject
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Delete:
    """Ask for the deletion of an object that nobody wants any more."""

    kind: KindKey
    obj: OtherObject


Action = Create | Apply | Delete


@dataclass(frozen=True, slots=True)
class OthersStatus:
    """The operator's part of the status. No ``reason``: there is nothing to say, and no condition."""

    entries: Mapping[str, OtherState]
    provisioned: Mapping[str, str]
    reason: Reason | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in order, and then to report. No ``status``: what is reported stands."""

    actions: tuple[Action, ...] = ()
    status: OthersStatus | None = None
    requeue_after: float | None = None
