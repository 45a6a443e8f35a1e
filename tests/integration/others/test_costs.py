"""What the other-resources operator costs a server that needs nothing of it."""

from tests.support.hub import INSTANCES
from tests.support.lab import Lab, suspended
from tests.support.operators import Operators
from tests.support.templates import order
from tests.support.waiting import eventually


def test_life_without_other_resources_and_gates_costs_not_one_request_more(lab: Lab, operators: Operators) -> None:
    """How many requests each of the other operators makes: tests/integration/operators/test_status_ownership.py."""
    ours = operators["other-resources"]
    lab.add_template()
    mark = lab.audit.mark()
    looks = [ours.passes()]
    for start in (lambda: lab.hub.first_start("a", order()), lambda: lab.hub.start("a")):
        start()
        lab.serving()
        lab.hub.stop("a", grace_seconds=0)
        lab.until(suspended)
        looks.append(eventually(ours.passes, until=lambda passes: passes > looks[-1]))
    lab.kube.delete(INSTANCES, lab.namespace, "a")
    eventually(ours.passes, until=lambda passes: passes > looks[-1])

    accounts = [call.user.rpartition(":")[2] for call in lab.audit.calls(mark, namespace=lab.namespace)]

    assert {"hub", "pvcs", "pods", "pod-status"} <= {*accounts}
    assert accounts.count("other-resources") == 0, "it has looked, and had nothing to ask or to say"
    assert accounts.count("gates") == 0
