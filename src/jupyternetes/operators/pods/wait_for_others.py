"""A start whose other resources are not ready: it waits, and not for ever, whoever has died."""

from collections.abc import Sequence
from typing import Final

from jupyternetes.api import conditions, reasons
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
    said = conditions.find(instance.status.conditions, conditions.OTHER_RESOURCES_PROVISIONED)
    current = said is not None and said.observed_generation == instance.metadata.generation
    if said is not None and current and said.status == "False" and reasons.lookup(said.reason).final:
        return Plan()  # it has said so, and why
    entry = min(missing, key=lambda each: each.entry.written.timeout_seconds)
    left = entry.entry.written.timeout_seconds + _FIRST_WORD - waited
    if left > 0:
        return _waiting(instance, [each.name for each in missing], current=current, waited=waited, left=left)
    reason = reasons.OTHER_RESOURCE_NOT_READY
    words = said.message if said is not None and current else "the other-resources operator has not answered"
    message = f"entry {entry.name} of spec.otherResources was not ready within {entry.entry.written.timeout_seconds} s"
    return Plan(status=as_recorded(instance, reason, f"{message}: {words}. {reason.advice}"))


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
