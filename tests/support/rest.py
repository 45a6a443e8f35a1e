"""When there is nothing left to do: operators are woken until they have no more to say."""

import time

from tests.support.hub import INSTANCES
from tests.support.lab import Lab
from tests.support.operators import Operators
from tests.support.waiting import eventually

_HELD_BACK = 1.5  # seconds
OPERATORS = ("pvcs", "pods", "pod-status")


def look_again(lab: Lab, operators: Operators, name: str = "a") -> None:
    """Wake every operator for an Instance, and wait until each has looked at it."""
    before = {each: operators[each].passes() for each in OPERATORS}
    lab.kube.merge_patch(INSTANCES, lab.namespace, name, {"metadata": {"annotations": {"look": str(before)}}})
    for each, passes in before.items():
        eventually(lambda each=each, passes=passes: operators[each].passes() > passes)


def until_at_rest(lab: Lab, operators: Operators, *names: str) -> None:
    """Until every operator has looked at these Instances for a while and none wrote anything; fails if one never stops.

    For a while: a report of progress may be held back for a second.
    """
    quiet_since = time.monotonic()

    def written() -> list[str]:
        mark = lab.audit.mark()
        for name in names:
            look_again(lab, operators, name)
        nonlocal quiet_since
        writes = [str(call) for call in lab.writes(mark)]
        quiet_since = time.monotonic() if writes else quiet_since
        return writes

    eventually(written, until=lambda _: time.monotonic() - quiet_since > _HELD_BACK)
