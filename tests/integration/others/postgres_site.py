"""The example's operator as a process, with the example's rights, on a real API server and a real PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from tests.support.examples import EXAMPLES
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json, Kube
from tests.support.operators import Child, Operator
from tests.support.postgres import Postgres
from tests.support.waiting import eventually
from tools.cluster import Cluster

KIND: Final = "postgresdatabases"
_ACCOUNT: Final = "postgres-operator"
#: Whoever follows one that was killed waits for so long.
_LEASE_SECONDS: Final = 3


@dataclass(frozen=True)
class Site:
    """PostgreSQL, and the operator that makes databases in it; ``kube`` is the administrator."""

    kube: Kube
    postgres: Postgres
    operator: Operator

    def revoke(self, resource: str) -> None:
        """Take the operator's rights on a resource away; returns when it has none."""
        (taken,) = (each for each in rules() if resource in each["resources"])
        self._grant([each for each in rules() if each != taken])
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

    def at_work(self) -> None:
        """Everything with all that belongs to it, whatever a test has taken away."""
        self._grant(rules())
        if self.postgres.runs:
            self.postgres.thaw()
        else:
            self.postgres.start()
        if not self.operator.runs:
            self.operator.start()

    def _grant(self, allowed: list[Json]) -> None:
        """Let the operator do this in all namespaces, and nothing else."""
        group, metadata = "rbac.authorization.k8s.io", {"name": f"test:{_ACCOUNT}"}
        role: Json = {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": allowed}
        self.kube.apply("clusterroles", "", metadata["name"], role)
        binding: Json = {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": metadata["name"]},
            "subjects": [{"kind": "ServiceAccount", "name": _ACCOUNT, "namespace": RELEASE_NAMESPACE}],
        }
        self.kube.apply("clusterrolebindings", "", metadata["name"], binding)


def example_operator(cluster: Cluster, kube: Kube, postgres: Postgres, log: Path) -> Operator:
    """The operator with an account of its own, which has no rights yet; not started."""
    body: Json = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": _ACCOUNT}}
    kube.apply("serviceaccounts", RELEASE_NAMESPACE, _ACCOUNT, body)
    kubeconfig = cluster.service_account_kubeconfig(RELEASE_NAMESPACE, _ACCOUNT)
    options = [f"--lease-seconds={_LEASE_SECONDS}"]
    return Operator(_ACCOUNT, kubeconfig, log, options=options, launch=_as_example(postgres.environment))


def rules() -> list[Json]:
    """What the example lets its operator do."""
    found = yaml.safe_load_all((EXAMPLES / "postgres/install.yaml").read_text())
    return [rule for each in found if each["kind"] == "Role" for rule in each["rules"]]


def _as_example(environment: dict[str, str]) -> Callable[[Sequence[str], Path], Child]:
    """Starts the example's program in place of our command, with the options that both take."""

    def launch(arguments: Sequence[str], log: Path) -> Child:
        command = [sys.executable, str(EXAMPLES / "postgres/postgres_operator.py"), *arguments[2:]]
        variables = {**os.environ, **environment, "PASSWORD_KEY": "only for tests", "KUBECONFIG": "/nonexistent"}
        with log.open("ab") as output:
            return subprocess.Popen(command, stdout=output, stderr=output, env=variables)

    return launch
