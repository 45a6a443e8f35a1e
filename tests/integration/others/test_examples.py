"""The examples of other resources, applied as they are to a real API server with the real operators."""

from typing import Any

import pytest

from tests.support.examples import example
from tests.support.kube import Json
from tests.support.lab import Lab, condition, suspended
from tests.support.templates import order
from tests.support.waiting import eventually

PREFIX = "jupyternetes.kadense.io/"

pytestmark = pytest.mark.usefixtures("operators")


def start(lab: Lab, file: str, **variables: str) -> Json:
    """Apply an example, and start a server of it, as the hub does, once its Template is accepted."""
    template = example(f"other-resources/{file}")
    name = template["metadata"]["name"]
    lab.add_template(template)

    def accepted() -> Any:
        status = lab.kube.get("jupyternotebooktemplates", lab.namespace, name).get("status", {})
        return next((each for each in status.get("conditions", []) if each["type"] == "Accepted"), {})

    said = eventually(accepted)
    assert (said["status"], said["reason"]) == ("True", "Accepted"), said["message"]
    return lab.hub.first_start("a", order(name, **{"jupyterhub.args": "[]", **variables}))


def only(lab: Lab, resource: str) -> Json:
    """The one object that was made, once it is there."""
    (found,) = eventually(lambda: lab.kube.all(resource, lab.namespace, labels=f"{PREFIX}resourceName"))
    return found


def none_left(lab: Lab, resource: str) -> None:
    eventually(
        lambda: lab.kube.all(resource, lab.namespace, labels=f"{PREFIX}resourceName"), until=lambda found: found == []
    )


def pod(lab: Lab) -> Json:
    return lab.kube.get("pods", lab.namespace, lab.made_pod())


def stop(lab: Lab) -> None:
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)


def test_a_server_has_a_service_that_selects_its_pod_alone_and_goes_with_it_W01_W02(lab: Lab) -> None:
    start(lab, "service.yaml")

    labels = pod(lab)["metadata"]["labels"]
    service = only(lab, "services")
    assert service["spec"]["selector"].items() <= labels.items()
    assert service["spec"]["selector"][f"{PREFIX}instanceUid"] == lab.instance()["metadata"]["uid"]
    assert [(each["name"], each["port"]) for each in service["spec"]["ports"]] == [("http", 8888)]
    stop(lab)
    none_left(lab, "services")


def test_a_config_map_holds_what_was_chosen_and_follows_the_next_choice(lab: Lab) -> None:
    start(lab, "config-map.yaml", course="acoustics")

    config = only(lab, "configmaps")
    (volume,) = pod(lab)["spec"]["volumes"]
    assert volume["configMap"]["name"] == config["metadata"]["name"]
    assert config["data"]["WELCOME.md"] == "# acoustics\n\nWelcome, jovyan. The data is in /data/acoustics.\n"
    stop(lab)
    lab.hub.start("a", course="optics")
    lab.made_pod()
    again = only(lab, "configmaps")
    assert again["metadata"]["uid"] == config["metadata"]["uid"]
    assert again["data"]["WELCOME.md"].startswith("# optics\n")


def test_a_network_policy_is_there_before_the_pod_and_goes_with_the_instance(lab: Lab) -> None:
    start(lab, "network-policy.yaml")

    made = pod(lab)
    policy = only(lab, "networkpolicies")
    selector = policy["spec"]["podSelector"]["matchLabels"]
    assert selector == {f"{PREFIX}instanceUid": lab.instance()["metadata"]["uid"]}
    assert selector.items() <= made["metadata"]["labels"].items()
    assert policy["metadata"]["creationTimestamp"] <= made["metadata"]["creationTimestamp"]
    own_servers = policy["spec"]["egress"][0]["to"][0]["podSelector"]["matchLabels"]
    assert own_servers == {"example.org/user": "jovyan"}
    assert own_servers.items() <= made["metadata"]["labels"].items()
    stop(lab)
    assert only(lab, "networkpolicies")["metadata"]["uid"] == policy["metadata"]["uid"]
    lab.kube.delete("jupyternotebookinstances", lab.namespace, "a")
    none_left(lab, "networkpolicies")


def test_a_foreign_object_is_waited_for_in_its_own_words_and_its_output_reaches_the_server(lab: Lab) -> None:
    start(lab, "licence.yaml")

    licence = only(lab, "licences")
    assert licence["spec"] == {"product": "solver", "holder": "jovyan"}
    answer(lab, licence, phase="Waiting", message="two before you")
    waiting = lab.until(
        lambda instance: "two before you" in condition(instance, "OtherResourcesProvisioned").get("message", "")
    )
    assert condition(waiting, "OtherResourcesProvisioned")["reason"] == "WaitingForOtherResource"
    assert lab.pods() == []
    answer(lab, licence, phase="Granted", server="27000@licences.example.org")
    (container,) = pod(lab)["spec"]["containers"]
    assert {"name": "SOLVER_LICENCE_SERVER", "value": "27000@licences.example.org"} in container["env"]
    stop(lab)
    none_left(lab, "licences")


def answer(lab: Lab, licence: Json, **status: str) -> None:
    """What the operator of licences writes."""
    name = licence["metadata"]["name"]
    lab.kube.merge_patch("licences/status", lab.namespace, name, {"status": status}, manager="licence-operator")
