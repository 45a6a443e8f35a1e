"""An operator that cannot work says why in one line and ends with code 1."""

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from jupyternetes.api.rights import RIGHTS
from tests.support.installation import RELEASE_NAMESPACE, grant, install_kinds
from tests.support.kube import Kube
from tests.support.operators import COMMAND, Operators
from tests.support.waiting import eventually
from tools.cluster import Cluster

_LOGGED = re.compile(r"\d{4}-\d\d-\d\dT\S+ (INFO|WARNING) ")

pytestmark = pytest.mark.usefixtures("kube")


def end_of(*arguments: str | Path, kubeconfig: str = "/nonexistent/kubeconfig") -> str:
    """The one line, apart from its log, that a command which must fail prints at its end."""
    environment = {**os.environ, "KUBECONFIG": kubeconfig}
    command = [COMMAND, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if not _LOGGED.match(line)]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("jupyternetes: ")
    return lines[0]


def operator(name: str, kubeconfig: Path) -> tuple[str | Path, ...]:
    return ("operator", name, "--health-port=0", "--kubeconfig", kubeconfig)


def may_list_pods(kube: Kube, account: str) -> bool:
    """Whether the API server would let an account list pods."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:{RELEASE_NAMESPACE}:{account}",
            "resourceAttributes": {"verb": "list", "resource": "pods"},
        },
    }
    answer = kube.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return answer["status"]["allowed"]


def test_kubeconfig_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "no-such-file"

    assert f"{missing} does not exist" in end_of(*operator("pods", missing))
    assert "/elsewhere/config does not exist" in end_of("operator", "pods", kubeconfig="/elsewhere/config")


def test_unreachable_cluster_is_named(accounts: dict[str, Path], tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"https://127.0.0.1:{nobody.getsockname()[1]}"
        content = yaml.safe_load(accounts["pods"].read_text())
        content["clusters"][0]["cluster"]["server"] = address
        kubeconfig = tmp_path / "config"
        kubeconfig.write_text(yaml.safe_dump(content))

        message = end_of(*operator("pods", kubeconfig))

    assert address in message
    assert "reachable" in message


def test_missing_right_is_named(accounts: dict[str, Path], kube: Kube) -> None:
    rights = RIGHTS["pods"]
    grant(kube, "pods", tuple(right for right in rights if right.resources != ("pods",)))
    try:
        eventually(lambda: not may_list_pods(kube, "pods"))  # the API server learns of a role a moment later
        message = end_of(*operator("pods", accounts["pods"]))
    finally:
        grant(kube, "pods", rights)

    assert "get, list and watch on pods" in message
    assert f"system:serviceaccount:{RELEASE_NAMESPACE}:pods" in message


def test_kinds_that_are_not_installed_are_named(
    all_operators: Operators, accounts: dict[str, Path], kube: Kube
) -> None:
    all_operators.stop_all()
    kind = "jupyternotebookinstances.kadense.io"
    kube.delete("customresourcedefinitions", "", kind)
    try:
        # What is still being deleted would take a definition along that is applied meanwhile.
        eventually(lambda: kube.find("customresourcedefinitions", "", kind) is None, seconds=90)
        message = end_of(*operator("pvcs", accounts["pvcs"]))
    finally:
        install_kinds(kube)

    assert kind in message
    assert "jupyternetes crds | kubectl apply --server-side -f -" in message


def test_port_that_is_taken_is_named(accounts: dict[str, Path]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        options = ("--health-host=127.0.0.1", f"--health-port={port}", "--kubeconfig", accounts["pvcs"])

        assert f"cannot listen on 127.0.0.1:{port}" in end_of("operator", "pvcs", *options)


def test_crds_that_are_printed_can_be_applied(control_plane: Cluster) -> None:
    printed = subprocess.run([COMMAND, "crds"], capture_output=True, text=True, check=True).stdout

    said = control_plane.kubectl(
        "apply", "--server-side", "--dry-run=server", "--force-conflicts", "-f", "-", stdin=printed
    )

    assert said.count("serverside-applied") == 2
