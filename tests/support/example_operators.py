"""The example operators in tests: as programs, under an account with the rights that they print and the chart gives."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from jupyternetes.api.rights import RIGHTS
from tests.support.examples import EXAMPLES
from tests.support.installation import RELEASE_NAMESPACE, grant
from tests.support.kube import Json, Kube
from tests.support.operators import Child, Operator
from tools.chart.helm import Helm
from tools.cluster import Cluster

_PLURALS = {
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}


def command(script: str, *options: str) -> list[str]:
    """The command line of an example; ``script``: below ``examples``."""
    return [sys.executable, str(EXAMPLES / script), *options]


def example_account(kube: Kube, cluster: Cluster, script: str, name: str, chart_rights: str) -> Path:
    """The kubeconfig of the operator's account, with what it prints and with the ``chart_rights`` of an account."""
    body: Json = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
    kube.apply("serviceaccounts", RELEASE_NAMESPACE, name, body)
    arguments = command(script, "--print-rights", f"--lease-namespace={RELEASE_NAMESPACE}")
    printed = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    cluster.kubectl("apply", "-f", "-", stdin=printed)
    grant(kube, name, RIGHTS[chart_rights])
    return cluster.service_account_kubeconfig(RELEASE_NAMESPACE, name)


@contextmanager
def chart_policy(kube: Kube, component: str, values: Json) -> Iterator[None]:
    """The chart's admission policy for accounts of others, as long as the block lasts."""
    rendered = Helm().template("examples", RELEASE_NAMESPACE, "--values=-", stdin=json.dumps(values))
    bodies = [
        each
        for each in yaml.safe_load_all(rendered)
        if each and each["kind"] in _PLURALS and each["metadata"]["name"].startswith(f"{component}.")
    ]
    assert len(bodies) == len(_PLURALS)
    for body in bodies:
        kube.apply(_PLURALS[body["kind"]], "", body["metadata"]["name"], body)
    try:
        yield
    finally:
        for body in bodies:
            kube.delete(_PLURALS[body["kind"]], "", body["metadata"]["name"])


def example_operator(script: str, name: str, kubeconfig: Path, log: Path, *options: str, **further: Any) -> Operator:
    """One replica of an example operator."""

    def launch(arguments: Sequence[str], log: Path) -> Child:
        _, _, *rest = arguments  # those of our own command
        with log.open("ab") as output:
            environment = {**os.environ, "KUBECONFIG": "/nonexistent"}
            return subprocess.Popen(command(script, *rest), stdout=output, stderr=output, env=environment)

    shared = [f"--lease-namespace={RELEASE_NAMESPACE}", "--lease-seconds=6", "--health-host=127.0.0.1"]
    return Operator(name, kubeconfig, log, options=[*shared, *options], launch=launch, **further)
