"""The example's operator as a process, with the example's rights, on a real API server and a real PostgreSQL."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from tests.support.example_operators import command
from tests.support.examples import EXAMPLES
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json, Kube
from tests.support.operators import Child, Operator
from tests.support.postgres import Postgres
from tests.support.waiting import eventually
from tools.cluster import Cluster

KIND: Final = "postgresdatabases"
_ACCOUNT: Final = "postgres-operator"
_LEASE_NAMESPACE: Final = "default"
LEASE_OPTION: Final = f"--lease-namespace={_LEASE_NAMESPACE}"


@dataclass(frozen=True)
class Site:
    """PostgreSQL, and the operator that makes databases in it; ``kube`` is the administrator."""

    kube: Kube
    postgres: Postgres
    operator: Operator

    def revoke(self, resource: str) -> None:
        """Take the operator's rights on a resource away; returns when it has none."""
        (taken,) = (each for each in rules() if resource in each["resources"])
        grant_to_example(self.kube, [each for each in rules() if each != taken])
        plural, _, subresource = resource.partition("/")
        asked = {"group": taken["apiGroups"][0], "resource": plural, "subresource": subresource}
        user = f"system:serviceaccount:{RELEASE_NAMESPACE}:{_ACCOUNT}"
        body: Json = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": {**asked, "verb": taken["verbs"][0], "namespace": "default"}},
        }
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        eventually(lambda: not self.kube.request("POST", path, body)["status"]["allowed"])

    def kill(self) -> None:
        """Kill the operator; its Lease goes, too."""
        self.operator.kill()
        delete_lease(self.kube)

    def at_work(self) -> None:
        """Everything with all that belongs to it, whatever a test has taken away."""
        grant_to_example(self.kube, rules())
        if self.postgres.runs:
            self.postgres.thaw()
        else:
            self.postgres.start()
        if not self.operator.runs:
            self.operator.start()


def example_operator(cluster: Cluster, kube: Kube, postgres: Postgres, log: Path) -> Operator:
    """The operator, not started."""
    kubeconfig, options = account_of_example(cluster, kube), [LEASE_OPTION]

    def launch(arguments: Sequence[str], log: Path) -> Child:
        """In place of our own command, of which it takes the options."""
        with log.open("ab") as output:
            return subprocess.Popen(example_command(postgres, *arguments[2:]), stdout=output, stderr=output)

    return Operator(_ACCOUNT, kubeconfig, log, options=options, launch=launch)


def delete_lease(kube: Kube) -> None:
    """After the operator was killed: the next one need not wait until its Lease has run out."""
    kube.delete("leases", _LEASE_NAMESPACE, _ACCOUNT)


def example_command(postgres: Postgres, *options: str) -> list[str]:
    """The example's program, as a command line with all that its environment has to have."""
    variables = {**postgres.environment, "PASSWORD_KEY": "only for tests", "KUBECONFIG": "/nonexistent"}
    given = [f"{name}={value}" for name, value in variables.items()]
    return ["env", *given, *command("postgres/postgres_operator.py", *options)]


def account_of_example(cluster: Cluster, kube: Kube) -> Path:
    """The kubeconfig of the operator's account, with the example's rights in all namespaces."""
    body: Json = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": _ACCOUNT}}
    kube.apply("serviceaccounts", RELEASE_NAMESPACE, _ACCOUNT, body)
    grant_to_example(kube, rules())
    return cluster.service_account_kubeconfig(RELEASE_NAMESPACE, _ACCOUNT)


def grant_to_example(kube: Kube, allowed: list[Json]) -> None:
    """Let the operator do this, and nothing else."""
    group, metadata = "rbac.authorization.k8s.io", {"name": f"test:{_ACCOUNT}"}
    role: Json = {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": allowed}
    kube.apply("clusterroles", "", metadata["name"], role)
    binding: Json = {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": metadata["name"]},
        "subjects": [{"kind": "ServiceAccount", "name": _ACCOUNT, "namespace": RELEASE_NAMESPACE}],
    }
    kube.apply("clusterrolebindings", "", metadata["name"], binding)


def rules() -> list[Json]:
    """What the example lets its operator do."""
    found = yaml.safe_load_all((EXAMPLES / "postgres/install.yaml").read_text())
    return [rule for each in found if each["kind"] == "Role" for rule in each["rules"]]
