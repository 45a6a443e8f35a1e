"""A Template that is edited or deleted while servers start with it."""

import msgspec
import pytest

from jupyternetes.api.instance import Instance
from jupyternetes.spawner.status.instance_status import is_provisioned
from tests.support.kube import Json
from tests.support.lab import TEMPLATES, Lab, condition, is_running, says, suspended
from tests.support.operators import Operators
from tests.support.templates import CLAIM, container, order, pod_spec, template


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


@pytest.mark.parametrize("edit", ["breaks", "deletes"])
def test_starts_whose_pod_exists_go_on_and_those_without_end_with_the_path_C08(lab: Lab, edit: str) -> None:
    adopted = {"name": "workspace", "spec": CLAIM, "claimName": "{claim}"}
    lab.add_template(template(pvcs=[adopted], variables=[{"name": "claim", "enum": ["there", "none"]}]))
    lab.kube.create("persistentvolumeclaims", lab.namespace, {"metadata": {"name": "there"}, "spec": CLAIM})
    lab.hub.first_start("with-pod", order(claim="there"))
    lab.hub.first_start("without", order(claim="none"))
    pod = lab.made_pod("with-pod")
    lab.until(says("PvcsProvisioned", "ClaimNotFound"), "without")

    if edit == "breaks":
        broken = pod_spec(containers=[container(env=[{"name": "A", "value": "{no.such.variable}"}])])
        lab.change_template(template(pods=[{"name": "notebook", "spec": broken}]))
    else:
        lab.kube.delete(TEMPLATES, lab.namespace, "lab")

    ended = lab.until(says("PodsProvisioned", "TemplateError" if edit == "breaks" else "TemplateNotFound"), "without")
    words = ["$.spec.pods[0].spec.containers[0].env[0].value"] if edit == "breaks" else ["lab", "does not exist"]
    assert all(word in condition(ended, "PodsProvisioned")["message"] for word in words)
    lab.until(says("PodsProvisioned", condition(ended, "PodsProvisioned")["reason"]), "with-pod")
    assert is_provisioned(msgspec.convert(lab.instance("with-pod"), Instance)), "what the hub goes by"
    lab.kubelet.bind(pod)
    lab.kubelet.serve(pod)
    lab.until(is_running, "with-pod")


def revision(lab: Lab, name: str) -> tuple[str, int]:
    """Which revision of its Template the Instance's pod was made from, by its status."""
    state = lab.instance(name)["status"]["pods"]["notebook"]
    return state["templateUid"], state["templateGeneration"]


def revision_of(made: Json) -> tuple[str, int]:
    return made["metadata"]["uid"], made["metadata"]["generation"]


def edited() -> Json:
    return template(pods=[{"name": "notebook", "spec": pod_spec(containers=[container(workingDir="/home/jovyan")])}])


def test_a_server_keeps_the_revision_it_was_started_with_and_the_next_start_takes_the_current_one(lab: Lab) -> None:
    first = lab.add_template()
    lab.hub.first_start("a", order())
    pod = lab.serving("a")

    second = lab.change_template(edited())
    lab.looked_at(second)
    lab.hub.first_start("b", order())
    lab.made_pod("b")
    assert revision(lab, "b") == revision_of(second)
    assert (lab.made_pod("a"), revision(lab, "a")) == (pod, revision_of(first)), "it runs as it was started"

    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended, "a")
    lab.hub.start("a")
    lab.made_pod("a")
    assert revision(lab, "a") == revision_of(second)


def test_a_template_that_is_made_again_is_another_one(lab: Lab) -> None:
    lab.add_template()
    lab.kube.delete(TEMPLATES, lab.namespace, "lab")
    again = lab.add_template()
    lab.looked_at(again)

    lab.hub.first_start("a", order())
    lab.made_pod("a")

    assert revision(lab, "a") == revision_of(again)
