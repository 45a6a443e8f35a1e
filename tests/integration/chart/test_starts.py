"""A start and a stop with just the rights that the chart gives, its policies in force: they are enough."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.hub import INSTANCES, Hub
from tests.support.kube import Json, Kube
from tests.support.operators import Operator, Operators
from tests.support.waiting import eventually
from tools.chart.helm import Helm
from tools.cluster import Cluster


@contextmanager
def as_deployed(cluster: Cluster, release: str, namespace: str, logs: Path) -> Iterator[None]:
    """The operators of a release as processes of this machine: accounts and arguments of its Deployments."""
    kube = Kube(cluster.kubeconfig)
    operators: list[Operator] = []
    for name in ("pvcs", "pods", "pod-status"):
        full_name = f"{release}-jupyternetes-{name}"
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{full_name}"
        (container,) = kube.request("GET", path)["spec"]["template"]["spec"]["containers"]
        options = [option for option in container["args"][2:] if not option.startswith("--health-port")]
        kubeconfig = cluster.service_account_kubeconfig(namespace, full_name)
        operators.append(Operator(name, kubeconfig, logs / f"{name}.log", options=options))
    running = Operators(operators)
    running.run_all()
    try:
        yield
    finally:
        running.stop_all()
        kube.close()


@pytest.fixture
def administrator(cluster: Cluster, notes: str) -> Iterator[Kube]:
    kube = Kube(cluster.kubeconfig)
    yield kube
    kube.close()


@pytest.fixture
def hub_of(cluster: Cluster) -> Iterator[Callable[[str], Hub]]:
    """The hub of a namespace, with its account's rights."""
    kubes: list[Kube] = []

    def hub(namespace: str) -> Hub:
        kubes.append(Kube(cluster.service_account_kubeconfig(namespace, "hub")))
        return Hub(kubes[-1], namespace)

    yield hub
    for kube in kubes:
        kube.close()


def start_and_stop(hub: Hub, kube: Kube, namespace: str, instance: str) -> None:
    def pods() -> list[Json]:
        return kube.all("pods", namespace, labels=f"jupyternetes.kadense.io/instance={instance}")

    user = {"jupyterhub.user.id": "1", "jupyterhub.user.name": "jovyan", "jupyterhub.oauth_client_id": "client"}
    variables = user | {"jupyterhub.namespace": namespace}
    hub.first_start(instance, {"template": {"name": "default-template"}, "variables": variables})
    eventually(pods)
    secret = f"jni-{instance}-1"
    assert kube.get("secrets", namespace, secret)["immutable"] is True

    hub.stop(instance, grace_seconds=0)
    # The Secret goes last of all.
    eventually(lambda: kube.find("secrets", namespace, secret) is None)
    assert pods() == []


def test_a_cluster_wide_release_starts_and_stops_a_server(cluster, administrator, hub_of, tmp_path) -> None:
    with as_deployed(cluster, "one", "kadense", tmp_path):
        start_and_stop(hub_of("kadense"), administrator, "kadense", "served-by-one")


def test_a_confined_release_starts_servers_in_its_namespace_and_no_other(
    cluster: Cluster, helm: Helm, administrator: Kube, hub_of, tmp_path: Path
) -> None:
    for namespace in ("confined", "outside"):
        cluster.kubectl("create", "namespace", namespace)
        cluster.kubectl("wait", "--for=create", "serviceaccount/default", f"--namespace={namespace}", "--timeout=30s")
    cluster.kubectl("create", "serviceaccount", "hub", "--namespace=confined")
    helm.install("small", "confined", "--set=namespaces={confined}")
    foreign = {"template": {"name": "default-template", "namespace": "confined"}}
    Hub(administrator, "outside").create("nobodys", foreign)

    with as_deployed(cluster, "small", "confined", tmp_path):
        start_and_stop(hub_of("confined"), administrator, "confined", "served-by-small")

    assert administrator.all("persistentvolumeclaims", "outside") == []
    assert administrator.get(INSTANCES, "outside", "nobodys")["status"].get("conditions", []) == []
