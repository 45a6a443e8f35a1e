"""The chart, installed by Helm on a real API server, and the accounts that it gives rights to."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.hub import Hub
from tests.support.kube import Kube
from tests.support.waiting import eventually
from tools.chart.helm import Helm
from tools.cluster import Cluster, ClusterError

RELEASE, NAMESPACE = "one", "kadense"
SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"


class Account:
    """The API server as one account sees it; answers as plain data."""

    def __init__(self, cluster: Cluster, kubeconfig: Path) -> None:
        self._cluster = cluster
        self._kubeconfig = kubeconfig

    def request(self, verb: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request without any further ones. Raises ClusterError with the server's refusal."""
        arguments = (verb, f"--raw={path}", *(("-f", "-") if body is not None else ()))
        return json.loads(
            self._cluster.kubectl(*arguments, stdin=json.dumps(body) if body else None, kubeconfig=self._kubeconfig)
        )

    def patch_status(self, kind: str, name: str, status: dict[str, Any]) -> None:
        """A merge patch of an object's status. Raises ClusterError with the server's refusal."""
        self._cluster.kubectl(
            *("patch", kind, name, "--subresource=status", "--type=merge", f"--namespace={NAMESPACE}"),
            f"--patch={json.dumps({'status': status})}",
            kubeconfig=self._kubeconfig,
        )

    def is_held_back(self, verb: str, path: str, body: dict[str, Any] | None = None) -> bool:
        """Whether an admission policy of ours does not let this pass."""
        try:
            self.request(verb, path, body)
        except ClusterError as error:
            return "ValidatingAdmissionPolicy" in str(error)
        return False

    def refusal(self, verb: str, path: str, body: dict[str, Any] | None = None) -> str:
        """The text with which the server refuses a request; fails if it grants it."""
        with pytest.raises(ClusterError) as refused:
            self.request(verb, path, body)
        return str(refused.value)


def is_guarded(hub: Account) -> bool:
    """Whether a policy decides which Secrets the hub makes."""
    forbidden = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "probe"}, "type": "Opaque"}
    return hub.is_held_back("create", f"{SECRETS}?dryRun=All", forbidden)


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster.up(name="chart", directory=tmp_path_factory.mktemp("clusters"))
    yield made
    made.down()


@pytest.fixture(scope="package")
def helm(cluster: Cluster) -> Helm:
    return Helm(cluster.kubeconfig)


@pytest.fixture(scope="package")
def notes(cluster: Cluster, helm: Helm) -> str:
    """What Helm says after installing the release for the whole cluster."""
    said = helm.install(
        RELEASE,
        NAMESPACE,
        "--values=-",
        stdin=json.dumps(
            {
                "hub": {"serviceAccounts": [{"name": "hub"}, {"name": "hub-with-finalizers"}]},
                "availability": {"serviceAccounts": [{"name": "availability"}]},
                "graph": {"enabled": True, "logs": True, "cluster": True},
                "otherResources": {"kinds": [{"apiVersion": "v1", "kind": "ConfigMap", "resource": "configmaps"}]},
                "gates": {
                    "accounts": [{"serviceAccount": "gates", "prefix": "licence.example.org"}],
                    "leases": [{"namespace": NAMESPACE, "name": "licence"}],
                },
            }
        ),
    )
    for name in ("hub", "hub-with-finalizers", "availability", "gates"):
        cluster.kubectl("create", "serviceaccount", name, f"--namespace={NAMESPACE}")
    resource = "--resource=jupyternotebookinstances.kadense.io/finalizers"
    cluster.kubectl("create", "role", "finalizers", "--verb=update", resource, f"--namespace={NAMESPACE}")
    subject = f"--serviceaccount={NAMESPACE}:hub-with-finalizers"
    cluster.kubectl("create", "rolebinding", "finalizers", "--role=finalizers", subject, f"--namespace={NAMESPACE}")
    return said


@pytest.fixture(scope="package")
def admin(cluster: Cluster, notes: str) -> Account:
    return Account(cluster, cluster.kubeconfig)


@pytest.fixture(scope="package")
def hub(cluster: Cluster, notes: str) -> Account:
    """The hub, once the admission policies are in force: the API server takes them up a moment after they are made."""
    account = Account(cluster, cluster.service_account_kubeconfig(NAMESPACE, "hub"))
    eventually(lambda: is_guarded(account))
    return account


@pytest.fixture(scope="package")
def hub_with_finalizers(cluster: Cluster, notes: str) -> Account:
    return Account(cluster, cluster.service_account_kubeconfig(NAMESPACE, "hub-with-finalizers"))


@pytest.fixture(scope="package")
def pod_operator(cluster: Cluster, notes: str, admin: Account) -> Account:
    """The Pod operator, once the admission policies are in force."""
    account = Account(cluster, cluster.service_account_kubeconfig(NAMESPACE, f"{RELEASE}-jupyternetes-pods"))
    probe = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "delete-probe"}}
    admin.request("create", SECRETS, probe)
    eventually(lambda: account.is_held_back("delete", f"{SECRETS}/delete-probe?dryRun=All"))
    admin.request("delete", f"{SECRETS}/delete-probe")
    return account


@pytest.fixture(scope="package")
def counter(cluster: Cluster, notes: str) -> Account:
    """Who counts what is left of choices."""
    return Account(cluster, cluster.service_account_kubeconfig(NAMESPACE, "availability"))


@pytest.fixture
def administrator(cluster: Cluster, notes: str) -> Iterator[Kube]:
    kube = Kube(cluster.kubeconfig)
    yield kube
    kube.close()


@pytest.fixture
def hub_of(cluster: Cluster) -> Iterator[Callable[..., Hub]]:
    """The hub of a namespace, with its account's rights; it starts servers there or in another one."""
    kubes: list[Kube] = []

    def hub(account_namespace: str, namespace: str = "") -> Hub:
        kubes.append(Kube(cluster.service_account_kubeconfig(account_namespace, "hub")))
        return Hub(kubes[-1], namespace or account_namespace)

    yield hub
    for kube in kubes:
        kube.close()
