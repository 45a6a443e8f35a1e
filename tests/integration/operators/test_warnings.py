"""What the API server warns of when it makes pods and claims: told to the Template's author, in nobody's way.

What is unknown to it is found when a Template is applied, but for one that was accepted before.
"""

import pytest

from tests.support.kube import Json
from tests.support.lab import TEMPLATES, Lab, suspended
from tests.support.operators import Operators
from tests.support.templates import CLAIM, container, order, pod_spec, template
from tests.support.waiting import eventually
from tests.support.webhook import Allow, Refuse, Webhook

NO_FIELD = "$.spec.pods[0].spec.containers[0].resource: there is no field 'resource' here; did you mean 'resources'?"
UNKNOWN = 'unknown field "spec.containers[0].resource"'
ADVICE = "An unknown field has no effect: correct its name in the Template."


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def misspelt() -> Json:
    limits = {"limits": {"memory": "1Gi"}}
    return template(pods=[{"name": "notebook", "spec": pod_spec(containers=[container(resource=limits)])}])


def accept_before_the_check(lab: Lab, operators: Operators, body: Json) -> None:
    """Add a Template that was accepted when the API server knew its fields, or nobody looked at them."""
    operators.stop_all()
    lab.add_template(body)
    accepted: Json = {
        "type": "Accepted",
        "status": "True",
        "reason": "Accepted",
        "message": "The Template can be used.",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    status = {"observedGeneration": 1, "conditions": [accepted]}
    lab.kube.merge_patch(f"{TEMPLATES}/status", lab.namespace, "lab", {"status": status})
    operators.run_all()


def said_of_template(lab: Lab) -> dict[str, Json]:
    """The Template's conditions by type."""
    status = lab.kube.get(TEMPLATES, lab.namespace, "lab").get("status", {})
    return {each["type"]: each for each in status.get("conditions", [])}


def until_warned(lab: Lab, *texts: str) -> Json:
    """The condition, once it holds all of these."""
    return eventually(
        lambda: said_of_template(lab).get("Warnings", {}),
        until=lambda told: all(text in told.get("message", "") for text in texts),
    )


def start_again(lab: Lab) -> None:
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.hub.start("a")
    lab.made_pod()


def test_misspelt_field_of_an_accepted_template_is_told_until_it_is_corrected_and_the_server_starts_C19_C33(
    lab: Lab, operators: Operators
) -> None:
    accept_before_the_check(lab, operators, misspelt())
    until_warned(lab, NO_FIELD)

    lab.hub.first_start("a", order())

    lab.made_pod()
    told = until_warned(lab, NO_FIELD, UNKNOWN)
    assert (told["status"], told["reason"], told["observedGeneration"]) == ("True", "ApiServerWarns", 1)
    assert told["message"] == f"Template {NO_FIELD}; entry notebook of spec.pods: {UNKNOWN}. {ADVICE}"
    [event] = eventually(lambda: lab.events("ApiServerWarns"))
    assert (event["type"], event["message"]) == ("Warning", f"entry notebook of spec.pods: {UNKNOWN}. {ADVICE}")
    assert said_of_template(lab)["Accepted"]["status"] == "True"

    lab.looked_at(lab.change_template(template()))
    assert said_of_template(lab)["Warnings"] == told, "which generation it is about is part of it"
    start_again(lab)

    eventually(lambda: "Warnings" not in said_of_template(lab))
    assert said_of_template(lab)["Accepted"]["status"] == "True"


def test_misspelt_field_of_a_claim_is_told_on_the_instance_C19(lab: Lab, operators: Operators) -> None:
    spec = CLAIM | {"storageClass": "fast"}
    accept_before_the_check(lab, operators, template(pvcs=[{"name": "workspace", "spec": spec}]))
    until_warned(lab, "did you mean 'storageClassName'?")

    lab.hub.first_start("a", order())

    lab.made_pod()
    [event] = eventually(lambda: lab.events("ApiServerWarns"))
    assert event["type"] == "Warning"
    assert event["message"] == f'entry workspace of spec.pvcs: unknown field "spec.storageClass". {ADVICE}'


def test_what_is_said_of_one_generation_only_grows_and_is_written_when_it_does_C19(
    lab: Lab, operators: Operators, webhook: Webhook
) -> None:
    lab.add_template()
    lab.rehearsed()
    with webhook.intercepts("pods", Allow(warnings=("first",)), namespaces=[lab.namespace]) as policy:
        lab.hub.first_start("a", order())
        lab.made_pod()
        first = until_warned(lab, "first")
        mark = lab.audit.mark()

        start_again(lab)
        policy.act = Allow()
        start_again(lab)
        operators["pods"].stop()
        operators.run_all()
        start_again(lab)
        policy.act = Allow(warnings=("first", "second"))
        start_again(lab)
        both = until_warned(lab, "first", "second")

    assert both["lastTransitionTime"] == first["lastTransitionTime"]
    written = [call for call in lab.writes(mark) if call.resource == f"{TEMPLATES}/status"]
    assert [call.status for call in written] == [200], "once: not for what was known, nor for pods without any"


def test_condition_that_cannot_be_written_holds_up_no_start_and_is_written_later_C19(
    lab: Lab, webhook: Webhook
) -> None:
    lab.add_template()
    lab.rehearsed()
    warned = webhook.intercepts("pods", Allow(warnings=("first",)), namespaces=[lab.namespace])
    refused = webhook.intercepts(f"{TEMPLATES}/status", Refuse(), operations=["UPDATE"], namespaces=[lab.namespace])
    with warned, refused as interception:
        lab.hub.first_start("a", order())
        lab.serving()
        eventually(lambda: interception.asked)
        assert "Warnings" not in said_of_template(lab)

    until_warned(lab, "first")
