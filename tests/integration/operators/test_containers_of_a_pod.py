"""Pods of several containers, as a kubelet reports on them, and what becomes of the server."""

import pytest

from tests.support.kube import Json
from tests.support.kubelet import running, terminated, waiting
from tests.support.lab import Lab, is_stopped, says
from tests.support.templates import container, order, pod_spec, template
from tests.support.webhook import Mutate, Webhook

pytestmark = pytest.mark.usefixtures("operators")

HELPER = container(name="helper", ports=None, env=None, volumeMounts=None)


def start(lab: Lab, **spec: object) -> str:
    """A server with a helper container that is under way; the name of its pod, which is on its node."""
    server = {"name": "notebook", "spec": pod_spec(containers=[container(), HELPER], **spec)}
    lab.add_template(template(pods=[server]))
    lab.hub.first_start("a", order())
    pod = lab.made_pod()
    lab.kubelet.bind(pod)
    return pod


def entry(instance: Json) -> Json:
    return instance["status"]["pods"]["notebook"]


def test_server_that_ends_beside_another_container_is_stopped_and_its_pod_removed_C01(lab: Lab) -> None:
    pod = start(lab)

    lab.kubelet.report(pod, terminated("notebook", 0, "Completed"), running("helper"))

    instance = lab.until(is_stopped)
    assert (entry(instance)["reason"], entry(instance)["exitCode"]) == ("Completed", 0)
    lab.until(lambda _: lab.kube.get("pods", lab.namespace, pod)["metadata"].get("deletionTimestamp"))
    lab.kubelet.finish(pod)
    lab.until(says("PodsProvisioned", "StartSpent"))


def test_server_that_the_kubelet_starts_again_is_alive_and_says_how_it_ended_C01_C04(lab: Lab) -> None:
    pod = start(lab)

    lab.kubelet.report(pod, terminated("notebook", 137, "OOMKilled"), running("helper"))

    instance = lab.until(says("Ready", "ServerRestarting"))
    assert entry(instance)["exitCode"] == 137
    assert "OOMKilled" in entry(instance)["message"]
    assert not is_stopped(instance)


def test_helper_that_did_its_work_does_not_keep_the_server_from_running_C03(lab: Lab) -> None:
    pod = start(lab)

    lab.kubelet.report(pod, running("notebook"), terminated("helper", 0, "Completed"))

    lab.until(lambda instance: entry(instance).get("state") == "Running")


def test_helper_that_is_not_ready_is_named_C03(lab: Lab) -> None:
    pod = start(lab)

    lab.kubelet.report(pod, running("notebook"), running("helper", ready=False))

    instance = lab.until(says("Ready", "NotReady"))
    assert "Container helper" in entry(instance)["message"]


def test_image_that_is_not_there_is_final_at_its_second_pull_C06(lab: Lab) -> None:
    pod = start(lab)
    failed = waiting("notebook", "ErrImagePull", "none: not found")

    lab.kubelet.report(pod, failed, running("helper"))
    lab.until(says("Ready", "ErrImagePull"))
    lab.kubelet.report(pod, waiting("notebook", "ImagePullBackOff", "Back-off"), running("helper"))
    lab.until(says("Ready", "ImagePullBackOff"))
    lab.kubelet.report(pod, failed, running("helper"))

    instance = lab.until(says("Ready", "ImagePullFailed"))
    assert "none: not found" in entry(instance)["message"]


def test_evicted_server_says_so_C26(lab: Lab) -> None:
    pod = start(lab)
    lab.kubelet.serve(pod)
    lab.until(lambda instance: entry(instance).get("state") == "Running")
    lab.kubelet.announce(pod, "EvictionByEvictionAPI", "drained")

    lab.kube.delete("pods", lab.namespace, pod, grace_seconds=0)

    instance = lab.until(is_stopped)
    assert (entry(instance)["reason"], entry(instance)["message"]) == ("EvictionByEvictionAPI", "drained")


def mesh(_: Json) -> list[Json]:
    """As service meshes do: their proxy before every other container."""
    proxy = {"name": "mesh-proxy", "image": "mesh.example/proxy:1"}
    return [{"op": "add", "path": "/spec/containers/0", "value": proxy}]


def test_container_that_a_webhook_puts_first_is_not_taken_for_the_server_C02(lab: Lab, webhook: Webhook) -> None:
    with webhook.intercepts("pods", Mutate(mesh), namespaces=[lab.namespace]):
        pod = start(lab)
    spec = lab.kube.get("pods", lab.namespace, pod)["spec"]
    assert [each["name"] for each in spec["containers"]] == ["mesh-proxy", "notebook", "helper"]

    lab.kubelet.report(pod, terminated("mesh-proxy", 0, "Completed"), terminated("notebook", 137, "OOMKilled"))

    instance = lab.until(says("Ready", "ServerRestarting"))
    assert entry(instance)["exitCode"] == 137
    assert "OOMKilled" in entry(instance)["message"]
