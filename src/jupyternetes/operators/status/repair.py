"""What to do about an Instance of which not every value can be read: pure decisions.

What is wrong in the spec is its owner's to correct and is said in a condition. What is wrong in the status was written
by an older or another program: it tells nobody anything and is cleared, and the operators write it anew. Conditions of
other programs are no fault, whether they can be read or not (``conditions.UnreadableCondition``).
"""

from datetime import datetime
from itertools import takewhile
from typing import Final, cast

from jupyternetes.api import reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance
from jupyternetes.api.partial_decode import Path
from jupyternetes.operators.status.conditions import report
from jupyternetes.operators.status.owned_fields import Fields, replaced

_STATUS: Final = "status"
_CONDITIONS: Final = (_STATUS, "conditions")
_SHOWN: Final = 10


def spec_condition(instance: Instance, kind: str, *, now: datetime) -> Condition | None:
    """The condition of type ``kind`` about what cannot be read in the spec, or None if all of it can."""
    faults = [str(fault) for fault in instance.unreadable if fault.path[0] != _STATUS]
    if not faults:
        return None
    shown = faults[:_SHOWN] + ([f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else [])
    namespace, name = instance.metadata.namespace, instance.metadata.name
    message = f"Instance {namespace}/{name}: {'; '.join(shown)}. {reasons.UNREADABLE.advice}"
    return report(instance, kind, "False", reasons.UNREADABLE, message, now=now)


def repair_patch(instance: Instance, condition: Condition | None) -> Fields:
    """The merge patch that clears what is unreadable in the status and sets ``condition``; empty: nothing to do."""
    paths = [fault.path for fault in instance.unreadable if fault.path[0] == _STATUS]
    patch: Fields = {}
    for path in paths:
        _clear(patch, path)
    standing = instance.status.conditions
    is_news = condition is not None and condition not in standing
    if not is_news and not any(path[:2] == _CONDITIONS and len(path) > len(_CONDITIONS) for path in paths):
        return patch
    # Where the status is no object at all, this puts one in its place.
    status = cast("Fields", patch.get(_STATUS) or {})
    new = [] if condition is None else [condition]
    return {_STATUS: status | {"conditions": replaced(standing, new, {each.type for each in new})}}


def _clear(patch: Fields, path: Path) -> None:
    """Of a list, all goes: a merge patch reaches nothing in it."""
    names = [*takewhile(lambda step: not step.startswith("["), path)]
    for name in names[:-1]:
        patch = cast("Fields", patch.setdefault(name, {}))
    patch[names[-1]] = None
