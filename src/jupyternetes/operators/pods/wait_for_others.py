"""A start whose other resources are not ready: it waits, and not for ever, whoever has died."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import OtherEntry
from jupyternetes.operators.pods.entries import as_recorded
from jupyternetes.operators.pods.steps import Plan
from jupyternetes.templating import Result

#: Seconds after which people are told that nobody sees to it.
_SILENT: Final = 3.0
#: Seconds by which the other-resources operator has the first word, which knows what the object says of itself.
_FIRST_WORD: Final = 0.5


def wait_for_others(instance: Instance, missing: Sequence[Result[OtherEntry]], waited: float) -> Plan:
    """Until they are ready, of which the other-resources operator's report tells us, or until their time is up."""
    said = _said(instance)
    if said is not None and reasons.lookup(said.reason).final:
        return Plan()  # it has said so, and why
    first = _first(missing)
    if (left := _left(first, waited)) > 0:
        current = _current(instance) is not None
        return _waiting(instance, [each.name for each in missing], current=current, waited=waited, left=left)
    return Plan(status=as_recorded(instance, reasons.OTHER_RESOURCE_NOT_READY, _message(first, said)))


def with_bounded_wait(instance: Instance, made: Plan, awaited: Sequence[Result[OtherEntry]], waited: float) -> Plan:
    """``made``, in which pods wait for entries that come after other pods, with an end of that wait."""
    said, status = _said(instance), made.status
    if not awaited or status is None or status.reason is not reasons.WAITING_FOR_ENTRIES:
        return made
    if said is not None and reasons.lookup(said.reason).final:
        return made
    first = _first(awaited)
    if (left := _left(first, waited)) > 0:
        return made.again_within([left])
    message = _message(first, said)
    return replace(made, status=replace(status, reason=reasons.OTHER_RESOURCE_NOT_READY, message=message))


def _said(instance: Instance) -> Condition | None:
    """What the other-resources operator says is wrong now."""
    said = _current(instance)
    return None if said is None or said.status == "True" else said


def _current(instance: Instance) -> Condition | None:
    """What it says of what the Instance asks for now."""
    said = conditions.find(instance.status.conditions, conditions.OTHER_RESOURCES_PROVISIONED)
    return said if said is not None and said.observed_generation == instance.metadata.generation else None


def _first(entries: Sequence[Result[OtherEntry]]) -> Result[OtherEntry]:
    return min(entries, key=lambda each: each.entry.written.timeout_seconds)


def _left(entry: Result[OtherEntry], waited: float) -> float:
    return entry.entry.written.timeout_seconds + _FIRST_WORD - waited


def _message(entry: Result[OtherEntry], said: Condition | None) -> str:
    words = "the other-resources operator has not answered" if said is None else said.message
    what = f"entry {entry.name} of spec.otherResources was not ready within {entry.entry.written.timeout_seconds} s"
    return f"{what}: {words}. {reasons.OTHER_RESOURCE_NOT_READY.advice}"


def _waiting(instance: Instance, names: Sequence[str], *, current: bool, waited: float, left: float) -> Plan:
    """Only where the other operator is silent, or was, there is something to say that it does not say better."""
    if not current and waited < _SILENT:
        return Plan(requeue_after=min(_SILENT - waited, left))
    reason = reasons.WAITING_FOR_OTHER_RESOURCE
    before = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    told = before is not None and (before.reason, before.observed_generation) == (
        reason.name,
        instance.metadata.generation,
    )
    if current and not told:
        return Plan(requeue_after=left)
    silent = "" if current else ": the other-resources operator has not answered"
    message = f"Not ready yet: {', '.join(names)}{silent}"
    return Plan(status=as_recorded(instance, reason, message), requeue_after=left)
