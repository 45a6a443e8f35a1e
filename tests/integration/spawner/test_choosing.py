"""What people choose, with a hub's rights, a real API server and the real operators; the test is the kubelet."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from jupyternetes.api import conditions
from jupyternetes.options.form import Form
from jupyternetes.spawner import JupyternetesSpawner
from tests.integration.spawner.conftest import TEMPLATE
from tests.integration.spawner.kubelet import Kubelet
from tests.unit.options.options_support import SIZE
from tests.unit.spawner.hubs import Hubs
from tools.cluster import Cluster

AMOUNTS = {"limits": {"cpu": "{size.cpu}", "memory": "{size.memory}"}}


def with_sizes(name: str) -> dict[str, Any]:
    """The Template of all these tests, in which the size is chosen."""
    made = json.loads(json.dumps(TEMPLATE))
    made["metadata"] = {"name": name}
    made["spec"]["variables"] = [SIZE]
    made["spec"]["pods"][0]["spec"]["containers"][0]["resources"] = AMOUNTS
    return made


@pytest.fixture
def offering(hubs: Hubs, cluster: Cluster, namespace: str) -> Hubs:
    """A hub that offers a Template with sizes."""
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(with_sizes("sizes")))
    accepted = f"jsonpath={{.status.conditions[?(@.type=='{conditions.ACCEPTED}')].status}}=True"
    cluster.kubectl("wait", f"--for={accepted}", "jnt/sizes", "-n", namespace, "--timeout=30s")
    hubs.config.JupyternetesSpawner.templates = ["sizes", "default-template"]
    return hubs


async def form_with(spawner: JupyternetesSpawner, title: str) -> Form:
    """The form, once the watch has shown a Template of that title."""
    async with asyncio.timeout(10):
        while True:
            form = await spawner.choices_form()
            if form is not None and any(card.title == title for card in form.cards):
                return form
            await asyncio.sleep(0.05)


async def test_what_was_chosen_becomes_the_pod_F02_F05(
    offering: Hubs, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    spawner = offering.spawner()
    form = await form_with(spawner, "sizes")
    assert [option.value for option in form.cards[0].fields[0].options] == ["small", "medium"]

    key = form.cards[0].key
    spawner.user_options = await spawner.run_options_from_form({"template": [key], f"{key}/size": ["medium"]})
    await spawner.start()

    (pod,) = json.loads(cluster.kubectl("get", "pods", "-n", namespace, "-o", "json"))["items"]
    assert pod["spec"]["containers"][0]["resources"]["limits"] == {"cpu": "2", "memory": "4Gi"}
    await spawner.stop()


async def test_numbers_of_what_is_free_have_a_writer_of_their_own(
    offering: Hubs, cluster: Cluster, namespace: str, kubelet: Kubelet
) -> None:
    """The Pod operator writes its conditions anew after an edit, and leaves the numbers alone."""
    observed = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    numbers = [{"variable": "size", "value": "medium", "free": 2, "observed": observed}]
    status = {
        "apiVersion": TEMPLATE["apiVersion"],
        "kind": TEMPLATE["kind"],
        "metadata": {"name": "sizes"},
        "status": {"availability": numbers},
    }
    arguments = ("apply", "--server-side", "--subresource=status", "--field-manager=gpu-counter", "-n", namespace)
    cluster.kubectl(*arguments, "-f", "-", stdin=json.dumps(status))
    patch = json.dumps({"spec": {"displayName": "Sizes"}})
    cluster.kubectl("patch", "jnt/sizes", "-n", namespace, "--type=merge", "-p", patch)
    cluster.kubectl("wait", "--for=jsonpath={.status.observedGeneration}=2", "jnt/sizes", "-n", namespace)

    held = json.loads(cluster.kubectl("get", "jnt/sizes", "-n", namespace, "-o", "json"))
    form = await form_with(offering.spawner(), "Sizes")

    assert held["status"]["availability"] == numbers
    assert {each["type"] for each in held["status"]["conditions"]} >= {conditions.ACCEPTED}
    assert form.cards[0].fields[0].options[1].availability == "2 free, just now"
