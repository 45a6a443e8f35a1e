"""Entries with a condition, and rules, with all operators at work on a real API server."""

import pytest

from tests.support.kube import Json
from tests.support.lab import TEMPLATES, Lab, condition, is_running, says, suspended
from tests.support.operators import Operators
from tests.support.templates import CLAIM, order, pod_spec, template
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


ADDED = {"condition": "vars.scratch"}


def conditional(**spec: Json) -> Json:
    """A Template with a claim and a pod that come with a variable."""
    helper = {"name": "helper", "spec": {"containers": [{"name": "helper", "image": "localhost/helper:none"}]}}
    return template(
        variables=[{"name": "scratch", "type": "boolean", "default": False}],
        pvcs=[{"name": "workspace", "spec": CLAIM}, {"name": "scratch", "spec": CLAIM} | ADDED],
        pods=[{"name": "notebook", "spec": pod_spec()}, helper | ADDED],
        **spec,
    )


def entries(objects: list[Json], kind: str) -> list[str]:
    labels = (each["metadata"]["labels"][f"jupyternetes.kadense.io/{kind}"] for each in objects)
    return sorted(labels)


def stop(lab: Lab) -> None:
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)


def test_entries_come_and_go_with_their_condition_between_starts_and_claims_stay_B07(lab: Lab) -> None:
    lab.add_template(conditional())

    lab.hub.first_start("a", order())
    lab.serving()
    assert (entries(lab.pods(), "podName"), entries(lab.claims(), "pvcName")) == (["notebook"], ["workspace"])
    assert condition(lab.instance(), "PodsProvisioned")["status"] == "True"

    stop(lab)
    lab.hub.start("a", scratch="true")
    lab.made_pod(entry="helper")
    notebook = lab.serving()
    assert entries(lab.pods(), "podName") == ["helper", "notebook"]
    made = lab.instance()["status"]["pvcs"]["scratch"]["resourceName"]

    # Nobody stops it before: what the start before made is removed first.
    lab.hub.start("a", scratch="false")
    lab.until(says("PodsProvisioned", "WaitingForOldPods"))
    lab.kubelet.finish(notebook)
    lab.serving()
    gone = lab.until(lambda instance: "helper" not in instance["status"]["pods"] and is_running(instance))
    assert entries(lab.pods(), "podName") == ["notebook"]
    assert entries(lab.claims(), "pvcName") == ["scratch", "workspace"]
    assert (gone["status"]["pvcsProvisioned"], gone["status"]["podsProvisioned"]) == ("Completed", "Completed")

    stop(lab)
    lab.hub.start("a", scratch="true")
    lab.made_pod(entry="helper")
    assert lab.instance()["status"]["pvcs"]["scratch"]["resourceName"] == made
    assert entries(lab.claims(), "pvcName") == ["scratch", "workspace"]


def test_values_that_a_rule_refuses_make_nothing_and_the_next_start_with_others_works_B09(lab: Lab) -> None:
    rule = {"rule": "!vars.scratch || vars.jupyterhub.user.name == 'ada'", "message": "Only ada has a scratch disk."}
    lab.add_template(conditional(rules=[rule]))

    lab.hub.first_start("a", order(scratch="true"))

    for kind in ("PvcsProvisioned", "PodsProvisioned"):
        refused = lab.until(says(kind, "TemplateError"))
        assert "Template $.spec.rules[0]: Only ada has a scratch disk." in condition(refused, kind)["message"]
    assert (lab.pods(), lab.claims()) == ([], [])
    stop(lab)
    lab.hub.start("a", scratch="false")
    lab.serving()


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"rules": [{"rule": "vars.scrach", "message": "m"}]}, "$.spec.rules[0].rule"),
        ({"variables": [{"name": "v", "default": "", "when": "vars.v + 1"}]}, "$.spec.variables[0].when"),
        ({"pvcs": [{"name": "workspace", "spec": CLAIM, "condition": "1 == '1'"}]}, "$.spec.pvcs[0].condition"),
    ],
)
def test_a_mistake_in_an_expression_is_told_when_the_template_is_applied(lab: Lab, wrong: Json, path: str) -> None:
    body = conditional()
    body["spec"] |= wrong

    lab.add_template(body)

    def accepted() -> Json:
        return condition({"status": {}} | lab.kube.get(TEMPLATES, lab.namespace, "lab"), "Accepted")

    told = eventually(accepted)
    assert told["status"] == "False"
    assert f"Template {path}: CEL says: " in told["message"]
