"""The spawner with the rights of a hub, the operators as processes, and a kubelet that the test plays."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS
from jupyternetes.runtime.client import Client
from jupyternetes.spawner import JupyternetesSpawner
from tests.integration.spawner.kubelet import Kubelet
from tests.support import waiting
from tests.support.kubectl import said
from tests.support.operators import Operators
from tests.unit.spawner.hubs import Hubs, database, db, hub
from tools.cluster import Cluster

__all__ = ["database", "db", "hub"]

TEMPLATE = {
    "apiVersion": "kadense.io/v1",
    "kind": "JupyterNotebookTemplate",
    "metadata": {"name": "default-template"},
    "spec": {
        "pods": [
            {
                "name": "notebook",
                "labels": {"user": "{jupyterhub.user.name:label}"},
                "spec": {
                    "containers": [
                        {
                            "name": "notebook",
                            "image": "none",
                            "args": "{jupyterhub.args}",
                            "ports": [{"name": "http", "containerPort": 8888}],
                        }
                    ],
                    "volumes": [
                        {"name": "home", "persistentVolumeClaim": {"claimName": "{jupyternetes.pvcs.workspace}"}}
                    ],
                },
            }
        ],
        "pvcs": [
            {
                "name": "workspace",
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
            }
        ],
    },
}


@pytest.fixture
def cluster(control_plane: Cluster, all_operators: Operators) -> Cluster:
    """The control plane with our kinds and all operators at work."""
    all_operators.run_all()
    return control_plane


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace with a Template, and a service account ``hub`` that has a hub's rights and no others."""
    name = f"hub-{uuid.uuid4().hex[:8]}"
    cluster.kubectl("create", "namespace", name)
    # Without it no pod is let in; a controller manager that has just lost its API server takes its time.
    cluster.kubectl("wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=60s")
    cluster.kubectl("apply", "-n", name, "-f", "-", stdin=json.dumps(TEMPLATE))
    rules = [
        {"apiGroups": [right.group], "resources": list(right.resources), "verbs": list(right.verbs)}
        for right in RIGHTS["hub"]
    ]
    group = "rbac.authorization.k8s.io"
    for body in (
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "hub"}},
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": {"name": "hub"}, "rules": rules},
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "hub"},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": "hub"},
            "subjects": [{"kind": "ServiceAccount", "name": "hub", "namespace": name}],
        },
    ):
        cluster.kubectl("apply", "-n", name, "-f", "-", stdin=json.dumps(body))
    # The API server learns of a role a moment after it is bound.
    question = ("auth", "can-i", "list", "jni", "-n", name, f"--as=system:serviceaccount:{name}:hub")
    waiting.eventually(lambda: said(cluster, *question) == "yes\n")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
async def admin(cluster: Cluster) -> AsyncIterator[Client]:
    async with await Client.connect(cluster.kubeconfig, user_agent="admin/1") as client:
        yield client


@pytest.fixture
async def kubelet(admin: Client, namespace: str) -> AsyncIterator[Kubelet]:
    kubelet = Kubelet(admin, namespace)
    task = asyncio.create_task(kubelet.pods.run())
    await kubelet.pods.wait_synced()
    yield kubelet
    task.cancel()
    await asyncio.wait([task])


@pytest.fixture
async def hubs(cluster: Cluster, namespace: str, db: Any, hub: Any) -> AsyncIterator[Hubs]:
    """Makes spawners as hubs do that have the rights of a hub; they end as hubs do, which cancel what still runs."""
    hubs = Hubs(db, hub)
    hubs.config.JupyternetesSpawner.kubeconfig = str(cluster.service_account_kubeconfig(namespace, "hub"))
    hubs.config.JupyternetesSpawner.instance_namespace = namespace
    hubs.config.JupyternetesSpawner.template_namespace = namespace
    before = asyncio.all_tasks()
    yield hubs
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await asyncio.sleep(0.1)  # TLS says goodbye, and aiohttp has no way to wait for it


@pytest.fixture
def spawner(hubs: Hubs, kubelet: Kubelet) -> JupyternetesSpawner:
    return hubs.spawner()


async def eventually(condition: Callable[[], bool], *, within: float = waiting.PATIENCE) -> None:
    """Until ``condition`` holds, which other processes bring about."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - it is the API server that is asked
            await asyncio.sleep(0.05)
