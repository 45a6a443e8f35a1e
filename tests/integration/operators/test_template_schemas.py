"""Templates are held against the API server's own description of pods and claims when they are applied."""

import pytest

from tests.support.kube import Json
from tests.support.lab import TEMPLATES, Lab, condition, says
from tests.support.operators import Operators
from tests.support.templates import CLAIM, container, order, pod_spec, template
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def accepted(lab: Lab, generation: int = 1) -> Json:
    """The Template's condition, once the Pod operator has looked at this generation of it."""

    def said() -> Json:
        status = lab.kube.get(TEMPLATES, lab.namespace, "lab").get("status", {})
        return next((each for each in status.get("conditions", []) if each["type"] == "Accepted"), {})

    return eventually(said, until=lambda told: told.get("observedGeneration") == generation)


def test_mistakes_of_a_new_template_are_told_at_once_and_no_server_is_made_with_them_C33(lab: Lab) -> None:
    containers = [container(resource={"limits": {"memory": "1Gi"}}, imagePullPolicy="always")]
    claim = CLAIM | {"storageClass": "fast"}
    wrong = template(
        pvcs=[{"name": "workspace", "spec": claim}],
        pods=[{"name": "notebook", "spec": pod_spec(containers=containers)}],
    )
    lab.add_template(wrong)

    told = accepted(lab)

    assert (told["status"], told["reason"]) == ("False", "Invalid")
    for text in (
        "$.spec.pvcs[0].spec.storageClass: there is no field 'storageClass' here; did you mean 'storageClassName'?",
        "$.spec.pods[0].spec.containers[0].resource: there is no field 'resource' here; did you mean 'resources'?",
        "$.spec.pods[0].spec.containers[0].imagePullPolicy: must be one of Always, IfNotPresent, Never; "
        "did you mean 'Always'?",
    ):
        assert text in told["message"]

    lab.hub.first_start("a", order())
    refused = lab.until(says("PvcsProvisioned", "Rejected"))
    assert 'unknown field "spec.storageClass"' in condition(refused, "PvcsProvisioned")["message"]
    assert lab.claims() == []

    lab.change_template(template(pods=wrong["spec"]["pods"]))
    assert accepted(lab, generation=2)["status"] == "False"
    refused = lab.until(says("PodsProvisioned", "Rejected"))
    assert 'unknown field "spec.containers[0].resource"' in condition(refused, "PodsProvisioned")["message"]
    assert lab.pods() == []

    lab.change_template(template())
    assert accepted(lab, generation=3)["message"] == "The Template can be used."
    lab.made_pod()
