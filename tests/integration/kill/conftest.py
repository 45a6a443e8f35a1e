"""A control plane of the kill test's own: its API server is killed too, and its audit log says more than others."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jupyternetes.api.rights import RIGHTS
from tests.integration.kill.record import FOLDER
from tests.integration.kill.trail import AUDIT_POLICY
from tests.integration.kill.world import furnish
from tests.support.installation import RELEASE_NAMESPACE, install_accounts, install_kinds, install_storage_class
from tests.support.kube import Kube
from tests.support.others import RIGHTS_ON_KINDS
from tools.cluster import Cluster, Steps

OPERATORS = ("pvcs", "pods", "pod-status", "other-resources")
CONTROLLERS = ("garbage-collector-controller", "namespace-controller", "serviceaccount-controller")
"""Nodes and volumes are played: others would clear them away, or look at each pending claim again and again."""
_TOKENS_LAST = "24h"


@dataclass(frozen=True)
class Arena:
    """Everything that was there before the first operator; ``kube`` is the administrator, ``third`` answers gates."""

    cluster: Cluster
    kube: Kube
    hub: Path
    third: Path
    operators: dict[str, Path]
    """Kubeconfigs by operator."""
    logs: Path
    """Where the operators' logs are kept."""

    @property
    def server(self) -> tuple[str, int]:
        """The API server's address."""
        address = urlsplit(self.cluster.server)
        return address.hostname or "", address.port or 0


@pytest.fixture
def arena(tmp_path_factory: pytest.TempPathFactory, steps: Steps, caplog: pytest.LogCaptureFixture) -> Iterator[Arena]:
    caplog.set_level(logging.ERROR, "urllib3")  # it says at length that the API server is away
    folder = tmp_path_factory.mktemp("kill")
    policy = folder / "audit-policy.json"
    policy.write_text(json.dumps(AUDIT_POLICY))
    arguments = {
        "kube-apiserver": [f"--audit-policy-file={policy}"],
        "kube-controller-manager": [f"--controllers={','.join(CONTROLLERS)}"],
    }
    cluster = Cluster.up(name="kill", directory=folder, extra_arguments=arguments, steps=steps)
    kube = Kube(cluster.kubeconfig)
    try:
        cluster.stop("kube-scheduler")  # the played nodes take pods on
        install_kinds(kube)
        cluster.restart("kube-controller-manager")  # its garbage collector looks for new kinds only twice a minute
        install_storage_class(kube)
        others = RIGHTS["other-resources"] + RIGHTS_ON_KINDS
        install_accounts(kube, cluster, {**RIGHTS, "other-resources": others})
        accounts = {
            name: cluster.service_account_kubeconfig(RELEASE_NAMESPACE, name, duration=_TOKENS_LAST)
            for name in (*OPERATORS, "hub", "gates")
        }
        furnish(kube)
        FOLDER.mkdir(parents=True, exist_ok=True)
        operators = {name: accounts[name] for name in OPERATORS}
        yield Arena(cluster, kube, accounts["hub"], accounts["gates"], operators, FOLDER.resolve())
    finally:
        kube.close()
        cluster.down()
