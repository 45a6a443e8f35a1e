"""What is said of the delete of a pod or a start Secret that the API server refuses, until it takes one. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from jupyternetes.api import conditions, reasons
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pods.entries import as_recorded
from jupyternetes.operators.pods.steps import Plan
from jupyternetes.operators.status.failures import delete_failure
from jupyternetes.runtime.errors import ApiError, UnknownOutcome


def with_refused_deletes(decided: Plan, instance: Instance, refused: Mapping[str, ApiError | UnknownOutcome]) -> Plan:
    """``decided``, with another try and the API server's words on the first of the ``refused`` deletes.

    Once none is refused any more, these words are taken back. Of an unreadable Instance its repair says enough.
    """
    failures = [failure for error in refused.values() if (failure := delete_failure(error)) is not None]
    decided = decided.again_within(failure.retry_seconds for failure in failures)
    if instance.unreadable:
        return decided
    if failures:
        reason, message, _ = failures[0]
        status = decided.status or as_recorded(instance, reason, message)
        return replace(decided, status=replace(status, reason=reason, message=message))
    if decided.status is None and _says_refused(instance):
        return replace(decided, status=as_recorded(instance, reasons.STOPPING, ""))
    return decided


def _says_refused(instance: Instance) -> bool:
    said = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    return said is not None and said.reason == reasons.FAILED_DELETE.name
