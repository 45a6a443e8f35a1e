"""cert-manager's own controller as a process, with an account that has no right on our kinds or on pods."""

import subprocess
from pathlib import Path

from jupyternetes.api.rights import Right, Scope
from tests.support.installation import install_accounts
from tests.support.kube import Json, Kube
from tools.cluster import Cluster, Steps
from tools.cluster.binaries import find_or_build

ACCOUNT = "cert-manager"
_WHY = "what cert-manager needs for certificates that sign themselves"
RIGHTS = (
    Right("cert-manager.io", ("*",), ("*",), Scope.INSTANCES, _WHY),
    Right("", ("secrets",), ("get", "list", "watch", "create", "update", "patch", "delete"), Scope.INSTANCES, _WHY),
    Right("", ("events",), ("create", "patch"), Scope.INSTANCES, _WHY),
)
_CONTROLLERS = (
    "issuers",
    "certificates-trigger",
    "certificates-key-manager",
    "certificates-request-manager",
    "certificates-issuing",
    "certificates-readiness",
    "certificates-revision-manager",
    "certificaterequests-approver",
    "certificaterequests-issuer-selfsigned",
)
_OPTIONS = (
    "--leader-elect=false",
    "--metrics-listen-address=127.0.0.1:0",
    "--enable-certificate-owner-ref",  # a Secret goes with its Certificate
    f"--controllers={','.join(_CONTROLLERS)}",
)
ISSUER: Json = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "Issuer",
    "metadata": {"name": "self-signed"},
    "spec": {"selfSigned": {}},
}


class CertManager:
    """Its life; `stop` it, so that no process stays behind."""

    def __init__(self, cluster: Cluster, kube: Kube, log: Path, steps: Steps) -> None:
        self._kubeconfig = install_accounts(kube, cluster, {ACCOUNT: RIGHTS})[ACCOUNT]
        self._program = find_or_build("cert-manager", steps)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Nothing if it runs."""
        if self._process is None:
            with self._log.open("ab") as output:
                command = [self._program, f"--kubeconfig={self._kubeconfig}", *_OPTIONS]
                self._process = subprocess.Popen(command, stdout=output, stderr=output)

    def stop(self) -> None:
        """At once, without time for anything; nothing if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
