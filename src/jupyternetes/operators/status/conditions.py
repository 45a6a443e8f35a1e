"""The condition that an operator reports, and when its generation moves."""

from datetime import datetime

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition, Status
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.api.times import rfc3339


def report(instance: Instance, kind: str, status: Status, reason: Reason, message: str, *, now: datetime) -> Condition:
    """The condition of type ``kind`` for the Instance's present generation."""
    return conditions.updated(
        conditions.find(instance.status.conditions, kind),
        kind,
        status=status,
        reason=reason.name,
        message=message or reason.sentence,
        generation=instance.metadata.generation,
        now=rfc3339(now),
    )


def unmoved(instance: Instance, condition: Condition) -> Condition:
    """The condition that stands, if ``condition`` says the same of an older generation: not worth a write."""
    previous = conditions.find(instance.status.conditions, condition.type)
    if previous is None or not previous.last_transition_time:
        return condition
    same = (previous.status, previous.reason, previous.message) == (
        condition.status,
        condition.reason,
        condition.message,
    )
    return previous if same else condition
