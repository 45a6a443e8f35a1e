"""How do other resources, what acts on them, and gates fare, as the status of Instances says?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from jupyternetes.api import conditions, gate_reasons, reasons
from jupyternetes.graph.discovery.objects.cluster import Lease
from jupyternetes.graph.discovery.objects.instances import GateEntry, Instance, OtherEntry
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health
from jupyternetes.graph.discovery.states.objects import of_lease
from jupyternetes.graph.model.kinds import State

#: So many servers for which nothing comes of a kind are no coincidence.
SEVERAL: Final = 3
_COMPLETED: Final = "Completed"
_UNANSWERED: Final = (gate_reasons.GATE_TIMEOUT.name, gate_reasons.GATE_OPERATOR_ABSENT.name)


def of_other(instance: Instance, name: str) -> Health:
    """Of the object of an entry. What is said of an earlier generation does not count."""
    entry = instance.status.other_resources[name]
    if instance.spec.suspend or instance.metadata.deleting:
        return Health(State.STOPPED, reasons.SUSPENDED.name)
    if entry.observed_generation != instance.metadata.generation:
        return Health(State.STARTING, reasons.STARTING.name)
    how = instance.status.other_resources_provisioned.get(name)
    if how == _COMPLETED:
        return Health(State.OK, since=entry.since)
    if how != "Error":
        return Health(State.STARTING, entry.reason, entry.message, entry.since)
    late = entry.reason == reasons.OTHER_RESOURCE_NOT_READY.name
    answer = "Its operator did not answer in time: " if late else ""
    return Health(State.FAILING, entry.reason, f"{answer}{entry.error_message}", entry.since)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An object of a kind that was asked for ``since`` (RFC 3339), and what came of it."""

    since: str
    health: Health


def of_third(attempts: Sequence[Attempt]) -> Health:
    """Of what acts on a kind: it fails if nothing came of it for several servers, and for none that asked later."""
    late = [each for each in attempts if each.health.reason == reasons.OTHER_RESOURCE_NOT_READY.name]
    ready = [each.since for each in attempts if each.health.state is State.OK]
    first = min((each.since for each in late), default="")
    if len(late) >= SEVERAL and not any(since > first for since in ready):
        words = late[-1].health.message
        message = f"Nothing came of it for {len(late)} servers, and for none since. Of the last one: {words}"
        return Health(State.FAILING, reasons.OTHER_RESOURCE_NOT_READY.name, message, first)
    if ready:
        return Health(State.OK)
    if any(each.health.state is State.STARTING for each in attempts):
        return Health(State.STARTING)
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class Asking:
    """A gate was asked ``at`` (RFC 3339) for a server. ``answered``: it said something; ``over``: nobody waits on."""

    at: str
    answered: bool
    over: bool


def asking(instance: Instance, name: str, entry: GateEntry) -> Asking:
    """What came of it, as the Instance says."""
    said = conditions.find(instance.status.conditions, name)
    made = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    ended = made is not None and made.reason in _UNANSWERED
    answered = said is not None and said.observed_generation >= entry.generation
    decided = said is not None and answered and said.status != "Unknown"
    return Asking(entry.asked_at, answered, ended and not decided)


def of_gate(asked: Collection[Asking], lease: Lease | None, now: str) -> Health:
    """By the Lease of who answers it, where it may be read, and by what came of the last times that it was asked."""
    silent = [each.at for each in asked if each.over]
    answered = max((each.at for each in asked if each.answered and not each.over), default="")
    known = of_lease(lease, now) if lease is not None else UNKNOWN
    if known.state is State.FAILING:
        return known
    if silent and max(silent) > answered:
        text = known.message or f"It did not answer in time whether {_servers(len(silent))} may start."
        return Health(State.FAILING, gate_reasons.GATE_TIMEOUT.name, text, min(silent))
    if known.state is not State.UNKNOWN:
        return known
    return Health(State.OK) if answered else UNKNOWN


def _servers(number: int) -> str:
    return "1 server" if number == 1 else f"{number} servers"


def is_of_present_step(instance: Instance, entry: GateEntry) -> bool:
    """Whether it is about what the Instance is to do now."""
    before = "Stop" if instance.spec.suspend else "Start"
    return (entry.before, entry.start_id) == (before, instance.spec.start_id)


def kind_of(entry: OtherEntry) -> tuple[str, str]:
    """``apiVersion`` and ``kind``; empty where an earlier version of the operator wrote the status."""
    return entry.api_version, entry.kind
