"""From the hub's start to its stop, and every way in which a server can end in between."""

import pytest

from tests.support.hub import ENVIRONMENT, INSTANCES
from tests.support.kube import Json
from tests.support.lab import Lab, condition, is_running, is_stopped, says, suspended
from tests.support.operators import Operators
from tests.support.rest import until_at_rest
from tests.support.templates import CLAIM, container, order, pod_spec, template
from tests.support.waiting import eventually
from tests.support.webhook import Mutate, Webhook

pytestmark = pytest.mark.usefixtures("operators")


def names(objects: list[Json]) -> list[str]:
    return [each["metadata"]["name"] for each in objects]


def start(lab: Lab) -> str:
    """A running server started by the hub; the name of its pod."""
    lab.add_template()
    lab.hub.first_start("a", order())
    return lab.serving()


def test_a_start_gives_claim_then_pod_then_ready_in_that_order_B14(lab: Lab) -> None:
    pod = start(lab)

    instance = lab.instance()
    conditions = [condition(instance, kind) for kind in ("PvcsProvisioned", "PodsProvisioned", "Ready")]
    assert [each["status"] for each in conditions] == ["True"] * 3
    times = [each["lastTransitionTime"] for each in conditions]
    assert times == sorted(times)
    assert instance["status"]["address"] == "10.1.2.3:8888"
    assert instance["status"]["nodeName"] == "node-1"
    assert names(lab.pods()) == [pod]
    assert names(lab.claims()) == [instance["status"]["pvcs"]["workspace"]["resourceName"]]


def test_pod_gets_its_environment_from_the_start_secret_B44(lab: Lab) -> None:
    lab.add_template()

    lab.hub.first_start("a", order())
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())

    (serving,) = pod["spec"]["containers"]
    assert serving["envFrom"] == [{"secretRef": {"name": "jni-a-1"}}]
    assert {"name": "OWN", "value": "jovyan"} in serving["env"]


def one_reference_each(pod: Json) -> list[Json]:
    """The environment as earlier operators wrote it: a reference for each of the hub's variables."""
    (serving,) = pod["spec"]["containers"]
    (source,) = serving["envFrom"]
    hubs = [{"name": key, "valueFrom": {"secretKeyRef": source["secretRef"] | {"key": key}}} for key in ENVIRONMENT]
    templates = [entry for entry in serving["env"] if entry["name"] != "token"]
    return [
        {"op": "remove", "path": "/spec/containers/0/envFrom"},
        {"op": "replace", "path": "/spec/containers/0/env", "value": [*hubs, *templates]},
    ]


def test_pod_of_an_earlier_operator_stays_as_it_is(lab: Lab, operators: Operators, webhook: Webhook) -> None:
    lab.add_template()
    lab.rehearsed()
    with webhook.intercepts("pods", Mutate(one_reference_each), namespaces=[lab.namespace]):
        lab.hub.first_start("a", order())
        lab.serving()
    [made] = lab.pods()
    assert "envFrom" not in made["spec"]["containers"][0]

    operators["pods"].stop()
    operators["pods"].start()
    until_at_rest(lab, operators, "a")

    assert lab.pods() == [made]
    assert is_running(lab.instance())


def test_claims_are_made_while_suspended_and_pods_are_not(lab: Lab) -> None:
    lab.add_template()

    lab.hub.create("a", order() | {"suspend": True, "startId": "1"})
    lab.until(lambda instance: instance["status"]["pvcsProvisioned"] == "Completed")

    assert len(lab.claims()) == 1
    assert lab.pods() == []
    assert condition(lab.instance(), "PodsProvisioned") == {}


def test_running_but_not_ready_is_not_ready_B35(lab: Lab) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    pod = lab.made_pod()
    lab.kubelet.bind(pod)

    lab.kubelet.run(pod)

    instance = lab.until(says("Ready", "NotReady"))
    assert condition(instance, "Ready")["status"] == "False"
    assert instance["status"]["pods"]["notebook"]["state"] == "Processed"
    assert "address" not in instance["status"]


def test_stop_removes_pod_and_secret_keeps_claim_clears_address_B18(lab: Lab) -> None:
    pod = start(lab)
    claims = names(lab.claims())

    lab.hub.stop("a")
    eventually(lambda: lab.kube.get("pods", lab.namespace, pod)["metadata"].get("deletionTimestamp"))
    assert not suspended(lab.instance())
    lab.kubelet.finish(pod)

    instance = lab.until(suspended)
    assert lab.pods() == []
    assert "jni-a-1" not in lab.secrets()
    assert names(lab.claims()) == claims
    instance = lab.until(says("Ready", "Suspended"))
    assert "address" not in instance["status"]
    assert "podAddress" not in instance["status"]["pods"]["notebook"]
    assert instance["status"]["pods"]["notebook"]["state"] == "Stopped"


def test_stop_at_once_gives_the_pod_no_time_B50(lab: Lab) -> None:
    start(lab)

    lab.hub.stop("a", grace_seconds=0)

    lab.until(suspended)
    assert lab.pods() == []


def test_less_patience_at_a_second_stop_is_passed_on_B50(lab: Lab) -> None:
    pod = start(lab)
    lab.hub.stop("a")
    eventually(lambda: lab.kube.get("pods", lab.namespace, pod)["metadata"].get("deletionTimestamp"))

    lab.hub.stop("a", grace_seconds=0)

    lab.until(suspended)


def test_start_right_after_stop_waits_for_the_old_pod_B19(lab: Lab) -> None:
    old = start(lab)
    lab.hub.stop("a")
    eventually(lambda: lab.kube.get("pods", lab.namespace, old)["metadata"].get("deletionTimestamp"))

    lab.hub.start("a")

    lab.until(says("PodsProvisioned", "WaitingForOldPods"))
    assert names(lab.pods()) == [old]
    lab.kubelet.finish(old)
    new = lab.serving()
    assert new != old
    assert names(lab.pods()) == [new]
    assert lab.secrets() == ["jni-a-2"]
    assert len(lab.claims()) == 1


def test_new_start_id_without_a_stop_replaces_the_pod_B19(lab: Lab) -> None:
    old = start(lab)

    lab.hub.start("a")
    eventually(lambda: lab.kube.get("pods", lab.namespace, old)["metadata"].get("deletionTimestamp"))
    lab.kubelet.finish(old)

    new = lab.serving()
    assert new != old
    assert lab.secrets() == ["jni-a-2"]


def test_deleted_pod_spends_its_start_P07(lab: Lab) -> None:
    pod = start(lab)

    lab.kube.delete("pods", lab.namespace, pod, grace_seconds=0)

    stopped = lab.until(is_stopped)
    assert stopped["status"]["pods"]["notebook"]["reason"] == "PodGone"
    assert "address" not in stopped["status"]
    lab.until(says("PodsProvisioned", "StartSpent"))
    assert lab.pods() == []
    assert lab.secrets() == []
    ended = lab.until(says("Ready", "PodGone"))
    assert ended["status"]["lastTermination"]["notebook"]["reason"] == "PodGone"

    # the next start gives one new pod on the same claim
    lab.hub.start("a")
    assert lab.serving() != pod
    assert len(lab.pods()) == len(lab.claims()) == 1


def test_server_that_exits_spends_its_start_and_its_exit_code_is_kept_P03(lab: Lab) -> None:
    pod = start(lab)

    lab.kubelet.end(pod, 137, reason="OOMKilled")

    instance = lab.until(says("PodsProvisioned", "StartSpent"))
    assert lab.pods() == []
    assert lab.secrets() == []
    state = instance["status"]["pods"]["notebook"]
    assert (state["state"], state["exitCode"], state["reason"]) == ("Stopped", 137, "OOMKilled")
    assert instance["status"]["lastTermination"]["notebook"]["exitCode"] == 137
    assert eventually(lambda: lab.events("OOMKilled"))


def test_server_that_shut_itself_down_stays_down_P02(lab: Lab) -> None:
    pod = start(lab)

    lab.kubelet.end(pod, 0, reason="Completed")

    instance = lab.until(says("PodsProvisioned", "StartSpent"))
    assert instance["status"]["pods"]["notebook"]["exitCode"] == 0
    lab.hub.stop("a")
    instance = lab.until(suspended)
    assert instance["status"]["lastTermination"]["notebook"]["reason"] == "Completed"
    assert lab.pods() == []


def test_deleted_pod_of_an_instance_without_start_id_comes_back_B22(lab: Lab) -> None:
    lab.add_template()
    lab.hub.create("a", order())
    first = lab.serving()

    lab.kube.delete("pods", lab.namespace, first, grace_seconds=0)

    eventually(lambda: lab.made_pod(), until=lambda name: name != first)
    second = lab.serving()
    assert names(lab.pods()) == [second]
    assert len(lab.claims()) == 1


def test_failed_pod_of_an_instance_without_start_id_is_replaced_B25(lab: Lab) -> None:
    lab.add_template()
    lab.hub.create("a", order())
    first = lab.serving()

    lab.kubelet.end(first, 1)

    eventually(lambda: lab.made_pod(), until=lambda name: name != first)
    second = lab.serving()
    assert names(lab.pods()) == [second]


def test_terminating_pod_does_not_count_as_present_B25(lab: Lab) -> None:
    lab.add_template()
    lab.hub.create("a", order())
    first = lab.serving()

    lab.kube.delete("pods", lab.namespace, first)
    lab.until(says("Ready", "Stopping"))
    assert names(lab.pods()) == [first]
    lab.kubelet.finish(first)

    eventually(lambda: lab.made_pod(), until=lambda name: name != first)


def test_delete_while_pending_cleans_everything_B20(lab: Lab) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    lab.made_pod()

    lab.kube.delete(INSTANCES, lab.namespace, "a")

    # Kubernetes' garbage collector looks for new kinds twice a minute
    eventually(lambda: (lab.pods(), lab.secrets()), until=lambda left: left == ([], []), seconds=90)
    assert len(lab.claims()) == 1


def test_claim_outlives_the_instance_and_serves_the_next_one_of_its_name_V13(lab: Lab) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    lab.made_pod()
    claims = names(lab.claims())
    lab.kube.delete(INSTANCES, lab.namespace, "a")
    eventually(lambda: lab.pods(), until=lambda pods: pods == [], seconds=90)

    lab.hub.create("a", order())
    lab.made_pod()

    assert names(lab.claims()) == claims


def test_claim_that_is_to_go_with_its_instance_goes_and_is_not_taken_for_the_next_one_V03(lab: Lab) -> None:
    lab.add_template(template(pvcs=[{"name": "workspace", "spec": CLAIM, "reclaimPolicy": "Delete"}]))
    lab.hub.create("a", order())
    lab.made_pod()
    old = names(lab.claims())
    lab.kube.delete(INSTANCES, lab.namespace, "a")

    lab.hub.create("a", order())
    lab.made_pod()

    # Kubernetes' garbage collector looks for new kinds twice a minute
    eventually(lambda: names(lab.claims()), until=lambda claims: len(claims) == 1 and claims != old, seconds=90)
    assert lab.instance()["status"]["pvcs"]["workspace"]["reclaimPolicy"] == "Delete"


def test_template_that_appears_later_is_used_without_touching_the_instance_B15(lab: Lab) -> None:
    lab.hub.first_start("a", order())
    lab.until(says("Ready", "TemplateNotFound"))

    lab.add_template()

    pod = lab.serving()
    assert names(lab.pods()) == [pod]
    assert condition(lab.instance(), "PvcsProvisioned")["reason"] == "Provisioned"


def test_running_server_survives_changes_and_loss_of_its_template_B16_B17(lab: Lab) -> None:
    pod = start(lab)
    lab.change_template(template(pods=[{"name": "notebook", "spec": pod_spec(hostname="other")}]))
    lab.kube.delete("jupyternotebooktemplates", lab.namespace, "lab")

    lab.until(says("PodsProvisioned", "TemplateNotFound"))

    assert names(lab.pods()) == [pod]
    assert condition(lab.instance(), "Ready")["status"] == "True"


def test_pod_that_depends_on_another_pod_is_made_after_it_B03(lab: Lab) -> None:
    helper = {"name": "helper", "spec": {"containers": [container(volumeMounts=None)]}}
    peer = {"name": "PEER", "value": "{jupyternetes.pods.helper}"}
    server = {"name": "notebook", "spec": pod_spec(containers=[container(env=[peer])])}
    lab.add_template(template(pods=[server, helper]))

    lab.hub.first_start("a", order())
    notebook = lab.kube.get("pods", lab.namespace, lab.made_pod())

    assert {"name": "PEER", "value": lab.made_pod(entry="helper")} in notebook["spec"]["containers"][0]["env"]
    lab.serving()
    assert len(lab.pods()) == 2
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    assert lab.pods() == []
