"""Other resources on a real API server: made, waited for, repaired, removed, and never somebody else's."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.kube import Json
from tests.support.lab import Lab, condition, says, suspended
from tests.support.operators import Operators
from tests.support.others import GROUP, answer, database
from tests.support.rest import until_at_rest
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually
from tools.cluster import Cluster

PREFIX = "jupyternetes.kadense.io/"
CONFIG: Json = {
    "name": "config",
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "data": {"user": "{jupyterhub.user.name}"},
    "labels": {"team": "blue"},
}
SERVICE: Json = {
    "name": "web",
    "apiVersion": "v1",
    "kind": "Service",
    "lifetime": "Start",
    "spec": {
        "selector": {f"{PREFIX}instanceUid": "{jupyternetes.instance.uid}", f"{PREFIX}podName": "notebook"},
        "ports": [{"name": "http", "port": 80, "targetPort": 8888}],
    },
}
POLICY: Json = {
    "name": "wall",
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "spec": {
        "podSelector": {"matchLabels": {f"{PREFIX}instanceUid": "{jupyternetes.instance.uid}"}},
        "policyTypes": ["Ingress"],
    },
}

pytestmark = pytest.mark.usefixtures("operators")


def with_others(*entries: Json, env: list[Json] | None = None) -> Json:
    spec = pod_spec(containers=[container(env=env or [])])
    return template(pods=[{"name": "notebook", "spec": spec}], otherResources=[*entries])


def only(lab: Lab, resource: str) -> Json:
    """The one object that was made, once it is there; a namespace has a ConfigMap and a Service of its own."""
    (found,) = eventually(lambda: lab.kube.all(resource, lab.namespace, labels=f"{PREFIX}resourceName"))
    return found


def none_left(lab: Lab, resource: str) -> None:
    eventually(
        lambda: lab.kube.all(resource, lab.namespace, labels=f"{PREFIX}resourceName"), until=lambda found: found == []
    )


def other(instance: Json, entry: str) -> Json:
    return instance["status"]["otherResources"].get(entry, {})


def started(lab: Lab, body: Json) -> Json:
    lab.add_template(body)
    return lab.hub.first_start("a", order())


def test_a_service_per_server_comes_with_the_start_and_goes_with_it_W01_W02(lab: Lab) -> None:
    started(lab, with_others(SERVICE))
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    service = only(lab, "services")

    selector = service["spec"]["selector"]
    assert selector.items() <= pod["metadata"]["labels"].items()
    assert selector[f"{PREFIX}instanceUid"] == lab.instance()["metadata"]["uid"]
    assert service["spec"]["ports"][0]["name"] == "http"
    assert service["metadata"]["labels"][f"{PREFIX}startId"] == "1"
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    none_left(lab, "services")
    lab.until(lambda instance: other(instance, "web") == {})
    lab.hub.start("a")
    lab.made_pod()
    again = only(lab, "services")
    assert again["metadata"]["name"] != service["metadata"]["name"]
    assert again["metadata"]["labels"][f"{PREFIX}startId"] == "2"


def test_a_policy_and_a_config_map_stay_as_long_as_the_instance(lab: Lab) -> None:
    started(lab, with_others(POLICY, CONFIG))
    lab.made_pod()
    policy, config = only(lab, "networkpolicies"), only(lab, "configmaps")

    assert config["data"] == {"user": "jovyan"}
    assert config["metadata"]["labels"]["team"] == "blue"
    (owner,) = policy["metadata"]["ownerReferences"]
    assert (owner["uid"], owner["controller"]) == (lab.instance()["metadata"]["uid"], True)
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.hub.start("a")
    lab.made_pod()
    assert only(lab, "configmaps")["metadata"]["uid"] == config["metadata"]["uid"]
    assert condition(lab.instance(), "OtherResourcesProvisioned")["status"] == "True"
    lab.kube.delete("jupyternotebookinstances", lab.namespace, "a")
    none_left(lab, "networkpolicies")
    none_left(lab, "configmaps")


def test_a_pod_waits_for_a_foreign_object_tells_why_and_gets_what_it_says(lab: Lab) -> None:
    env = [{"name": "DB", "value": "{jupyternetes.otherResources.db.host}"}]
    started(lab, with_others(database(timeoutSeconds=300), env=env))
    made = only(lab, "databases")["metadata"]["name"]
    answer(lab.kube, lab.namespace, made, ready=False)

    waiting = lab.until(
        lambda instance: "disk 3 of 5" in condition(instance, "OtherResourcesProvisioned").get("message", "")
    )
    assert condition(waiting, "OtherResourcesProvisioned")["reason"] == "WaitingForOtherResource"
    assert "entry db" in condition(waiting, "OtherResourcesProvisioned")["message"]
    assert lab.pods() == []
    answer(lab.kube, lab.namespace, made, host="10.9.8.7")
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    assert {"name": "DB", "value": "10.9.8.7"} in pod["spec"]["containers"][0]["env"]
    status = lab.instance()["status"]
    assert status["otherResourcesProvisioned"] == {"db": "Completed"}
    assert status["otherResources"]["db"]["outputs"] == {"host": "10.9.8.7"}


def test_a_start_ends_in_time_when_the_other_program_is_dead_B31(lab: Lab) -> None:
    started(lab, with_others(database(timeoutSeconds=3)))
    begun = time.monotonic()

    late = lab.until(says("OtherResourcesProvisioned", "OtherResourceNotReady"))
    assert time.monotonic() - begun < 3 + 1 + 3, "a busy machine gets three more seconds"
    assert "no condition Ready or Available" in condition(late, "OtherResourcesProvisioned")["message"]
    assert lab.pods() == []
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)


def test_a_start_ends_in_time_when_our_own_operator_is_dead_and_a_stop_is_not_held_up_B31(
    lab: Lab, operators: Operators
) -> None:
    operators["other-resources"].kill()
    started(lab, with_others(database(timeoutSeconds=3)))

    late = lab.until(says("PodsProvisioned", "OtherResourceNotReady"))
    assert "has not answered" in condition(late, "PodsProvisioned")["message"]
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended, seconds=20)
    operators.run_all()
    lab.hub.start("a")
    answer(lab.kube, lab.namespace, only(lab, "databases")["metadata"]["name"])
    lab.made_pod()


def test_somebody_elses_object_of_the_same_name_is_never_taken_over_X02(lab: Lab, operators: Operators) -> None:
    operators["other-resources"].stop()
    instance = started(lab, with_others(CONFIG))
    operators.run_all()
    name = only(lab, "configmaps")["metadata"]["name"]
    operators["other-resources"].stop()
    lab.kube.delete("configmaps", lab.namespace, name)
    meta = instance["metadata"]
    forged = {"kind": "JupyterNotebookInstance", "apiVersion": "kadense.io/v1", "name": "a", "uid": meta["uid"]}
    lab.kube.create(
        "configmaps",
        lab.namespace,
        {"metadata": {"name": name, "ownerReferences": [forged | {"controller": True}]}, "data": {"mine": "yes"}},
    )
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    operators.run_all()
    lab.hub.start("a")

    refused = lab.until(says("OtherResourcesProvisioned", "ObjectOfAnother"))
    assert f"{lab.namespace}/{name}" in condition(refused, "OtherResourcesProvisioned")["message"]
    assert lab.kube.get("configmaps", lab.namespace, name)["data"] == {"mine": "yes"}
    assert lab.pods() == []
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    assert lab.kube.get("configmaps", lab.namespace, name)["data"] == {"mine": "yes"}


def test_what_was_taken_away_comes_back_and_what_others_added_stays(lab: Lab) -> None:
    started(lab, with_others(CONFIG))
    lab.made_pod()
    config = only(lab, "configmaps")
    name = config["metadata"]["name"]
    patch: Json = {"metadata": {"labels": {"team": None, "theirs": "x"}}, "data": {"more": "theirs"}}
    lab.kube.merge_patch("configmaps", lab.namespace, name, patch)

    def repaired() -> Json:
        return lab.kube.get("configmaps", lab.namespace, name)

    found = eventually(repaired, until=lambda obj: obj["metadata"]["labels"].get("team") == "blue")
    assert found["metadata"]["labels"]["theirs"] == "x"
    assert found["data"] == {"user": "jovyan", "more": "theirs"}
    assert found["metadata"]["uid"] == config["metadata"]["uid"]
    lab.until(lambda instance: condition(instance, "OtherResourcesProvisioned")["status"] == "True")


def test_a_field_that_somebody_else_holds_is_an_error_that_names_both(lab: Lab) -> None:
    started(lab, with_others(CONFIG))
    lab.made_pod()
    name = only(lab, "configmaps")["metadata"]["name"]
    lab.kube.merge_patch("configmaps", lab.namespace, name, {"data": {"user": "mallory"}}, manager="mallory")

    said = lab.until(says("OtherResourcesProvisioned", "FieldOfAnother"))
    message = condition(said, "OtherResourcesProvisioned")["message"]
    assert "mallory" in message
    assert ".data.user" in message
    assert lab.kube.get("configmaps", lab.namespace, name)["data"]["user"] == "mallory"
    assert len(lab.pods()) == 1, "what runs goes on"


def test_an_edit_of_the_template_changes_the_object_and_takes_fields_away(lab: Lab) -> None:
    started(lab, with_others(CONFIG | {"data": {"user": "{jupyterhub.user.name}", "old": "1"}}))
    lab.made_pod()
    before = only(lab, "configmaps")

    lab.change_template(with_others(CONFIG | {"data": {"user": "{jupyterhub.user.name}", "new": "2"}}))

    def now() -> Json:
        return lab.kube.get("configmaps", lab.namespace, before["metadata"]["name"])

    eventually(lambda: now()["data"], until=lambda data: data == {"user": "jovyan", "new": "2"})
    lab.change_template(with_others(CONFIG | {"data": {"new": "3"}}))
    eventually(lambda: now()["data"], until=lambda data: data == {"new": "3"})
    assert now()["metadata"]["uid"] == before["metadata"]["uid"]


def test_an_entry_that_is_removed_takes_its_object_and_its_words_along(lab: Lab) -> None:
    started(lab, with_others(CONFIG))
    lab.made_pod()
    only(lab, "configmaps")

    lab.change_template(with_others())

    none_left(lab, "configmaps")
    lab.until(
        lambda instance: (
            not instance["status"]["otherResources"] and condition(instance, "OtherResourcesProvisioned") == {}
        )
    )


def test_an_operator_that_dies_at_each_step_makes_nothing_twice_B26(lab: Lab, operators: Operators) -> None:
    started(lab, with_others(database(timeoutSeconds=300), CONFIG, SERVICE))
    operators["other-resources"].kill()
    operators.run_all()
    made = only(lab, "databases")
    operators["other-resources"].kill()
    answer(lab.kube, lab.namespace, made["metadata"]["name"])
    operators.run_all()
    lab.made_pod()
    operators["other-resources"].kill()
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended, seconds=20)
    operators.run_all()
    none_left(lab, "services")

    assert only(lab, "databases")["metadata"]["uid"] == made["metadata"]["uid"]
    only(lab, "configmaps")
    assert operators["other-resources"].runs


def test_a_kind_that_is_not_installed_keeps_its_own_servers_waiting_alone(lab: Lab) -> None:
    ghost: Json = {"name": "boo", "apiVersion": "ghosts.example.org/v1", "kind": "Ghost", "timeoutSeconds": 3}
    started(lab, with_others(ghost))

    late = lab.until(says("OtherResourcesProvisioned", "OtherResourceNotReady"))
    assert "objects of kind Ghost cannot be listed" in condition(late, "OtherResourcesProvisioned")["message"]


def test_nothing_is_written_at_rest_and_a_misspelt_field_is_refused_B38(lab: Lab, operators: Operators) -> None:
    started(lab, with_others(CONFIG, database(spec={"size": "1Gi", "sise": "2Gi"})))

    refused = lab.until(says("OtherResourcesProvisioned", "Rejected"))
    assert "sise" in condition(refused, "OtherResourcesProvisioned")["message"]
    lab.change_template(with_others(CONFIG, database()))
    answer(lab.kube, lab.namespace, only(lab, "databases")["metadata"]["name"])
    lab.made_pod()
    lab.until(lambda instance: condition(instance, "OtherResourcesProvisioned")["status"] == "True")
    until_at_rest(lab, operators, "a")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"name": "s", "apiVersion": "v1", "kind": "Secret", "stringData": {"a": "b"}}, "never made"),
        ({"name": "r", "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role"}, "never made"),
        ({"name": "p", "apiVersion": "v1", "kind": "Pod", "spec": {}}, "not allowed"),
        ({"name": "jni-a", "apiVersion": "v1", "kind": "ConfigMap"}, "start Secrets"),
        (CONFIG | {"metadata": {"namespace": "kube-system"}}, "remove it"),
        ({"name": "boo", "apiVersion": "ghosts.example.org/v1", "kind": "Ghost"}, "not installed in this cluster"),
    ],
)
def test_what_a_template_may_not_ask_for_is_said_when_it_is_applied_X02(lab: Lab, entry: Json, words: str) -> None:
    lab.add_template(with_others(entry))

    def accepted() -> Any:
        found = lab.kube.get("jupyternotebooktemplates", lab.namespace, "lab").get("status", {})
        return next((each for each in found.get("conditions", []) if each["type"] == "Accepted"), {})

    said = eventually(accepted)
    assert said["status"] == "False"
    assert words in said["message"]


@pytest.mark.parametrize(
    ("pattern", "status", "reason"),
    [(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", "True", "Rehearsed"), ("[a-z0-9.-]{1,63}", "Unknown", "NeedsOutputs")],
)
def test_text_that_stands_for_an_output_makes_no_template_wrong(
    lab: Lab, pattern: str, status: str, reason: str
) -> None:
    output = {"name": "host", "path": "status.host", "pattern": pattern}
    alias = {"ip": "{jupyternetes.otherResources.db.host}", "hostnames": ["db"]}
    spec = pod_spec(containers=[container()], hostAliases=[alias])
    lab.add_template(template(pods=[{"name": "notebook", "spec": spec}], otherResources=[database(outputs=[output])]))

    said = lab.rehearsed()

    assert (said["status"], said["reason"]) == (status, reason)
    assert status == "True" or "with a made-up text at $.spec.hostAliases[0].ip" in said["message"]


def test_explain_tells_what_is_waited_for_and_where_the_object_is_another_by_now(
    lab: Lab, control_plane: Cluster, accounts: dict[str, Path]
) -> None:
    started(lab, with_others(database(), CONFIG))
    name = only(lab, "databases")["metadata"]["name"]
    answer(lab.kube, lab.namespace, name, ready=False)
    lab.until(lambda found: "disk 3 of 5" in other(found, "db").get("message", ""))

    told = explain(lab, control_plane.kubeconfig)

    assert f"Database db: {name}; not ready since " in told
    assert "of 30 s are left: Database" in told
    assert "(Creating: disk 3 of 5)" in told
    assert "ConfigMap config: config-" in told
    assert "it would be made once this is ready: db" in told

    answer(lab.kube, lab.namespace, name)
    lab.made_pod()
    assert f"Database db: {name}; ready" in explain(lab, control_plane.kubeconfig)
    events = eventually(lambda: lab.events("OtherResourceReady"), until=lambda found: len(found) == 2)
    assert f"Database {name} is ready, which is entry db" in {event["message"] for event in events}

    lab.kube.merge_patch("databases", lab.namespace, name, {"spec": {"size": "2Gi"}}, manager="somebody")
    lab.until(says("OtherResourcesProvisioned", "FieldOfAnother"))
    told = explain(lab, control_plane.kubeconfig)

    assert "$.spec.size is 2Gi, and would be 1Gi" in told
    assert "The message names who holds which field" in told
    missing = f"that takes the right to get databases.{GROUP} in namespace {lab.namespace}"
    assert f"Database {name} could not be looked at: {missing}." in explain(lab, accounts["hub"])


def test_the_graph_shows_who_is_waited_for_without_a_right_on_the_objects(lab: Lab, accounts: dict[str, Path]) -> None:
    started(lab, with_others(database()))
    name = only(lab, "databases")["metadata"]["name"]
    lab.until(lambda found: other(found, "db").get("reason") == "WaitingForOtherResource")

    options = ["--no-observe", "--output=json", f"--kubeconfig={accounts['hub']}", f"--namespace={lab.namespace}"]
    command = [sys.executable, "-m", "jupyternetes", "graph", *options]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    states = {(each["kind"], each["name"]): each.get("state") for each in found["nodes"]}
    assert states["other-resource", f"{name} of kind Database"] == "starting"
    assert states["third-operator", f"Database ({GROUP}/v1)"] == "starting"
    assert {"acts-on", "equips"} <= {each["kind"] for each in found["edges"]}


def explain(lab: Lab, kubeconfig: Path) -> str:
    options = [f"--kubeconfig={kubeconfig}", f"--namespace={lab.namespace}"]
    command = [sys.executable, "-m", "jupyternetes", "explain", "a", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
