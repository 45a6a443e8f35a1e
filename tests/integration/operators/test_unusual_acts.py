"""Acts that are legal and that no hub does: what people do to Instances and pods by hand."""

import pytest

from tests.support.hub import INSTANCES
from tests.support.kube import Json
from tests.support.lab import Lab, says, suspended
from tests.support.operators import Operators
from tests.support.templates import CLAIM, order, template


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def patch_spec(lab: Lab, **spec: object) -> Json:
    return lab.kube.merge_patch(INSTANCES, lab.namespace, "a", {"spec": spec})


@pytest.mark.parametrize("had_pod", [True, False], ids=["with a pod", "before it had a pod"])
def test_stopped_start_that_is_resumed_by_hand_is_spent_C14(lab: Lab, had_pod: bool) -> None:
    lab.add_template(template(pvcs=[{"name": "workspace", "spec": CLAIM} | ({} if had_pod else {"claimName": "none"})]))
    lab.hub.first_start("a", order())
    if had_pod:
        lab.made_pod()
    else:
        lab.until(says("PvcsProvisioned", "ClaimNotFound"))
    patch_spec(lab, suspend=True, gracePeriodSeconds=0)
    lab.until(suspended)

    patch_spec(lab, suspend=False)

    lab.until(says("PodsProvisioned", "StartSpent"))
    assert lab.pods() == []
    lab.hub.start("a")
    lab.until(says("PodsProvisioned", "Provisioned") if had_pod else says("PvcsProvisioned", "ClaimNotFound"))
