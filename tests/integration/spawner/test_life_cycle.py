"""The spawner against a real API server and the real operators; the test is the kubelet."""

import asyncio
import json
import time
from typing import Any

import pytest
from tornado.web import HTTPError

from jupyternetes.api import labels
from jupyternetes.api.core import Pod
from jupyternetes.api.resources import INSTANCES, PODS
from jupyternetes.runtime.client import Client
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.hub.refusals import message_of
from tests.integration.spawner import kubelet as says
from tests.integration.spawner.conftest import TEMPLATE, eventually
from tests.integration.spawner.kubelet import Kubelet
from tests.support.audit import AuditLog
from tests.support.kube import Kube
from tests.unit.spawner.hubs import Hubs
from tools.cluster import Cluster, ClusterError


def found(cluster: Cluster, namespace: str, kind: str) -> list[dict[str, Any]]:
    """All objects of a kind, from the API server as it is now."""
    return json.loads(cluster.kubectl("get", kind, "-n", namespace, "-o", "json"))["items"]


def bind(cluster: Cluster, pod: Pod) -> None:
    """Give the pod a node, so that the scheduler has nothing more to say of it."""
    target = {"apiVersion": "v1", "kind": "Node", "name": "node-1"}
    meta = pod.metadata
    body = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": meta.name}, "target": target}
    path = f"/api/v1/namespaces/{meta.namespace}/pods/{meta.name}/binding"
    cluster.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(body))


def hub_calls(audit: AuditLog, namespace: str, since: int) -> list[tuple[str, str]]:
    """What the hub asked of the API server, lists apart."""
    calls = audit.calls(since, namespace=namespace)
    user = f"system:serviceaccount:{namespace}:hub"
    return [(call.verb, call.resource) for call in calls if call.user == user and call.verb != "list"]


async def test_server_starts_stops_and_starts_again_on_its_volume_L02_L03_L05_L06_L07(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str
) -> None:
    assert await spawner.poll() == 0

    assert await spawner.start() == "http://10.20.30.40:8888"

    (pod,) = found(cluster, namespace, "pods")
    assert await spawner.poll() is None
    start_secret = {"name": f"jni-{Owner('jovyan').instance_name}-1"}
    assert pod["spec"]["containers"][0]["envFrom"] == [{"secretRef": start_secret}]
    (claim,) = found(cluster, namespace, "pvc")

    await spawner.stop()

    assert found(cluster, namespace, "pods") == []
    assert found(cluster, namespace, "secrets") == []
    assert await spawner.poll() == 0
    await spawner.stop()

    await spawner.start()

    (again,) = found(cluster, namespace, "pods")
    assert again["metadata"]["uid"] != pod["metadata"]["uid"]
    assert [each["metadata"]["uid"] for each in found(cluster, namespace, "pvc")] == [claim["metadata"]["uid"]]
    await spawner.stop()


async def test_first_start_is_three_requests_and_a_later_one_two(
    spawner: JupyternetesSpawner, cluster: Cluster, kube: Kube, namespace: str
) -> None:
    start = [("create", "jupyternotebookinstances"), ("create", "secrets"), ("patch", "jupyternotebookinstances")]
    audit = AuditLog(cluster.audit_log, kube)
    mark = await asyncio.to_thread(audit.mark)

    async def calls() -> list[tuple[str, str]]:
        return await asyncio.to_thread(hub_calls, audit, namespace, mark)

    await spawner.start()
    assert await calls() == start

    await spawner.stop()
    assert await calls() == [*start, start[2]]

    await spawner.start()
    assert await calls() == [*start, start[2], *start[1:]]


async def test_token_is_in_the_start_secret_and_nowhere_else_B44_X04(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    await spawner.start()

    everything = [str(found(cluster, namespace, kind)) for kind in ("jni", "pods", "events", "pvc")]
    assert all(everything[:2])
    assert all(spawner.api_token not in text for text in [*everything, str(spawner.get_state()), caplog.text])
    (secret,) = found(cluster, namespace, "secrets")
    assert secret["immutable"] is True


async def test_pod_deleted_by_hand_is_reported_and_the_next_start_is_whole_P07(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str
) -> None:
    await spawner.start()
    (claim,) = found(cluster, namespace, "pvc")
    cluster.kubectl("delete", "pods", "--all", "-n", namespace)
    begun = time.monotonic()
    while await spawner.poll() is None:
        assert time.monotonic() - begun < 10
        await asyncio.sleep(0.1)

    assert await spawner.start() == "http://10.20.30.40:8888"

    assert len(found(cluster, namespace, "pods")) == 1
    assert [each["metadata"]["uid"] for each in found(cluster, namespace, "pvc")] == [claim["metadata"]["uid"]]


async def test_server_that_ends_gives_its_exit_code_and_is_cleaned_up_P03(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str, admin: Client, kubelet: Kubelet
) -> None:
    await spawner.start()
    (pod,) = kubelet.pods.values()

    await kubelet.report(pod, says.ended(pod, 7))

    begun = time.monotonic()
    while (answer := await spawner.poll()) is None:
        assert time.monotonic() - begun < 10
        await asyncio.sleep(0.1)
    assert answer == 7
    await eventually(lambda: not found(cluster, namespace, "pods") and not found(cluster, namespace, "secrets"))


async def test_pending_server_is_alive_and_can_be_stopped_P01_L15(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    kubelet.says = lambda pod: None
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: len(kubelet.pods) == 1)
    assert await spawner.poll() is None

    await spawner.stop()

    with pytest.raises(HTTPError, match="stopped while it was starting"):
        await start
    assert found(cluster, namespace, "pods") == []
    assert await spawner.poll() == 0


async def test_cancelled_start_leaves_nothing_after_its_stop_L14_L16(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    kubelet.says = lambda pod: None
    start = asyncio.ensure_future(spawner.start())
    await kubelet.new_pod()
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start

    assert await spawner.poll() is None
    await spawner.stop(now=True)

    assert found(cluster, namespace, "pods") == []
    assert found(cluster, namespace, "secrets") == []


async def test_image_that_cannot_be_pulled_ends_the_start_in_seconds_L14_B52_C06(
    spawner: JupyternetesSpawner, kubelet: Kubelet, cluster: Cluster, namespace: str
) -> None:
    def said() -> str:
        (instance,) = found(cluster, namespace, "jni")
        return instance["status"].get("pods", {}).get("notebook", {}).get("reason", "")

    kubelet.says = lambda pod: None
    start = asyncio.ensure_future(spawner.start())
    pod = await kubelet.new_pod()

    bind(cluster, pod)
    await kubelet.report(pod, says.waiting(pod, "ErrImagePull", "none: not found"))
    await eventually(lambda: said() == "ErrImagePull")
    await kubelet.report(pod, says.waiting(pod, "ImagePullBackOff", "Back-off pulling image"))
    await eventually(lambda: said() == "ImagePullBackOff")
    assert not start.done(), "the first failure ends nothing"
    await kubelet.report(pod, says.waiting(pod, "ErrImagePull", "none: not found"))

    with pytest.raises(HTTPError, match=r"cannot be pulled.*none: not found"):
        await asyncio.wait_for(start, timeout=10)
    assert await spawner.poll() is None
    await spawner.stop(now=True)


async def test_missing_template_ends_the_start_in_seconds_and_its_coming_cures_it_B52_B15(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str
) -> None:
    cluster.kubectl("delete", "jnt", "default-template", "-n", namespace)

    with pytest.raises(HTTPError) as refusal:
        await asyncio.wait_for(spawner.start(), timeout=10)

    assert f"Template {namespace}/default-template does not exist" in message_of(refusal.value)
    await spawner.stop()
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(TEMPLATE))

    assert await spawner.start() == "http://10.20.30.40:8888"


async def test_hub_restart_finds_running_servers_S01_S06_B46(
    hubs: Hubs, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    before = [hubs.spawner(f"user-{number}") for number in range(5)]
    urls = await asyncio.gather(*(spawner.start() for spawner in before))
    hubs.hub = type(hubs.hub)(ip="10.0.0.1", port=8081, base_url="/jh/hub/")
    after = [hubs.spawner(f"user-{number}") for number in range(5)]
    for old, new in zip(before, after, strict=True):
        new.load_state(json.loads(json.dumps(old.get_state())))

    assert await asyncio.gather(*(spawner.poll() for spawner in after)) == [None] * 5
    assert [await spawner.get_url() for spawner in after] == [
        f"{url}/jh/user/user-{number}/" for number, url in enumerate(urls)
    ]
    await asyncio.gather(*(spawner.stop() for spawner in after))
    assert found(cluster, namespace, "pods") == []


@pytest.mark.parametrize(
    ("user", "server"),
    [("user@example.org", ""), ("Ünïcode name", "lab"), ("x" * 255, "y" * 255), ("-", "a--b"), ("UPPER", "")],
)
async def test_odd_names_are_accepted_and_found_again_N03_N06_N08(
    hubs: Hubs, cluster: Cluster, namespace: str, kubelet: Kubelet, user: str, server: str
) -> None:
    spawner = hubs.spawner(user, server)

    await spawner.start()

    (instance,) = found(cluster, namespace, "jni")
    assert instance["metadata"]["annotations"][labels.USERNAME] == user
    assert instance["metadata"]["annotations"][labels.SERVERNAME] == server
    assert await spawner.poll() is None
    await spawner.stop()


async def test_named_server_and_default_server_live_apart_B48(
    hubs: Hubs, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    default, lab = hubs.spawner(), hubs.spawner(server="lab")
    await asyncio.gather(default.start(), lab.start())

    await lab.stop()

    assert await default.poll() is None
    assert len(found(cluster, namespace, "pods")) == 1
    assert len(found(cluster, namespace, "pvc")) == 2


async def test_instance_of_an_older_client_is_adopted_with_its_volume(
    spawner: JupyternetesSpawner, admin: Client, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    name = Owner("jovyan").instance_name
    variables = {"jupyterhub.user.name": "jovyan", "jupyterhub.user.id": "1", "jupyterhub.api_token": "an-old-token"}
    body = {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookInstance",
        "metadata": {"name": name},
        "spec": {"template": {"name": "default-template", "namespace": namespace}, "variables": variables},
    }
    await admin.create(INSTANCES, namespace, body)
    await eventually(lambda: len(kubelet.pods) == 1)
    (claim,) = found(cluster, namespace, "pvc")
    (old,) = kubelet.pods.values()

    await spawner.start()

    (pod,) = found(cluster, namespace, "pods")
    assert pod["metadata"]["uid"] != old.metadata.uid
    assert [each["metadata"]["uid"] for each in found(cluster, namespace, "pvc")] == [claim["metadata"]["uid"]]
    assert "an-old-token" not in str(found(cluster, namespace, "jni"))
    await spawner.stop()
    assert found(cluster, namespace, "pods") == []


async def test_server_of_an_older_client_is_alive_for_a_new_hub_and_can_be_stopped(
    spawner: JupyternetesSpawner, admin: Client, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    name = Owner("jovyan").instance_name
    variables = {"jupyterhub.user.name": "jovyan"}
    spec = {"template": {"name": "default-template", "namespace": namespace}, "variables": variables}
    metadata = {"name": name}
    await admin.create(
        INSTANCES,
        namespace,
        {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "metadata": metadata, "spec": spec},
    )
    await eventually(lambda: "10.20.30.40:8888" in str(found(cluster, namespace, "jni")))

    assert await spawner.poll() is None
    await spawner.stop()

    assert found(cluster, namespace, "pods") == []


async def test_server_deleted_for_good_takes_the_volumes_that_its_template_gives_up_B54(
    hubs: Hubs, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    spawner = hubs.spawner()
    await spawner.start()
    await spawner.stop()

    await hubs.spawner().delete_forever()

    assert found(cluster, namespace, "jni") == []
    assert len(found(cluster, namespace, "pvc")) == 1


async def test_progress_tells_of_volumes_pod_and_readiness_E01_B51(
    spawner: JupyternetesSpawner, cluster: Cluster, namespace: str
) -> None:
    await spawner.start()

    messages = [str(event["message"]) async for event in spawner.progress()]

    assert messages[0] == "Asking the cluster for a server."
    assert "The server's pod was made." in messages


async def test_hub_can_neither_read_secrets_nor_touch_pods_X01_B55(
    hubs: Hubs, cluster: Cluster, namespace: str
) -> None:
    hub = cluster.service_account_kubeconfig(namespace, "hub")

    for verb, kind in (("get", "secrets"), ("list", "pods"), ("create", "pods"), ("delete", "pvc")):
        with pytest.raises(ClusterError):
            cluster.kubectl("auth", "can-i", verb, kind, "-n", namespace, kubeconfig=hub)


async def test_instance_that_somebody_patched_is_still_started(
    spawner: JupyternetesSpawner, admin: Client, cluster: Cluster, namespace: str
) -> None:
    await spawner.start()
    await spawner.stop()
    name = Owner("jovyan").instance_name
    await admin.merge_patch(INSTANCES, namespace, name, {"spec": {"variables": {"added": "by hand"}}})

    await spawner.start()

    (instance,) = found(cluster, namespace, "jni")
    assert "added" not in instance["spec"]["variables"]
    assert (await admin.list(PODS, namespace)).items
