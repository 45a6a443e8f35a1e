"""Which start Secrets are to be deleted, and which starts are over with theirs: pure decisions.

A start's Secret is named after the Instance and the number of the start, so none has to be listed or read.
"""

from jupyternetes.api import conditions, identity, reasons
from jupyternetes.api.instance import Instance

#: How far back Secrets of starts that never came to anything are looked for.
_SECRETS_BACK = 64


def recorded_start(instance: Instance) -> int:
    """The number of the last start that the Pod operator wrote down, 0 if there was none."""
    return max(
        (int(state.start_id) for state in instance.status.pods.values() if state.start_id.isdecimal()), default=0
    )


def is_clean(instance: Instance) -> bool:
    """Whether the recorded start was wound up: its pods and its Secret are gone."""
    condition = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    return condition is not None and condition.reason in (reasons.SUSPENDED.name, reasons.START_SPENT.name)


def is_spent(instance: Instance) -> bool:
    """Whether the present start was wound up, or lies before the last known one: its Secret is gone."""
    if not instance.spec.start_id:
        return False
    present, known = int(instance.spec.start_id), recorded_start(instance)
    return present < known or (present == known and is_clean(instance))


def stale_secrets(instance: Instance, *, through_current: bool) -> list[str]:
    """Names of start Secrets to delete: of every start since the last known one, the present one only at a stop."""
    if not instance.spec.start_id:
        return []
    current, known = int(instance.spec.start_id), recorded_start(instance)
    end = max(current, known) + 1 if through_current else current
    first = max(1, known + 1 if is_clean(instance) else known, end - _SECRETS_BACK)
    return [identity.start_secret_name(instance.metadata.name, str(number)) for number in range(first, end)]
