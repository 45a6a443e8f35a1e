"""When there is nothing left to do: operators are woken until they have no more to say."""

from tests.support.hub import INSTANCES
from tests.support.lab import Lab
from tests.support.operators import Operators
from tests.support.waiting import eventually

OPERATORS = ("pvcs", "pods", "pod-status")


def look_again(lab: Lab, operators: Operators, name: str = "a") -> None:
    """Wake every operator for an Instance, and wait until each has looked at it."""
    before = {each: operators[each].passes() for each in OPERATORS}
    lab.kube.merge_patch(INSTANCES, lab.namespace, name, {"metadata": {"annotations": {"look": str(before)}}})
    for each, passes in before.items():
        eventually(lambda each=each, passes=passes: operators[each].passes() > passes)


def until_at_rest(lab: Lab, operators: Operators, *names: str) -> None:
    """Until every operator has looked at these Instances, and none wrote anything; fails if one always does."""

    def written() -> list[str]:
        mark = lab.audit.mark()
        for name in names:
            look_again(lab, operators, name)
        return [str(call) for call in lab.writes(mark)]

    eventually(written, until=lambda writes: writes == [], seconds=60)
