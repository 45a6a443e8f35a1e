"""A release of the chart at work: its operators as processes, and a server that starts and stops in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.hub import Hub
from tests.support.kube import Json, Kube
from tests.support.operators import Operator, Operators
from tests.support.waiting import PATIENCE, eventually
from tools.cluster import Cluster


@contextmanager
def as_deployed(
    cluster: Cluster,
    release: str,
    namespace: str,
    logs: Path,
    *,
    names: Sequence[str] = ("pvcs", "pods", "pod-status"),
) -> Iterator[Operators]:
    """The operators of a release as processes of this machine: accounts and arguments of its Deployments."""
    kube = Kube(cluster.kubeconfig)
    operators: list[Operator] = []
    for name in names:
        full_name = f"{release}-jupyternetes-{name}"
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{full_name}"
        (container,) = kube.request("GET", path)["spec"]["template"]["spec"]["containers"]
        options = [option for option in container["args"][2:] if not option.startswith("--health-port")]
        kubeconfig = cluster.service_account_kubeconfig(namespace, full_name)
        operators.append(Operator(name, kubeconfig, logs / f"{name}.log", options=options))
    running = Operators(operators)
    try:
        running.run_all()
        yield running
    finally:
        running.stop_all()
        kube.close()


def start_and_stop(
    hub: Hub, kube: Kube, namespace: str, instance: str, templates: str = "", seconds: float = PATIENCE
) -> None:
    """One server of the default Template, which is in ``templates`` or in the same namespace."""
    hub.first_start(instance, order(namespace, templates))
    eventually(lambda: pods_of(kube, namespace, instance), seconds=seconds)
    secret = f"jni-{instance}-1"
    assert kube.get("secrets", namespace, secret)["immutable"] is True

    hub.stop(instance, grace_seconds=0)
    # The Secret goes last of all.
    eventually(lambda: kube.find("secrets", namespace, secret) is None)
    assert pods_of(kube, namespace, instance) == []


def order(namespace: str, templates: str = "") -> Json:
    """The spec of an Instance of the default Template, which is in ``templates`` or in the same namespace."""
    user = {"jupyterhub.user.id": "1", "jupyterhub.user.name": "jovyan", "jupyterhub.oauth_client_id": "client"}
    template = {"name": "default-template", "namespace": templates or namespace}
    return {"template": template, "variables": user | {"jupyterhub.namespace": namespace}}


def pods_of(kube: Kube, namespace: str, instance: str) -> list[Json]:
    return kube.all("pods", namespace, labels=f"jupyternetes.kadense.io/instance={instance}")
