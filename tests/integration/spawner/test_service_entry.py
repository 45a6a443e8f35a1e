"""Servers that are reached through a Service of their own, with the real operators; the test is the kubelet."""

import asyncio
import json
from typing import Any

import pytest
from tornado.web import HTTPError

from jupyternetes.api import labels
from jupyternetes.spawner.hub.refusals import message_of
from tests.integration.spawner.conftest import TEMPLATE, eventually
from tests.integration.spawner.kubelet import Kubelet
from tests.support.audit import AuditLog
from tests.support.kube import Kube
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.test_hub_restart import restarted
from tools.cluster import Cluster

Json = dict[str, Any]


def service(**fields: Any) -> Json:
    """The entry of a Service for the server's pod."""
    selector = {labels.INSTANCE_UID: "{jupyternetes.instance.uid}", labels.POD_NAME: "notebook"}
    ports = [{"name": "http", "port": 8888, "targetPort": "http"}]
    return {
        "name": "web",
        "apiVersion": "v1",
        "kind": "Service",
        "lifetime": "Start",
        "spec": {"selector": selector, "ports": ports},
    } | fields


def offer(cluster: Cluster, namespace: str, *entries: Json, **spec: Any) -> None:
    """The Template of the hub, with these other resources."""
    body = {**TEMPLATE, "spec": {**TEMPLATE["spec"], "otherResources": [*entries], **spec}}
    applied = json.loads(cluster.kubectl("apply", "-n", namespace, "-f", "-", "-o", "json", stdin=json.dumps(body)))
    seen = f"jsonpath={{.status.observedGeneration}}={applied['metadata']['generation']}"
    cluster.kubectl("wait", f"--for={seen}", "jnt", applied["metadata"]["name"], "-n", namespace, "--timeout=100s")


def services(cluster: Cluster, namespace: str) -> list[Json]:
    """The Services that are there."""
    return json.loads(cluster.kubectl("get", "services", "-n", namespace, "-o", "json"))["items"]


def name_of(service: Json) -> str:
    return service["metadata"]["name"]


@pytest.fixture
def reaching(hubs: Hubs, kubelet: Kubelet) -> Hubs:
    """A hub that reaches servers by their Services."""
    hubs.config.JupyternetesSpawner.service_entry = "web"
    return hubs


async def test_url_is_the_services_which_selects_this_pod_alone_and_goes_with_the_stop_W01_W02(
    reaching: Hubs, cluster: Cluster, namespace: str
) -> None:
    offer(cluster, namespace, service())
    default, named = reaching.spawner(), reaching.spawner(server="lab")

    urls = [await default.start(), await named.start()]

    found = {f"http://{name_of(each)}.{namespace}.svc:8888": each for each in services(cluster, namespace)}
    assert sorted(urls) == sorted(found)
    for url in urls:
        assert found[url]["spec"]["ports"][0]["name"] == "http"
        selector = ",".join(f"{key}={value}" for key, value in found[url]["spec"]["selector"].items())
        pods = json.loads(cluster.kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "json"))["items"]
        (owner,) = [reference["uid"] for pod in pods for reference in pod["metadata"]["ownerReferences"]]
        assert [owner] == [reference["uid"] for reference in found[url]["metadata"]["ownerReferences"]]
    assert await default.poll() is None

    await default.stop()
    await eventually(lambda: [name_of(each) for each in services(cluster, namespace)] == [name_of(found[urls[1]])])
    assert await named.poll() is None
    assert await default.start() not in urls, "a Service of this start, under a name of its own"
    await default.stop()
    await named.stop()
    await eventually(lambda: services(cluster, namespace) == [])


async def test_service_of_an_instance_keeps_its_name_which_others_may_be_made_for_W01(
    reaching: Hubs, cluster: Cluster, namespace: str
) -> None:
    port = {"name": "port", "path": "spec.ports[0].port", "pattern": "[0-9]{1,5}"}
    spec = service()["spec"] | {"ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    host = "{jupyternetes.otherResources.web}.{jupyternetes.instance.namespace}.svc"
    certificate = {"name": "certificate", "apiVersion": "v1", "kind": "ConfigMap", "data": {"for": host}}
    kept = service(lifetime="Instance", spec=spec, outputs=[port])
    offer(cluster, namespace, certificate, kept, naming="Stable")
    reaching.config.JupyternetesSpawner.instance_protocol = "https"
    spawner = reaching.spawner()

    url = await spawner.start()

    (made,) = services(cluster, namespace)
    assert url == f"https://{name_of(made)}.{namespace}.svc:80"
    of_entry = f"{labels.RESOURCE_NAME}=certificate"
    configs = json.loads(cluster.kubectl("get", "configmaps", "-n", namespace, "-l", of_entry, "-o", "json"))["items"]
    assert [config["data"]["for"] for config in configs] == [f"{name_of(made)}.{namespace}.svc"]
    await spawner.stop()
    assert await spawner.start() == url
    await spawner.stop()


async def test_next_hub_process_finds_the_server_behind_its_service_S01_W01(
    reaching: Hubs, cluster: Cluster, namespace: str
) -> None:
    offer(cluster, namespace, service())
    before = reaching.spawner()
    url = await before.start()
    reaching.config.JupyternetesSpawner.service_entry = ""

    after = restarted(reaching, before.get_state())

    assert await after.poll() is None
    assert await after.get_url() == f"{url}/jh/user/jovyan/"
    await after.stop()
    await eventually(lambda: services(cluster, namespace) == [])


async def test_service_that_somebody_deletes_comes_back_under_the_same_url_W01(
    reaching: Hubs, cluster: Cluster, namespace: str
) -> None:
    offer(cluster, namespace, service())
    spawner = reaching.spawner()
    url = await spawner.start()
    (made,) = services(cluster, namespace)

    cluster.kubectl("delete", "service", name_of(made), "-n", namespace)

    assert await spawner.poll() is None
    await eventually(lambda: [name_of(each) for each in services(cluster, namespace)] == [name_of(made)])
    assert await restarted(reaching, spawner.get_state()).get_url() == f"{url}/jh/user/jovyan/"
    await spawner.stop()


@pytest.mark.parametrize("entries", [[], [service(name="other")], [service(condition="false")]])
async def test_template_without_the_entry_ends_the_start_in_words(
    reaching: Hubs, cluster: Cluster, namespace: str, entries: list[Json]
) -> None:
    offer(cluster, namespace, *entries)
    spawner = reaching.spawner()

    with pytest.raises(HTTPError) as refused:
        await spawner.start()

    assert "Nothing was made of an entry 'web' of spec.otherResources." in message_of(refused.value)
    await spawner.stop()
    assert await spawner.poll() == 0


async def test_first_start_with_a_service_costs_the_hub_three_requests(
    reaching: Hubs, cluster: Cluster, kube: Kube, namespace: str
) -> None:
    offer(cluster, namespace, service())
    spawner = reaching.spawner()
    audit = AuditLog(cluster.audit_log, kube)
    since = await asyncio.to_thread(audit.mark)

    await spawner.start()

    user = f"system:serviceaccount:{namespace}:hub"
    calls = await asyncio.to_thread(audit.calls, since, namespace=namespace)
    assert [(call.verb, call.resource) for call in calls if call.user == user and call.verb != "list"] == [
        ("create", "jupyternotebookinstances"),
        ("create", "secrets"),
        ("patch", "jupyternotebookinstances"),
    ]
    await spawner.stop()
