"""A start and a stop with just the rights that the chart gives, its policies in force: they are enough."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.chart.conftest import NAMESPACE, RELEASE, Account, is_guarded
from tests.support.deployed import as_deployed, order, pods_of, start_and_stop
from tests.support.environments import environment_of, references
from tests.support.hub import ENVIRONMENT, INSTANCES, Hub
from tests.support.kube import Kube
from tests.support.token_secrets import TOKEN_KEYS, once_filled
from tests.support.waiting import eventually
from tools.chart.helm import Helm
from tools.cluster import Cluster

CONFINED, OUTSIDE = "confined", "outside"
BINDINGS = "validatingadmissionpolicybindings"


@pytest.fixture(scope="module")
def confined(cluster: Cluster, helm: Helm, notes: str) -> str:
    """A release for its own namespace alone, so without admission policies, and the account of its hub."""
    for namespace in (CONFINED, OUTSIDE):
        cluster.kubectl("create", "namespace", namespace)
        cluster.kubectl("wait", "--for=create", "serviceaccount/default", f"--namespace={namespace}", "--timeout=30s")
    cluster.kubectl("create", "serviceaccount", "hub", f"--namespace={CONFINED}")
    helm.install("small", CONFINED, f"--set=namespaces={{{CONFINED}}}")
    return "small"


def test_a_cluster_wide_release_starts_and_stops_a_server(cluster, administrator, hub_of, tmp_path) -> None:
    with as_deployed(cluster, RELEASE, NAMESPACE, tmp_path):
        start_and_stop(hub_of(NAMESPACE), administrator, NAMESPACE, "served-by-one")


def test_a_confined_release_starts_servers_in_its_namespace_and_no_other(
    cluster: Cluster, confined: str, administrator: Kube, hub_of, tmp_path: Path
) -> None:
    foreign = {"template": {"name": "default-template", "namespace": CONFINED}}
    Hub(administrator, OUTSIDE).create("nobodys", foreign)

    with as_deployed(cluster, confined, CONFINED, tmp_path):
        start_and_stop(hub_of(CONFINED), administrator, CONFINED, "served-by-small")

    assert administrator.all("persistentvolumeclaims", OUTSIDE) == []
    assert administrator.get(INSTANCES, OUTSIDE, "nobodys")["status"].get("conditions", []) == []


def test_hub_of_a_confined_release_brings_no_token_into_a_server_C32(
    cluster: Cluster, confined: str, administrator: Kube, hub_of, tmp_path: Path
) -> None:
    with as_deployed(cluster, confined, CONFINED, tmp_path):
        start_with_token_in_vain(hub_of(CONFINED), administrator, CONFINED, f"{confined}-jupyternetes-pods")


def test_hub_brings_no_token_into_a_server_once_its_policy_is_taken_away_C32(
    cluster: Cluster, hub: Account, administrator: Kube, hub_of, tmp_path: Path
) -> None:
    with as_deployed(cluster, RELEASE, NAMESPACE, tmp_path), without_policy(hub, administrator):
        start_with_token_in_vain(hub_of(NAMESPACE), administrator, NAMESPACE, f"{RELEASE}-jupyternetes-pods")


def start_with_token_in_vain(hub: Hub, kube: Kube, namespace: str, account: str) -> None:
    """The hub has the token of ``account`` in the Secret of a start; the pod that is made leaves it there."""
    instance = "broken-into"

    secret = hub.start_with_token(instance, order(namespace), account)
    data = once_filled(lambda: kube.get("secrets", namespace, secret))
    (pod,) = eventually(lambda: pods_of(kube, namespace, instance))

    assert data.keys() == ENVIRONMENT.keys() | TOKEN_KEYS
    (container,) = pod["spec"]["containers"]
    assert {"value": ""} | container["env"][0] == {"name": "token", "value": ""}, "before all that may refer to it"
    environment = environment_of(container, {secret: data})
    assert environment == environment | data | {"token": ""}
    assert data["token"] not in environment.values()
    keys = [reference.get("key") for reference in references(pod, secret)]
    assert keys.count(None) == 1, "as a whole it is there once, in envFrom"
    assert {*keys} <= {None, *ENVIRONMENT}
    kube.delete("secrets", namespace, secret)  # the policy for deletes keeps the Pod operator from one of this type
    hub.stop(instance, grace_seconds=0)
    eventually(lambda: pods_of(kube, namespace, instance) == [])


@contextmanager
def without_policy(hub: Account, kube: Kube) -> Iterator[None]:
    """The policy for the hub's Secrets binds nobody meanwhile."""
    name = f"hub-secrets.{RELEASE}-jupyternetes.{NAMESPACE}.jupyternetes.kadense.io"
    binding = kube.get(BINDINGS, "", name)
    metadata = {field: binding["metadata"][field] for field in ("name", "labels", "annotations")}
    kube.delete(BINDINGS, "", name)
    try:
        eventually(lambda: not is_guarded(hub))
        yield
    finally:
        kube.create(BINDINGS, "", binding | {"metadata": metadata})
        eventually(lambda: is_guarded(hub))
